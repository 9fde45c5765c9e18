package dev.sinter.cuda.driver;

/**
 * A library of neural network operations on one device: cuDNN. Matrices are row-major [rows,
 * columns] float32, with a replica stride in floats; everything is enqueued on the main stream.
 */
public interface ActivationLibrary extends AutoCloseable {
  /** The element-wise activations of the library. */
  enum Activation {
    RELU,
    SIGMOID,
    TANH
  }

  /** A prepared operation. */
  interface Operation {
    /** Enqueues the operation. */
    void enqueue();
  }

  /**
   * The shape of matrices.
   *
   * @param batch replicas
   * @param stride floats from one replica to the next
   */
  record Matrices(int rows, int columns, int batch, long stride) {}

  /** Returns the version of the library, such as 9.19.0. */
  String version();

  /** y = f(x); y may be x. ReLU gives NaN for NaN. */
  Operation activation(Activation f, long x, long y, Matrices shape);

  /** dx = dy * f'(x), from y = f(x); dx may be dy. */
  Operation activationGradient(Activation f, long y, long dy, long dx, Matrices shape);

  /** y = softmax of each row of x. */
  Operation softmax(long x, long y, Matrices shape);

  @Override
  void close();
}
