package dev.sinter.testkit;

import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op.Accuracy;
import dev.sinter.program.Op.CrossEntropyKind;

/**
 * The expected result of each operation, as textbook formulas over double[rows][columns],
 * independent of every backend including the reference.
 *
 * <p>Letters as in {@link dev.sinter.program.Op}: B rows, I inputs, U units, C classes, D columns.
 */
public final class Oracle {
  private static final double SELU_ALPHA = 1.67326324235437728;
  private static final double SELU_SCALE = 1.05070098735548049;

  private final Tolerance tolerance;

  /** Creates the oracle for the precision of a backend. */
  public Oracle(Tolerance tolerance) {
    this.tolerance = tolerance;
  }

  /** Loss and gradient of a folded cross-entropy. */
  public record CrossEntropyResult(Approximate loss, Approximate[][] dz) {}

  /** f(z). */
  public static Approximate activate(ActivationFunction function, Approximate z) {
    Approximate zero = Approximate.exact(0);
    Approximate one = Approximate.exact(1);
    boolean above = z.value() > 0;
    return switch (function) {
      case LINEAR -> z;
      case RELU -> z.max(zero);
      case SIGMOID -> z.sigmoid();
      case TANH -> z.tanh();
      case ELU -> above ? z : z.exp().minus(one);
      case SELU ->
          above
              ? z.times(Approximate.rounded(SELU_SCALE))
              : z.exp().minus(one).times(Approximate.rounded(SELU_SCALE * SELU_ALPHA));
      case GELU -> z.times(normal(z));
      case SOFTPLUS -> softplus(z);
      case SOFTSIGN -> z.over(one.plus(z.max(z.negate())));
      case LEAKY_RELU -> above ? z : z.times(Approximate.rounded(0.2));
      case SILU -> z.times(z.sigmoid());
      case HARD_SIGMOID ->
          z.plus(Approximate.exact(3))
              .max(zero)
              .min(Approximate.exact(6))
              .over(Approximate.exact(6));
      case EXPONENTIAL -> z.exp();
      case SOFTMAX -> throw new IllegalArgumentException("softmax works on rows");
    };
  }

  private static Approximate normal(Approximate z) {
    Approximate erf = z.times(Approximate.rounded(Math.sqrt(0.5))).erf();
    return erf.plus(Approximate.exact(1)).times(Approximate.exact(0.5));
  }

  /** Its logarithm of 1 + exp(-|z|) keeps small terms; the exponential costs |z| roundings. */
  private static Approximate softplus(Approximate z) {
    double size = Math.abs(z.value());
    double small = Math.log1p(Math.exp(-size));
    double roundoffs = 3 * Tolerance.FUNCTION_ROUNDOFFS + size;
    Approximate log = Approximate.of(small, roundoffs * Tolerance.UNIT_ROUNDOFF * small);
    return z.max(Approximate.exact(0)).plus(log);
  }

  /** f'(z) for the given a = f(z). */
  public static Approximate derivative(ActivationFunction function, Approximate a, Approximate z) {
    Approximate one = Approximate.exact(1);
    return switch (function) {
      case ELU -> a.value() > 0 ? one : a.plus(one);
      case SELU ->
          a.value() > 0
              ? Approximate.rounded(SELU_SCALE)
              : a.plus(Approximate.rounded(SELU_SCALE * SELU_ALPHA));
      case GELU ->
          normal(z)
              .plus(
                  z.times(
                      z.square()
                          .times(Approximate.exact(-0.5))
                          .exp()
                          .times(Approximate.rounded(1 / Math.sqrt(2 * Math.PI)))));
      case SOFTPLUS -> z.sigmoid();
      case SOFTSIGN -> one.minus(a.max(a.negate())).square();
      case LEAKY_RELU -> a.value() > 0 ? one : Approximate.rounded(0.2);
      case SILU -> z.sigmoid().plus(a.times(one.minus(z.sigmoid())));
      case HARD_SIGMOID ->
          Approximate.exact(a.value() > 0 && a.value() < 1 ? 1 : 0).over(Approximate.exact(6));
      case EXPONENTIAL -> a;
      case LINEAR, RELU, SIGMOID, TANH, SOFTMAX -> derivative(function, a);
    };
  }

  /** f'(z) of a foldable function, from a = f(z). */
  public static Approximate derivative(ActivationFunction function, Approximate a) {
    Approximate one = Approximate.exact(1);
    return switch (function) {
      case LINEAR -> one;
      case RELU -> Approximate.exact(a.value() > 0 ? 1 : 0);
      case SIGMOID -> a.times(one.minus(a));
      case TANH -> one.minus(a.square());
      default -> throw new IllegalArgumentException(function + " is not foldable");
    };
  }

  /** a_bu = f(sum_i x_bi W_iu + b_u); {@code bias} is [1][U] or null. */
  public Approximate[][] dense(
      double[][] x, double[][] weights, double[][] bias, ActivationFunction activation) {
    int inputs = weights.length;
    int units = weights[0].length;
    Approximate[][] a = new Approximate[x.length][units];
    for (int row = 0; row < x.length; row++) {
      for (int unit = 0; unit < units; unit++) {
        double sum = bias == null ? 0 : bias[0][unit];
        double magnitude = Math.abs(sum);
        for (int input = 0; input < inputs; input++) {
          double product = x[row][input] * weights[input][unit];
          sum += product;
          magnitude += Math.abs(product);
        }
        a[row][unit] = activate(activation, sum(sum, magnitude, inputs + 1));
      }
    }
    return a;
  }

  /** dW_iu = sum_b x_bi dz_bu. */
  public Approximate[][] denseGradWeights(double[][] x, double[][] dz) {
    Approximate[][] dWeights = new Approximate[x[0].length][dz[0].length];
    for (int input = 0; input < dWeights.length; input++) {
      for (int unit = 0; unit < dWeights[0].length; unit++) {
        double sum = 0;
        double magnitude = 0;
        for (int row = 0; row < x.length; row++) {
          double product = x[row][input] * dz[row][unit];
          sum += product;
          magnitude += Math.abs(product);
        }
        dWeights[input][unit] = sum(sum, magnitude, x.length);
      }
    }
    return dWeights;
  }

  /** db_u = sum_b dz_bu, as [1][U]. */
  public Approximate[][] denseGradBias(double[][] dz) {
    double[][] ones = new double[dz.length][1];
    for (double[] row : ones) {
      row[0] = 1;
    }
    return denseGradWeights(ones, dz);
  }

  /** dx_bi = f'(a_bi) sum_u dz_bu W_iu; {@code a} is null if f is linear. */
  public Approximate[][] denseGradInput(
      double[][] dz, double[][] weights, ActivationFunction activation, double[][] a) {
    Approximate[][] dx = new Approximate[dz.length][weights.length];
    for (int row = 0; row < dz.length; row++) {
      for (int input = 0; input < weights.length; input++) {
        double sum = 0;
        double magnitude = 0;
        for (int unit = 0; unit < weights[0].length; unit++) {
          double product = dz[row][unit] * weights[input][unit];
          sum += product;
          magnitude += Math.abs(product);
        }
        Approximate product = sum(sum, magnitude, weights[0].length);
        dx[row][input] =
            a == null
                ? product
                : product.times(derivative(activation, Approximate.exact(a[row][input])));
      }
    }
    return dx;
  }

  /** p_bc = exp(z_bc) / sum_k exp(z_bk); the maximum is subtracted so that nothing overflows. */
  public static Approximate[][] softmax(double[][] z) {
    Approximate[][] p = new Approximate[z.length][];
    for (int row = 0; row < z.length; row++) {
      p[row] = softmaxRow(z[row]);
    }
    return p;
  }

  private static Approximate[] softmaxRow(double[] z) {
    Approximate[] p = new Approximate[z.length];
    Approximate max = Approximate.exact(maximum(z));
    for (int column = 0; column < z.length; column++) {
      p[column] = Approximate.exact(z[column]).minus(max).exp();
    }
    Approximate sum = sum(p);
    for (int column = 0; column < z.length; column++) {
      p[column] = p[column].over(sum);
    }
    return p;
  }

  /** Returns the sum of the losses over the batch, and the gradient of their mean. */
  public static CrossEntropyResult crossEntropy(CrossEntropyKind kind, double[][] z, double[][] y) {
    Approximate[] losses = new Approximate[z.length];
    Approximate[][] dz = new Approximate[z.length][z[0].length];
    for (int row = 0; row < z.length; row++) {
      if (kind == CrossEntropyKind.SIGMOID) {
        losses[row] = sigmoidRow(z[row], y[row], z.length, dz[row]);
      } else {
        double[] target =
            kind == CrossEntropyKind.SOFTMAX ? y[row] : oneHot((int) y[row][0], z[0].length);
        losses[row] = softmaxRow(z[row], target, z.length, dz[row]);
      }
    }
    return new CrossEntropyResult(sum(losses), dz);
  }

  private static double[] oneHot(int index, int columns) {
    double[] row = new double[columns];
    row[index] = 1;
    return row;
  }

  /** -sum_j y_j log p_j, log p_j = (z_j - max) - log sum_k exp(z_k - max); dz = (p - y) / B. */
  private static Approximate softmaxRow(double[] z, double[] y, int batch, Approximate[] dz) {
    Approximate[] p = softmaxRow(z);
    Approximate[] terms = new Approximate[z.length];
    Approximate max = Approximate.exact(maximum(z));
    Approximate[] exponentials = new Approximate[z.length];
    for (int j = 0; j < z.length; j++) {
      exponentials[j] = Approximate.exact(z[j]).minus(max).exp();
    }
    Approximate logSum = sum(exponentials).log();
    for (int j = 0; j < z.length; j++) {
      Approximate target = Approximate.exact(y[j]);
      // Adding the maximum back before subtracting z_j causes further roundings.
      Approximate logP = widened(Approximate.exact(z[j]).minus(max).minus(logSum), 2 * max.value());
      terms[j] = y[j] == 0 ? Approximate.exact(0) : target.times(logP).negate();
      dz[j] = p[j].minus(target).over(Approximate.exact(batch));
    }
    return sum(terms);
  }

  /** mean_j of -(y_j log p_j + (1 - y_j) log(1 - p_j)), p = sigmoid(z); dz = (p - y) / (B D). */
  private static Approximate sigmoidRow(double[] z, double[] y, int batch, Approximate[] dz) {
    Approximate[] terms = new Approximate[z.length];
    for (int j = 0; j < z.length; j++) {
      // log p = -log(1 + exp(-z)), log(1 - p) = -log(1 + exp(z)); log1p keeps small terms.
      double loss = y[j] * softplus(-z[j]) + (1 - y[j]) * softplus(z[j]);
      // Computed as max(z, 0) - z y + log(1 + exp(-|z|)), or in the form above.
      double magnitude = Math.abs(z[j]) * (1 + Math.abs(y[j])) + softplus(-Math.abs(z[j]));
      terms[j] =
          Approximate.of(
              loss,
              Tolerance.FUNCTION_ROUNDOFFS * Tolerance.UNIT_ROUNDOFF * (loss + magnitude / 4));
      dz[j] =
          Approximate.exact(z[j])
              .sigmoid()
              .minus(Approximate.exact(y[j]))
              .over(Approximate.exact((double) batch * z.length));
    }
    return sum(terms).over(Approximate.exact(z.length));
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /** Returns the number of correct samples; a tie goes to the first column. */
  public static Approximate countCorrect(
      Accuracy accuracy, double[][] scores, double[][] y, double threshold) {
    int right = 0;
    for (int row = 0; row < scores.length; row++) {
      switch (accuracy) {
        case SPARSE_CATEGORICAL -> right += argmax(scores[row]) == y[row][0] ? 1 : 0;
        case CATEGORICAL -> right += argmax(scores[row]) == argmax(y[row]) ? 1 : 0;
        case BINARY -> {
          for (int column = 0; column < y[row].length; column++) {
            double predicted = scores[row][column] > threshold ? 1 : 0;
            right += predicted == y[row][column] ? 1 : 0; // never if the target is soft
          }
        }
      }
    }
    int columns = accuracy == Accuracy.BINARY ? scores[0].length : 1;
    double count = (double) right / columns;
    return columns == 1
        ? Approximate.exact(count)
        : Approximate.of(count, Tolerance.sum((long) scores.length * columns) * count);
  }

  /** The sum of each row, [B][1]. */
  public static Approximate[][] rowSums(double[][] x) {
    Approximate[][] sums = new Approximate[x.length][1];
    for (int row = 0; row < x.length; row++) {
      sums[row][0] = sum(exact(x[row]));
    }
    return sums;
  }

  /** The sum of everything, [1][1]. */
  public static Approximate[][] total(double[][] x) {
    double[] flat = java.util.Arrays.stream(x).flatMapToDouble(java.util.Arrays::stream).toArray();
    return new Approximate[][] {{sum(exact(flat))}};
  }

  /** Returns numbers without error. */
  public static Approximate[] exact(double[] x) {
    return java.util.Arrays.stream(x).mapToObj(Approximate::exact).toArray(Approximate[]::new);
  }

  /** Returns rows of numbers without error. */
  public static Approximate[][] exact(double[][] x) {
    return java.util.Arrays.stream(x).map(Oracle::exact).toArray(Approximate[][]::new);
  }

  /** Returns the largest number. */
  public static double maximum(double[] x) {
    return java.util.Arrays.stream(x).max().orElseThrow();
  }

  private static int argmax(double[] x) {
    int best = 0;
    while (x[best] != maximum(x)) {
      best++;
    }
    return best;
  }

  /** Sums numbers with errors. */
  static Approximate sum(Approximate[] terms) {
    double sum = 0;
    double magnitude = 0;
    double error = 0;
    for (Approximate term : terms) {
      sum += term.value();
      magnitude += Math.abs(term.value());
      error += term.error();
    }
    return Approximate.of(sum, error + Tolerance.sum(terms.length) * magnitude);
  }

  private Approximate sum(double sum, double magnitude, int terms) {
    return Approximate.of(sum, tolerance.dot(terms) * magnitude);
  }

  /** Adds the roundings of intermediate results of the given magnitude. */
  private static Approximate widened(Approximate x, double magnitude) {
    return new Approximate(x.value(), x.error() + Tolerance.UNIT_ROUNDOFF * Math.abs(magnitude));
  }
}
