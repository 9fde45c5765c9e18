/**
 * How the command line trains on the machines of a cluster, without knowing what runs it: {@link
 * dev.sinter.cluster.ClusterTrainer}, found by ServiceLoader. Depends on the public API and on
 * backends' options.
 */
package dev.sinter.cluster;
