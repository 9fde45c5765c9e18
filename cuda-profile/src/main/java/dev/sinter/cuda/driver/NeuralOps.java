package dev.sinter.cuda.driver;

/**
 * A library of operations of neural networks on one device: cuDNN. Matrices are row-major [rows,
 * columns] float32, replicas at a stride of floats; everything is enqueued on the main stream.
 */
public interface NeuralOps extends AutoCloseable {
  /** The element-wise activations that the library has. */
  enum Activation {
    RELU,
    SIGMOID,
    TANH
  }

  /** A prepared operation. */
  interface Operation {
    /** Enqueues it. */
    void enqueue();
  }

  /** Returns the library's version, such as 9.19.0. */
  String version();

  /** y = f(x); y may be x. ReLU gives NaN for NaN. */
  Operation activation(Activation f, long x, long y, int rows, int columns, int batch, long stride);

  /** dx = dy * f'(x), from y = f(x); dx may be dy. */
  Operation activationGradient(
      Activation f, long y, long dy, long dx, int rows, int columns, int batch, long stride);

  /** y = softmax of each row of x. */
  Operation softmax(long x, long y, int rows, int columns, int batch, long stride);

  @Override
  void close();
}
