/**
 * Human-readable output: the progress of a training and the summary of a model. Open {@link
 * dev.sinter.report.ProgressLine} first. Works on plain values; depends only on errors.
 */
@NullMarked
package dev.sinter.report;

import org.jspecify.annotations.NullMarked;
