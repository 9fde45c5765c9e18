/**
 * What training reports besides the loss: open {@link dev.sinter.metrics.Metric} first; {@link
 * dev.sinter.metrics.ElementwiseMetric} for one of your own. Depends on losses, programs and
 * errors.
 */
@NullMarked
package dev.sinter.metrics;

import org.jspecify.annotations.NullMarked;
