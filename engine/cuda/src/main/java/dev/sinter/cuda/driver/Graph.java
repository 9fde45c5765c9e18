package dev.sinter.cuda.driver;

/** What was captured, ready to run again and again. */
public interface Graph extends AutoCloseable {
  /** Enqueues one run on the device's main stream; allocates nothing. */
  void launch();

  @Override
  void close();
}
