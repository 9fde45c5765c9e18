/**
 * What a person sees: progress of a training, summary of a model. Open {@link
 * dev.sinter.report.ProgressLine} first. Works on plain values; depends on errors alone.
 */
package dev.sinter.report;
