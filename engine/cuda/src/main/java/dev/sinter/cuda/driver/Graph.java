package dev.sinter.cuda.driver;

/** Captured work, ready to run repeatedly. */
public interface Graph extends AutoCloseable {
  /** Enqueues one run on the main stream of the device; allocates nothing. */
  void launch();

  @Override
  void close();
}
