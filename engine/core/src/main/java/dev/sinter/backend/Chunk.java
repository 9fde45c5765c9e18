package dev.sinter.backend;

/**
 * A run of consecutive steps. Used by one thread at a time: its arrays may be written between two
 * runs.
 *
 * @param firstRow where the first batch starts in each replica's order; step s starts B * s rows
 *     later
 * @param steps at least 1
 * @param iteration updates done before this chunk: the first step's update is iteration + 1
 * @param learningRates one a replica
 * @param seeds of random operations, one a replica; may be empty where a program has none
 */
public record Chunk(int firstRow, int steps, long iteration, double[] learningRates, long[] seeds) {
  private static final long[] NO_SEEDS = {};

  /** Creates a run of a program without random operations. */
  public Chunk(int firstRow, int steps, long iteration, double[] learningRates) {
    this(firstRow, steps, iteration, learningRates, NO_SEEDS);
  }
}
