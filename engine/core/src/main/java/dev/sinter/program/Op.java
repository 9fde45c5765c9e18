package dev.sinter.program;

import java.util.ArrayList;
import java.util.List;

/**
 * One operation of a program: an immutable record over values. Outputs are overwritten, never
 * accumulated, and never share memory with an input of the same operation, but for {@link Update},
 * which works in place.
 *
 * <p>Letters: B rows of the batch, I inputs, U units, C classes, D columns. Each operation is done
 * for every replica. The reference backend defines what each one computes.
 */
public sealed interface Op {
  /** Returns the name by which messages speak of this operation, unique in its program. */
  String label();

  /** Returns what is read. */
  List<Value> inputs();

  /** Returns what is overwritten. */
  List<Value> outputs();

  /** The kinds of accuracy; a tie goes to the first column. */
  enum Accuracy {
    /** argmax(scores) equals the class index y [B, 1]. */
    SPARSE_CATEGORICAL,
    /** argmax(scores) equals argmax(y), y [B, C]. */
    CATEGORICAL,
    /** (score > threshold) equals y, both [B, D]; counts elements / D. */
    BINARY
  }

  /** The cross-entropies that are folded with their activation. */
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

  /** Reductions. */
  enum Reduction {
    /** Sum. */
    SUM,
    /** Maximum. */
    MAXIMUM
  }

  /**
   * Copies the rows of this step's batch from the resident dataset: x = source * scale + offset, y
   * = labels.
   *
   * @param x [B, I]
   * @param y [B, K], or null where no labels are needed
   */
  record Gather(String label, Value x, Value y) implements Op {
    @Override
    public List<Value> inputs() {
      return List.of();
    }

    @Override
    public List<Value> outputs() {
      return present(x, y);
    }
  }

  /**
   * a = f(x W + b).
   *
   * @param x [B, I]
   * @param weights W [I, U]
   * @param bias b [1, U], or null
   * @param activation f, elementwise
   * @param output a [B, U]
   */
  record Dense(
      String label, Value x, Value weights, Value bias, ActivationFunction activation, Value output)
      implements Op {
    @Override
    public List<Value> inputs() {
      return present(x, weights, bias);
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
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
  record DenseGradWeights(String label, Value x, Value dz, Value dWeights, Value dBias)
      implements Op {
    @Override
    public List<Value> inputs() {
      return List.of(x, dz);
    }

    @Override
    public List<Value> outputs() {
      return present(dWeights, dBias);
    }
  }

  /**
   * dx = (dz W^T) * f'(a): the gradient through a dense layer and through the activation f before
   * it.
   *
   * @param dz [B, U]
   * @param weights W [I, U]
   * @param activation f, elementwise; linear where there is none
   * @param a [B, I], the output of f; null where f is linear
   * @param dx [B, I]
   */
  record DenseGradInput(
      String label, Value dz, Value weights, ActivationFunction activation, Value a, Value dx)
      implements Op {
    @Override
    public List<Value> inputs() {
      return present(dz, weights, a);
    }

    @Override
    public List<Value> outputs() {
      return List.of(dx);
    }
  }

  /**
   * p_j = exp(z_j) / sum_k exp(z_k) for each row, computed without overflow.
   *
   * @param z [B, C]
   * @param p [B, C]
   */
  record Softmax(String label, Value z, Value p) implements Op {
    @Override
    public List<Value> inputs() {
      return List.of(z);
    }

    @Override
    public List<Value> outputs() {
      return List.of(p);
    }
  }

  /**
   * Activation and cross-entropy in one: loss = sum over the batch of each sample's cross-entropy;
   * dz = the gradient of the <em>mean</em> loss: (softmax(z) - y) / B, or (sigmoid(z) - y) / (B D).
   *
   * @param z [B, C], before the activation
   * @param y [B, 1] class indices or [B, C]
   * @param dz [B, C], or null where no gradient is needed
   * @param loss [1, 1]
   * @param accuracy how {@code correct} is counted; null with it. On z, binary predictions are z >
   *     0
   * @param correct [1, 1], the number of samples that are right, or null
   */
  record CrossEntropy(
      String label,
      CrossEntropyKind kind,
      Value z,
      Value y,
      Value dz,
      Value loss,
      Accuracy accuracy,
      Value correct)
      implements Op {
    @Override
    public List<Value> inputs() {
      return List.of(z, y);
    }

    @Override
    public List<Value> outputs() {
      return present(dz, loss, correct);
    }
  }

  /**
   * Counts the samples that are right.
   *
   * @param scores [B, C], probabilities or logits
   * @param y [B, 1] or [B, C]
   * @param threshold what a binary score must exceed to mean 1
   * @param correct [1, 1]
   */
  record CountCorrect(
      String label, Accuracy accuracy, Value scores, Value y, double threshold, Value correct)
      implements Op {
    @Override
    public List<Value> inputs() {
      return List.of(scores, y);
    }

    @Override
    public List<Value> outputs() {
      return List.of(correct);
    }
  }

  /**
   * output = expression(operands), element by element; operand i is Input i.
   *
   * @param operands each of the output's shape, or broadcast to it along axes of length 1
   * @param output [B, D]
   */
  record Elementwise(String label, Expression expression, List<Value> operands, Value output)
      implements Op {
    public Elementwise {
      operands = List.copyOf(operands);
    }

    @Override
    public List<Value> inputs() {
      return operands;
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
    }
  }

  /**
   * Reduces each row (output [B, 1]) or everything (output [1, 1]).
   *
   * @param x [B, D]
   * @param output [B, 1] or [1, 1]
   */
  record Reduce(String label, Reduction reduction, Value x, Value output) implements Op {
    @Override
    public List<Value> inputs() {
      return List.of(x);
    }

    @Override
    public List<Value> outputs() {
      return List.of(output);
    }
  }

  /** Applies the optimizer to every parameter: one pass over the flat state. */
  record Update(String label, UpdateRule rule) implements Op {
    @Override
    public List<Value> inputs() {
      return List.of();
    }

    @Override
    public List<Value> outputs() {
      return List.of();
    }
  }

  private static List<Value> present(Value... values) {
    List<Value> result = new ArrayList<>(values.length);
    for (Value value : values) {
      if (value != null) {
        result.add(value);
      }
    }
    return List.copyOf(result);
  }
}
