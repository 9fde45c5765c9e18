/**
 * What {@code scripts/bench} does: plans and starts the measurements, joins their results with a
 * description of the machine, writes tables and charts, compares two result files. Open {@link
 * dev.sinter.benchmarks.report.Report} first. Depends on the core's data, errors and recipes; the
 * benchmarks themselves it knows by name alone and runs them in processes of their own.
 */
package dev.sinter.benchmarks.report;
