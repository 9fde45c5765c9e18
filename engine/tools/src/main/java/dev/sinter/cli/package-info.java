/**
 * The command line. Open {@link dev.sinter.cli.Main} first, then {@code TrainCommand}. Depends on
 * everything; nothing depends on it.
 */
package dev.sinter.cli;
