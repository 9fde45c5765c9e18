package dev.sinter.backend.host;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;

/** One translated operation for all replicas; everything it needs is prebuilt. */
@FunctionalInterface
public interface Step {
  /** The position of a run; one object per executable, changed from step to step. */
  final class Position {
    /** The samples. */
    public Feed feed;

    /** The steps of this run. */
    public Chunk chunk;

    /** The step within the chunk, from 0. */
    public int step;
  }

  /** Runs the operation for one step. */
  void run(Position position);
}
