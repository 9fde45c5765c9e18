/**
 * The folder that a training leaves behind: run.json, history.csv, weights, figures, event files.
 * Open {@link dev.sinter.runs.RunFolder} first. Depends on the figures' series and errors; the
 * command line, which writes the folder, and the dashboard depend on it.
 */
package dev.sinter.runs;
