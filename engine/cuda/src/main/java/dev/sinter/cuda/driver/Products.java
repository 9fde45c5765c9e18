package dev.sinter.cuda.driver;

import java.util.List;

/** A library of matrix products on one device: cuBLASLt. */
public interface Products extends AutoCloseable {
  /** One method to compute a product. */
  interface Algorithm {
    /** Returns a name that is stable across processes with the same library. */
    String name();

    /** Enqueues the product on the main stream. */
    void enqueue();
  }

  /** Returns the version of the library, such as 13.1.0. */
  String version();

  /**
   * Returns up to {@code most} algorithms, in the order of preference of the library; none if it
   * does not support the product.
   */
  List<Algorithm> algorithms(Product product, int most);

  @Override
  void close();
}
