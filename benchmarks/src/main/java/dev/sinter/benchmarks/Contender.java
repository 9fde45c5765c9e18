package dev.sinter.benchmarks;

/**
 * Someone who trains a network and predicts with it: a backend of Sinter, or a peer. Used by one
 * thread at a time, but for {@link #output}; owns native memory.
 */
public interface Contender extends AutoCloseable {
  /**
   * How good the network is on samples it has not trained on.
   *
   * @param loss mean loss a sample
   * @param accuracy share of the samples that are right
   */
  record Quality(double loss, double accuracy) {}

  /** Returns in one line what runs: device, versions of its libraries, threads. */
  String description();

  /**
   * Trains bare steps, each on the next batch, around and around the training samples.
   *
   * @param steps at least 0
   * @return the loss of the last step's batch; not a number when there was no step
   */
  double train(int steps);

  /**
   * Trains whole passes over the training samples, the way its users do.
   *
   * @param epochs at least 1
   */
  void fit(int epochs);

  /**
   * Runs bare forward passes, each on the next batch, around and around the test samples.
   *
   * @param steps at least 0
   * @return some output of the last step
   */
  double forward(int steps);

  /**
   * Predicts all test samples, the way its users do.
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

  /** Makes one kind of contender known; found by {@link java.util.ServiceLoader}. */
  interface Provider {
    /** Returns the name that the parameter {@code trainer} takes. */
    String name();

    /**
     * Prepares a network for some work.
     *
     * @throws dev.sinter.errors.InputException when it cannot do this work: an optimizer it does
     *     not have, say
     */
    Contender open(Work work);
  }
}
