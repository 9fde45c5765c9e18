package dev.sinter.benchmarks;

/**
 * A library that trains a network and predicts with it: a backend of Sinter, or a peer. One thread
 * at a time uses it; it owns native memory.
 */
public interface Contender extends AutoCloseable {
  /**
   * The quality of the network on samples outside the training set.
   *
   * @param loss mean loss per sample
   * @param accuracy share of correct predictions
   */
  record Quality(double loss, double accuracy) {}

  /** Returns one line with the device, the library versions and the threads. */
  String description();

  /**
   * Trains bare steps, each on the next batch, cycling through the training samples.
   *
   * @param steps at least 0
   * @return the loss of the batch of the last step; NaN if there was no step
   */
  double train(int steps);

  /**
   * Trains whole passes over the training samples, as users do.
   *
   * @param epochs at least 1
   */
  void fit(int epochs);

  /**
   * Runs bare forward passes, each on the next batch, cycling through the test samples.
   *
   * @param steps at least 0
   * @return some output of the last step
   */
  double forward(int steps);

  /**
   * Predicts all test samples, as users do.
   *
   * @return some output
   */
  double predict();

  /**
   * Predicts one sample the way its users do: from numbers on the heap to numbers on the heap. May
   * be called by several threads at once.
   *
   * @param row [I]
   * @return the outputs [C], as the network's last layer or the loss's logits
   */
  float[] output(float[] row);

  /**
   * Measures the network on the first test samples.
   *
   * @param samples at most the number of test samples
   */
  Quality quality(int samples);

  @Override
  void close();

  /** Provides one kind of contender; found by {@link java.util.ServiceLoader}. */
  interface Provider {
    /** Returns the value of the parameter {@code trainer} for this contender. */
    String name();

    /**
     * Prepares a network for the given work.
     *
     * @throws dev.sinter.errors.InputException if it cannot do this work, for example for lack of
     *     the optimizer
     */
    Contender open(Workload work);
  }
}
