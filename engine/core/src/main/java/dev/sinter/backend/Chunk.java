package dev.sinter.backend;

/**
 * A run of consecutive steps. Used by one thread at a time: its arrays may be written between two
 * runs.
 *
 * @param firstRow start of the first batch in the order of each replica; step s starts B * s rows
 *     later
 * @param steps at least 1
 * @param iteration number of updates before this chunk; the first step makes update iteration + 1
 * @param learningRates one per replica
 * @param seeds of random operations, one per replica; may be empty if the program has none
 */
public record Chunk(int firstRow, int steps, long iteration, double[] learningRates, long[] seeds) {
  private static final long[] NO_SEEDS = {};

  /** Creates a chunk for a program without random operations. */
  public Chunk(int firstRow, int steps, long iteration, double[] learningRates) {
    this(firstRow, steps, iteration, learningRates, NO_SEEDS);
  }
}
