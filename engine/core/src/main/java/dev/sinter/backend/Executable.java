package dev.sinter.backend;

import dev.sinter.program.Program;

/**
 * A program, translated for a backend. Allocates no native memory while it runs. Used by one thread
 * at a time, with its session.
 */
public interface Executable {
  /** Returns the program. */
  Program program();

  /**
   * Runs a chunk of steps. Results are appended step by step: for each step each result of the
   * program, in order, all replicas without padding. How steps are cut into chunks never changes a
   * bit.
   *
   * @param feed the samples; null for a program that gathers none
   * @param chunk which steps
   * @param results at least steps * {@link Program#resultSize} floats, overwritten from index 0 on
   */
  void run(Feed feed, Chunk chunk, float[] results);
}
