/**
 * What {@code scripts/bench} does: plans and starts the measurements, joins their results with a
 * description of the machine, writes tables and charts, compares two result files. Open {@link
 * dev.sinter.benchmarks.report.Report} first. Knows the benchmarks by name alone and runs them in
 * processes of their own, by {@code dev.sinter.bench}.
 */
package dev.sinter.benchmarks.report;
