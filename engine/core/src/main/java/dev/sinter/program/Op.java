package dev.sinter.program;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One operation of a program: an immutable record over values. Outputs are overwritten, never
 * accumulated, and never share memory with an input of the same operation, except in {@link
 * Update}, which works in place. Constructors refuse shapes that do not fit.
 *
 * <p>Letters: B rows of the batch, I inputs, U units, C classes, D columns. Each operation runs for
 * every replica. The reference backend defines the result of each one.
 *
 * <p>Immutable: any number of threads may use it.
 */
public sealed interface Op {
  /** Returns the name of this operation in messages, unique in its program. */
  String label();

  /** Returns the values read, except those that an {@link Update} works on. */
  default List<Value> inputs() {
    return List.of();
  }

  /** Returns the values overwritten, except those that an {@link Update} works on. */
  default List<Value> outputs() {
    return List.of();
  }

  /**
   * Returns further values whose memory must not be reused while the operation runs, although it
   * does not read them.
   */
  default List<Value> held() {
    return List.of();
  }

  /** Calls the visitor method for this kind of operation. */
  void accept(Visitor visitor);

  /** Returns the multiplications of a product in one replica; 0 for other operations. */
  default long multiplications() {
    return 0;
  }

  /** One method per kind of operation; a visitor that forgets a kind does not compile. */
  interface Visitor {
    /** Visits a {@link Gather}. */
    void gather(Gather op);

    /** Visits a {@link Dense}. */
    void dense(Dense op);

    /** Visits a {@link DenseGradWeights}. */
    void denseGradWeights(DenseGradWeights op);

    /** Visits a {@link DenseGradInput}. */
    void denseGradInput(DenseGradInput op);

    /** Visits a {@link Softmax}. */
    void softmax(Softmax op);

    /** Visits a {@link CrossEntropy}. */
    void crossEntropy(CrossEntropy op);

    /** Visits a {@link CountCorrect}. */
    void countCorrect(CountCorrect op);

    /** Visits an {@link Elementwise}. */
    void elementwise(Elementwise op);

    /** Visits a {@link Reduce}. */
    void reduce(Reduce op);

    /** Visits a {@link Reshape}, which computes nothing. */
    void reshape(Reshape op);

    /** Visits a {@link Slice}. */
    void slice(Slice op);

    /** Visits a {@link Concatenate}. */
    void concatenate(Concatenate op);

    /** Visits a {@link RandomUniform}. */
    void randomUniform(RandomUniform op);

    /** Visits a {@link Pool}. */
    void pool(Pool op);

    /** Visits a {@link PoolGrad}. */
    void poolGrad(PoolGrad op);

    /** Visits a {@link Patches}. */
    void patches(Patches op);

    /** Visits a {@link PatchesGrad}. */
    void patchesGrad(PatchesGrad op);

    /** Visits a {@link Convolution}; only where {@link Fusion#convolves}. */
    default void convolution(Convolution op) {
      throw new IllegalStateException(op.label() + ": expected patches and products instead");
    }

    /** Visits a {@link ConvolutionGradWeights}; only where {@link Fusion#convolves}. */
    default void convolutionGradWeights(ConvolutionGradWeights op) {
      throw new IllegalStateException(op.label() + ": expected patches and products instead");
    }

    /** Visits a {@link ConvolutionGradInput}; only where {@link Fusion#convolves}. */
    default void convolutionGradInput(ConvolutionGradInput op) {
      throw new IllegalStateException(op.label() + ": expected patches and products instead");
    }

    /** Visits an {@link Update}. */
    void update(Update op);

    /** Visits a {@link DenseLoss}; by default, its parts. */
    default void denseLoss(DenseLoss op) {
      op.parts().forEach(part -> part.accept(this));
    }

    /** Visits a {@link StepEnd}; by default, its parts. */
    default void stepEnd(StepEnd op) {
      op.parts().forEach(part -> part.accept(this));
    }
  }

  /**
   * Several operations that a backend runs as one; the compiler creates it if the backend supports
   * it ({@link Fusion}). None of its inputs and outputs share memory.
   */
  sealed interface Composite extends Op {
    /** Returns the operations that it replaces, in an order in which they can run. */
    List<Op> parts();

    @Override
    default List<Value> inputs() {
      List<Value> inputs = new ArrayList<>();
      parts().forEach(part -> inputs.addAll(part.inputs()));
      inputs.removeAll(outputs());
      return inputs.stream().distinct().toList();
    }

    @Override
    default List<Value> outputs() {
      return parts().stream().flatMap(part -> part.outputs().stream()).toList();
    }

    @Override
    default long multiplications() {
      return parts().stream().mapToLong(Op::multiplications).sum();
    }
  }

  /** The kinds of accuracy; a tie goes to the first column. */
  enum Accuracy {
    /** argmax(scores) equals the class index y [B, 1]. */
    SPARSE_CATEGORICAL,
    /** argmax(scores) equals argmax(y), y [B, C]. */
    CATEGORICAL,
    /** (score > threshold) equals y, both [B, D]; counts elements / D. */
    BINARY;

    /** Returns the number of columns of y for the given number of score columns. */
    int labelColumns(int scoreColumns) {
      return this == SPARSE_CATEGORICAL ? 1 : scoreColumns;
    }
  }

  /** The cross-entropies that can be folded with their activation. */
  enum CrossEntropyKind {
    /** Softmax, class indices y [B, 1]. */
    SOFTMAX_SPARSE,
    /** Softmax, class probabilities y [B, C], each row adding up to 1. */
    SOFTMAX,
    /**
     * Sigmoid, targets y [B, D] from 0 to 1; the loss of a sample is the mean of its D elements.
     */
    SIGMOID
  }

  /** The kinds of pooling. */
  enum Pooling {
    /** The largest pixel of the image in each window. */
    MAXIMUM,
    /** The mean of the pixels of the image in each window, without the padding. */
    AVERAGE
  }

  /** Reductions. */
  enum Reduction {
    /** Sum. */
    SUM,
    /** Maximum. */
    MAXIMUM
  }

  /**
   * Copies the rows of this step's batch from the resident dataset: x = source * scale + offset, y
   * = labels. If the order holds -1, there is no sample: x, y and weight of that row are 0, and it
   * is not counted.
   *
   * @param x [B, I]
   * @param y [B, K], or null if no labels are needed
   * @param weight [B, 1], the sample weights, 1 if the dataset has none; or null
   * @param count [1, 1], the number of samples in the batch, at least 1; or null
   */
  record Gather(
      String label, Value x, @Nullable Value y, @Nullable Value weight, @Nullable Value count)
      implements Op {
    public Gather {
      int rows = x.shape().rows();
      require(label, y, rows, y == null ? 0 : y.shape().columns());
      require(label, weight, rows, 1);
      require(label, count, 1, 1);
    }

    /** Creates an operation without weights and count. */
    public Gather(String label, Value x, @Nullable Value y) {
      this(label, x, y, null, null);
    }

    @Override
    public List<Value> outputs() {
      return present(x, y, weight, count);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.gather(this);
    }
  }

  /**
   * a = f(x W + b).
   *
   * @param x [B, I]
   * @param weights W [I, U]
   * @param bias b [1, U], or null
   * @param activation f, foldable
   * @param output a [B, U]
   */
  record Dense(
      String label,
      Value x,
      Value weights,
      @Nullable Value bias,
      ActivationFunction activation,
      Value output)
      implements Op {
    public Dense {
      int units = weights.shape().columns();
      require(label, weights, x.shape().columns(), units);
      require(label, bias, 1, units);
      require(label, output, x.shape().rows(), units);
      require(label, activation.isFoldable(), "a foldable activation", activation);
    }

    @Override
    public long multiplications() {
      return (long) x.shape().size() * weights.shape().columns();
    }

    @Override
    public List<Value> inputs() {
      return present(x, weights, bias);
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.dense(this);
    }
  }

  /**
   * dW = x^T dz, db = sum over rows of dz.
   *
   * @param x [B, I]
   * @param dz [B, U]
   * @param dWeights [I, U]
   * @param dBias [1, U], or null
   */
  record DenseGradWeights(String label, Value x, Value dz, Value dWeights, @Nullable Value dBias)
      implements Op {
    public DenseGradWeights {
      int units = dz.shape().columns();
      require(label, dz, x.shape().rows(), units);
      require(label, dWeights, x.shape().columns(), units);
      require(label, dBias, 1, units);
    }

    @Override
    public long multiplications() {
      return (long) x.shape().size() * dz.shape().columns();
    }

    @Override
    public List<Value> inputs() {
      return List.of(x, dz);
    }

    @Override
    public List<Value> outputs() {
      return present(dWeights, dBias);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.denseGradWeights(this);
    }
  }

  /**
   * dx = (dz W^T) * f'(a): the gradient through a dense layer and through the activation f before
   * it.
   *
   * @param dz [B, U]
   * @param weights W [I, U]
   * @param activation f, foldable; linear if there is none
   * @param a [B, I], the output of f; null if f is linear
   * @param dx [B, I]
   */
  record DenseGradInput(
      String label,
      Value dz,
      Value weights,
      ActivationFunction activation,
      @Nullable Value a,
      Value dx)
      implements Op {
    public DenseGradInput {
      int inputs = weights.shape().rows();
      require(label, weights, inputs, dz.shape().columns());
      require(label, dx, dz.shape().rows(), inputs);
      require(label, activation.isFoldable(), "a foldable activation", activation);
      require(
          label,
          (activation == ActivationFunction.LINEAR) == (a == null),
          "the output of the activation if and only if it is not linear",
          activation + ", " + a);
      require(label, a, dz.shape().rows(), inputs);
    }

    @Override
    public long multiplications() {
      return (long) dz.shape().size() * weights.shape().rows();
    }

    @Override
    public List<Value> inputs() {
      return present(dz, weights, a);
    }

    @Override
    public List<Value> outputs() {
      return List.of(dx);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.denseGradInput(this);
    }
  }

  /**
   * p_j = exp(z_j) / sum_k exp(z_k) for each row, computed without overflow.
   *
   * @param z [B, C]
   * @param p [B, C]
   */
  record Softmax(String label, Value z, Value p) implements Op {
    public Softmax {
      require(label, p, z.shape().rows(), z.shape().columns());
    }

    @Override
    public List<Value> inputs() {
      return List.of(z);
    }

    @Override
    public List<Value> outputs() {
      return List.of(p);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.softmax(this);
    }
  }

  /**
   * Activation and cross-entropy in one: loss = sum over the batch of the cross-entropy of each
   * sample times its weight; dz = the gradient of loss / count: weight (softmax(z) - y) / count, or
   * weight (sigmoid(z) - y) / (count D).
   *
   * @param z [B, C], before the activation
   * @param y [B, 1] class indices or [B, C]
   * @param weight [B, 1], or null if all are 1
   * @param count [1, 1], the divisor of the gradient; or null for B
   * @param dz [B, C], or null if no gradient is needed
   * @param loss [1, 1]
   * @param accuracy how {@code correct} is counted; null if {@code correct} is null. On z, a binary
   *     prediction is z > 0
   * @param correct [1, 1], the sum of the weights of the correct samples, or null
   */
  record CrossEntropy(
      String label,
      CrossEntropyKind kind,
      Value z,
      Value y,
      @Nullable Value weight,
      @Nullable Value count,
      @Nullable Value dz,
      Value loss,
      @Nullable Accuracy accuracy,
      @Nullable Value correct)
      implements Op {
    public CrossEntropy {
      int columns = z.shape().columns();
      int rows = z.shape().rows();
      require(label, y, rows, kind == CrossEntropyKind.SOFTMAX_SPARSE ? 1 : columns);
      require(label, weight, rows, 1);
      require(label, count, 1, 1);
      require(label, dz, rows, columns);
      require(label, loss, 1, 1);
      require(
          label,
          (accuracy == null) == (correct == null),
          "accuracy and count together",
          accuracy + ", " + correct);
      if (accuracy != null && correct != null) {
        require(label, y, rows, accuracy.labelColumns(columns));
        require(label, correct, 1, 1);
      }
    }

    @Override
    public List<Value> inputs() {
      return present(z, y, weight, count);
    }

    @Override
    public List<Value> outputs() {
      return present(dz, loss, correct);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.crossEntropy(this);
    }
  }

  /**
   * Counts the correct samples.
   *
   * @param scores [B, C], probabilities or logits
   * @param y [B, 1] or [B, C]
   * @param weight [B, 1], or null if all are 1
   * @param threshold a binary score above it means 1
   * @param correct [1, 1], the sum of the weights of the correct samples
   */
  record CountCorrect(
      String label,
      Accuracy accuracy,
      Value scores,
      Value y,
      @Nullable Value weight,
      double threshold,
      Value correct)
      implements Op {
    public CountCorrect {
      Shape shape = scores.shape();
      require(label, y, shape.rows(), accuracy.labelColumns(shape.columns()));
      require(label, weight, shape.rows(), 1);
      require(label, correct, 1, 1);
    }

    @Override
    public List<Value> inputs() {
      return present(scores, y, weight);
    }

    @Override
    public List<Value> outputs() {
      return List.of(correct);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.countCorrect(this);
    }
  }

  /**
   * output = expression(operands), element by element; operand i is Input i.
   *
   * @param operands each has the shape of the output or broadcasts to it along axes of length 1
   * @param output [B, D]
   */
  record Elementwise(String label, Expression expression, List<Value> operands, Value output)
      implements Op {
    public Elementwise {
      operands = List.copyOf(operands);
      require(
          label,
          expression.largestInput() < operands.size(),
          "inputs below x" + operands.size(),
          expression);
      require(
          label,
          expression.largestStepScalar() < 0,
          "no step scalar outside an update",
          expression);
      for (Value operand : operands) {
        require(
            label,
            operand.shape().broadcastsTo(output.shape()),
            "operands that broadcast to " + output,
            operand);
      }
    }

    @Override
    public List<Value> inputs() {
      return operands;
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.elementwise(this);
    }
  }

  /**
   * Reduces each row (output [B, 1]), each column (output [1, D]) or everything (output [1, 1]).
   *
   * @param x [B, D]
   * @param output [B, 1], [1, D] or [1, 1]
   */
  record Reduce(String label, Reduction reduction, Value x, Value output) implements Op {
    public Reduce {
      Shape from = x.shape();
      boolean rows = output.shape().equals(new Shape(from.rows(), 1));
      boolean columns = output.shape().equals(new Shape(1, from.columns()));
      require(
          label,
          rows || columns || output.shape().equals(Shape.SCALAR),
          "[%s, 1], [1, %s] or [1, 1]".formatted(from.rows(), from.columns()),
          output);
    }

    /** Returns whether each column is reduced, over the rows. */
    public boolean isOverRows() {
      return output.shape().equals(new Shape(1, x.shape().columns()));
    }

    @Override
    public List<Value> inputs() {
      return List.of(x);
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.reduce(this);
    }
  }

  /**
   * The same elements in the same order under another shape, such as the pixels of images [B, H W
   * C] as rows [B H W, C]. Both values share their memory, so a backend has nothing to do.
   *
   * @param x a temporary
   * @param output a temporary of the same size
   */
  record Reshape(String label, Value x, Value output) implements Op {
    public Reshape {
      require(label, !x.kind().isState() && !output.kind().isState(), "temporaries", x);
      require(label, x.shape().size() == output.shape().size(), "the size of " + x, output);
    }

    @Override
    public List<Value> inputs() {
      return List.of(x);
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.reshape(this);
    }
  }

  /**
   * Some columns of each row: output[b, j] = x[b, first + j].
   *
   * @param x [B, I]
   * @param first the column of x that becomes column 0
   * @param output [B, D], first + D at most I
   */
  record Slice(String label, Value x, int first, Value output) implements Op {
    public Slice {
      require(label, output, x.shape().rows(), output.shape().columns());
      int columns = x.shape().columns();
      boolean within = first >= 0 && first <= columns - output.shape().columns();
      require(label, within, "columns within " + x, first + " and on for " + output);
    }

    @Override
    public List<Value> inputs() {
      return List.of(x);
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.slice(this);
    }
  }

  /**
   * Rows side by side: the columns of all operands, in order.
   *
   * @param operands at least one, [B, D0], [B, D1], ...
   * @param output [B, D0 + D1 + ...]
   */
  record Concatenate(String label, List<Value> operands, Value output) implements Op {
    public Concatenate {
      operands = List.copyOf(operands);
      require(label, !operands.isEmpty(), "at least one operand", operands);
      for (Value operand : operands) {
        require(label, operand, output.shape().rows(), operand.shape().columns());
      }
      int columns = operands.stream().mapToInt(operand -> operand.shape().columns()).sum();
      require(label, output, output.shape().rows(), columns);
    }

    @Override
    public List<Value> inputs() {
      return operands;
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.concatenate(this);
    }
  }

  /**
   * Uniform random numbers from [0, 1), 24 random bits each ({@link Philox#layer}). They depend
   * only on the seed of the replica, the stream, the step and the element, so they are equal on
   * every backend.
   *
   * @param stream the number of this random source in the program, from 0
   * @param output [B, D]
   */
  record RandomUniform(String label, int stream, Value output) implements Op {
    public RandomUniform {
      boolean fits = stream >= 0 && stream < Philox.LAYER_STREAMS;
      require(label, fits, "a stream from 0 to below " + Philox.LAYER_STREAMS, stream);
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.randomUniform(this);
    }
  }

  /**
   * a = f(z), where z at each window and filter is the sum over the window of pixel times weight,
   * plus the bias; padding is 0. A cross-correlation, as in Keras.
   *
   * @param window over images of x
   * @param x [B, H W C]
   * @param weights W [kernel height * kernel width * C, F]
   * @param bias b [1, F], or null
   * @param activation f, foldable
   * @param output a [B, windows * F]
   */
  record Convolution(
      String label,
      Window window,
      Value x,
      Value weights,
      @Nullable Value bias,
      ActivationFunction activation,
      Value output)
      implements Op {
    public Convolution {
      int filters = weights.shape().columns();
      int rows = x.shape().rows();
      require(label, x, rows, window.imageSize());
      require(label, weights, window.patchSize(), filters);
      require(label, bias, 1, filters);
      require(label, output, rows, window.count() * filters);
      require(label, activation.isFoldable(), "a foldable activation", activation);
    }

    @Override
    public long multiplications() {
      return (long) output.shape().size() * window.patchSize();
    }

    @Override
    public List<Value> inputs() {
      return present(x, weights, bias);
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.convolution(this);
    }
  }

  /**
   * The gradients of the weights of a {@link Convolution}: dW = the sum over all windows of pixel
   * times dz, db = the sum of dz over rows and windows.
   *
   * @param window over images of x
   * @param x [B, H W C]
   * @param dz [B, windows * F]
   * @param dWeights [kernel height * kernel width * C, F]
   * @param dBias [1, F], or null
   */
  record ConvolutionGradWeights(
      String label, Window window, Value x, Value dz, Value dWeights, @Nullable Value dBias)
      implements Op {
    public ConvolutionGradWeights {
      int filters = dWeights.shape().columns();
      int rows = x.shape().rows();
      require(label, x, rows, window.imageSize());
      require(label, dz, rows, window.count() * filters);
      require(label, dWeights, window.patchSize(), filters);
      require(label, dBias, 1, filters);
    }

    @Override
    public long multiplications() {
      return (long) dz.shape().size() * window.patchSize();
    }

    @Override
    public List<Value> inputs() {
      return List.of(x, dz);
    }

    @Override
    public List<Value> outputs() {
      return present(dWeights, dBias);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.convolutionGradWeights(this);
    }
  }

  /**
   * The gradient through a {@link Convolution} and through the activation f before it: dx = (the
   * sum over the windows that hold the pixel of dz times weight) * f'(a).
   *
   * @param window over images of dx
   * @param dz [B, windows * F]
   * @param weights W [kernel height * kernel width * C, F]
   * @param activation f, foldable; linear if there is none
   * @param a [B, H W C], the output of f; null if f is linear
   * @param dx [B, H W C]
   */
  record ConvolutionGradInput(
      String label,
      Window window,
      Value dz,
      Value weights,
      ActivationFunction activation,
      @Nullable Value a,
      Value dx)
      implements Op {
    public ConvolutionGradInput {
      int filters = weights.shape().columns();
      int rows = dz.shape().rows();
      require(label, dz, rows, window.count() * filters);
      require(label, weights, window.patchSize(), filters);
      require(label, dx, rows, window.imageSize());
      require(label, activation.isFoldable(), "a foldable activation", activation);
      require(
          label,
          (activation == ActivationFunction.LINEAR) == (a == null),
          "the output of the activation if and only if it is not linear",
          activation + ", " + a);
      require(label, a, rows, window.imageSize());
    }

    @Override
    public long multiplications() {
      return (long) dz.shape().size() * window.patchSize();
    }

    @Override
    public List<Value> inputs() {
      return present(dz, weights, a);
    }

    @Override
    public List<Value> outputs() {
      return List.of(dx);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.convolutionGradInput(this);
    }
  }

  /**
   * The windows of each image as rows: row (image, window) holds its pixels [kernel height, kernel
   * width, C], 0 for padding. Their product with the weights is a convolution.
   *
   * @param x [B, H W C]
   * @param output [B * windows, kernel height * kernel width * C]
   */
  record Patches(String label, Window window, Value x, Value output) implements Op {
    public Patches {
      int rows = x.shape().rows();
      require(label, x, rows, window.imageSize());
      require(label, output, rows * window.count(), window.patchSize());
    }

    @Override
    public List<Value> inputs() {
      return List.of(x);
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.patches(this);
    }
  }

  /**
   * The gradient of {@link Patches}: each pixel is the sum of its places in the windows that hold
   * it.
   *
   * @param d [B * windows, kernel height * kernel width * C]
   * @param dx [B, H W C]
   */
  record PatchesGrad(String label, Window window, Value d, Value dx) implements Op {
    public PatchesGrad {
      int rows = dx.shape().rows();
      require(label, dx, rows, window.imageSize());
      require(label, d, rows * window.count(), window.patchSize());
    }

    @Override
    public List<Value> inputs() {
      return List.of(d);
    }

    @Override
    public List<Value> outputs() {
      return List.of(dx);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.patchesGrad(this);
    }
  }

  /**
   * Reduces each window of each channel to one number.
   *
   * @param x [B, H W C]
   * @param output [B, windows * C]
   */
  record Pool(String label, Pooling pooling, Window window, Value x, Value output) implements Op {
    public Pool {
      int rows = x.shape().rows();
      require(label, x, rows, window.imageSize());
      require(label, output, rows, window.pooledSize());
    }

    @Override
    public List<Value> inputs() {
      return List.of(x);
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.pool(this);
    }
  }

  /**
   * The gradient of {@link Pool}. A maximum hands its gradient to the first pixel of the window
   * that has it, row by row; a mean hands an equal share to each pixel of the image.
   *
   * @param x [B, H W C], the input of a maximum; null for a mean
   * @param d [B, windows * C]
   * @param dx [B, H W C]
   */
  record PoolGrad(
      String label, Pooling pooling, Window window, @Nullable Value x, Value d, Value dx)
      implements Op {
    public PoolGrad {
      int rows = dx.shape().rows();
      require(label, dx, rows, window.imageSize());
      require(label, x, rows, window.imageSize());
      require(label, d, rows, window.pooledSize());
      require(label, (pooling == Pooling.MAXIMUM) == (x != null), "the input of a maximum", x + "");
    }

    @Override
    public List<Value> inputs() {
      return present(x, d);
    }

    @Override
    public List<Value> outputs() {
      return List.of(dx);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.poolGrad(this);
    }
  }

  /** Applies the optimizer to every parameter: one pass over the flat state. */
  record Update(String label, UpdateRule rule) implements Op {
    @Override
    public void accept(Visitor visitor) {
      visitor.update(this);
    }
  }

  /**
   * A layer without an activation, the loss of its output and the gradient of its input.
   *
   * @param dense z = x W + b
   * @param loss from z, with its gradient dz
   * @param gradient dx, from dz and W
   */
  record DenseLoss(String label, Dense dense, CrossEntropy loss, DenseGradInput gradient)
      implements Composite {
    public DenseLoss {
      require(
          label,
          fits(dense, loss, gradient),
          "a layer, the loss of its output and the gradient of its input",
          List.of(dense, loss, gradient));
    }

    /** Returns whether the three belong together. */
    public static boolean fits(Dense dense, CrossEntropy loss, DenseGradInput gradient) {
      return dense.activation() == ActivationFunction.LINEAR
          && loss.z().equals(dense.output())
          && gradient.dz().equals(loss.dz())
          && gradient.weights().equals(dense.weights())
          && (gradient.a() == null || gradient.a().equals(dense.x()));
    }

    @Override
    public List<Op> parts() {
      return List.of(dense, loss, gradient);
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.denseLoss(this);
    }
  }

  /**
   * The end of a step: the gradient of the weights of a layer, read by nothing else, and the
   * update. A backend that runs it as one operation may gather the next batch and copy the results
   * out at the same time.
   *
   * @param gradient of the weights of a layer, or null
   * @param update of all parameters, or null if the program computes only gradients
   * @param next the first operation of the program; the values that it gathers are free from here
   *     on
   */
  record StepEnd(
      String label, @Nullable DenseGradWeights gradient, @Nullable Update update, Gather next)
      implements Composite {
    public StepEnd {
      require(label, gradient != null || update != null, "a gradient or an update", "neither");
    }

    @Override
    public List<Op> parts() {
      return Stream.of(gradient, update).filter(Objects::nonNull).map(Op.class::cast).toList();
    }

    @Override
    public List<Value> held() {
      return next.outputs();
    }

    @Override
    public void accept(Visitor visitor) {
      visitor.stepEnd(this);
    }
  }

  private static void require(String label, @Nullable Value value, int rows, int columns) {
    if (value != null) {
      boolean fits = value.shape().equals(new Shape(rows, columns));
      require(label, fits, value.name() + " [" + rows + ", " + columns + "]", value);
    }
  }

  private static void require(String label, boolean legal, Object expected, Object received) {
    if (!legal) {
      throw new IllegalArgumentException(
          "operation " + label + ": expected " + expected + ", received " + received + ".");
    }
  }

  private static List<Value> present(@Nullable Value... values) {
    List<Value> result = new ArrayList<>(values.length);
    for (Value value : values) {
      if (value != null) {
        result.add(value);
      }
    }
    return List.copyOf(result);
  }
}
