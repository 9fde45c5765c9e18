/**
 * The folder that a training writes: run.json, history.csv, weights, figures, event files. Open
 * {@link dev.sinter.runs.RunFolder} first. Depends on the series of figures and on errors; the
 * command line, which writes the folder, and the dashboard depend on it.
 */
package dev.sinter.runs;
