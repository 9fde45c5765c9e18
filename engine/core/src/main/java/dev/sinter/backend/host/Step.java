package dev.sinter.backend.host;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;

/** One translated operation for all replicas: everything it needs was built beforehand. */
@FunctionalInterface
public interface Step {
  /** Where a run stands; one object an executable, changed from step to step. */
  final class Position {
    /** The samples. */
    public Feed feed;

    /** The steps of this run. */
    public Chunk chunk;

    /** Within the chunk, from 0. */
    public int step;
  }

  /** Does the operation's work of one step. */
  void run(Position position);
}
