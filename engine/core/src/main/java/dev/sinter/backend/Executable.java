package dev.sinter.backend;

import dev.sinter.program.Program;
import dev.sinter.program.Value;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A program translated for a backend. Running it allocates no native memory.
 *
 * <p>Used by one thread at a time, with its session.
 */
public interface Executable {
  /** Returns the program. */
  Program program();

  /**
   * Runs a chunk of steps. Results are appended step by step: for each step all results of the
   * program in order, each with all replicas, without padding. The division of steps into chunks
   * never changes a bit.
   *
   * @param feed the samples; null for a program without a gather
   * @param chunk the steps to run
   * @param results at least steps * {@link Program#resultSize} floats, overwritten from index 0 on
   */
  void run(@Nullable Feed feed, Chunk chunk, float[] results);

  /**
   * Runs one step of a program of one replica without an update, and tells of each gradient as soon
   * as it is final, in the order of {@link Program#finalGradients}: the session can be read there
   * while the rest of the step still runs. By default after the step.
   */
  default void run(Feed feed, Chunk chunk, float[] results, Consumer<Value> isFinal) {
    run(feed, chunk, results);
    program().finalGradients().forEach(isFinal);
  }
}
