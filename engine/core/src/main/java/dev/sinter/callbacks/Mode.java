package dev.sinter.callbacks;

/**
 * Which way a monitored value improves. Immutable: any number of threads may use it. Source: Keras,
 * callbacks/monitor_callback.py.
 */
public enum Mode {
  /** As its name says: a loss falls, a metric of the model as it says itself. */
  AUTO,
  /** It improves as it falls. */
  MIN,
  /** It improves as it rises. */
  MAX
}
