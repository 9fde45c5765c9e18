/**
 * The folder that a training leaves behind: run.json, history.csv, weights, figures, event files.
 * Open {@link dev.sinter.runs.RunFolder} first. Depends on the API, the callbacks, the figures and
 * data; the command line and the dashboard depend on it.
 */
package dev.sinter.runs;
