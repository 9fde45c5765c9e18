/**
 * What training reports besides the loss: {@link dev.sinter.metrics.Metric}. Depends on programs
 * and errors.
 */
package dev.sinter.metrics;
