package dev.sinter.cuda.driver;

import java.util.List;

/** A library of matrix products on one device: cuBLASLt. */
public interface Products extends AutoCloseable {
  /** One way to compute a product. */
  interface Algorithm {
    /** Returns a name that is the same in the next process with the same library. */
    String name();

    /** Enqueues the product on the main stream. */
    void enqueue();
  }

  /** Returns the library's version, such as 13.1.0. */
  String version();

  /**
   * Returns up to so many ways, the library's favourite first; none where it does not support it.
   */
  List<Algorithm> algorithms(Product product, int most);

  @Override
  void close();
}
