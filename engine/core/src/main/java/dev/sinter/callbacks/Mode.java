package dev.sinter.callbacks;

/** Which way a monitored value improves. Source: Keras, callbacks/monitor_callback.py. */
public enum Mode {
  /** As its name says: a loss falls, the metrics of the model rise. */
  AUTO,
  /** It improves as it falls. */
  MIN,
  /** It improves as it rises. */
  MAX
}
