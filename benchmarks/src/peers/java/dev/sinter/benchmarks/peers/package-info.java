/**
 * Other libraries, with their best settings, for the same work. Open {@link
 * dev.sinter.benchmarks.peers.DjlContender} first. Compiled only in the Maven profile {@code peers}; found by {@link java.util.ServiceLoader}.
 */
package dev.sinter.benchmarks.peers;
