package dev.sinter.nd4j;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;

/** One translated operation for all replicas: everything it needs was built beforehand. */
@FunctionalInterface
interface Step {
  /** Where a run stands; one object an executable, changed from step to step. */
  final class Position {
    Feed feed;
    Chunk chunk;
    int step; // within the chunk, from 0
  }

  /** Does the operation's work of one step. */
  void run(Position position);
}
