package dev.sinter.recipes;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/**
 * An independent float64 training of dense networks: the formulas of Keras in plain loops, without
 * the programs of Sinter. Batches come in order. The loss is the cross-entropy for the last
 * activation, so its gradient is (p - y) / B.
 */
public final class Float64Network {
  /** Activations by name, and their derivatives as functions of the output. */
  private static final Map<String, DoubleUnaryOperator[]> ACTIVATIONS =
      Map.of(
          "relu", new DoubleUnaryOperator[] {z -> Math.max(z, 0), a -> a > 0 ? 1 : 0},
          "sigmoid", new DoubleUnaryOperator[] {z -> 1 / (1 + Math.exp(-z)), a -> a * (1 - a)});

  private final int[] units;
  private final String[] activations;
  private final String optimizer;
  private final double[][]
      weights; // layer l: weights[2 l] is W [I, U] row-major, weights[2 l + 1] is b [U]
  private final double[][] first; // first slot of the optimizer: momentum, v of RMSprop, m of Adam
  private final double[][] second; // v of Adam
  private int steps;

  /** Creates a network from its initial weights, alternating kernels and biases. */
  public Float64Network(
      int[] units, String[] activations, String optimizer, Map<String, Tensor> initial) {
    this.units = units;
    this.activations = activations;
    this.optimizer = optimizer;
    this.weights = initial.values().stream().map(Float64Network::doubles).toArray(double[][]::new);
    this.first =
        Arrays.stream(weights).map(array -> new double[array.length]).toArray(double[][]::new);
    this.second =
        Arrays.stream(weights).map(array -> new double[array.length]).toArray(double[][]::new);
  }

  private static double[] doubles(Tensor tensor) {
    double[] result = new double[tensor.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = tensor.get(i);
    }
    return result;
  }

  /** Trains steps, cycling through the data; labels are class indices or rows. */
  public void train(Dataset data, int batch, int count) {
    Tensor x = data.x();
    Tensor y = data.y();
    int classes = units[units.length - 1];
    for (int step = 0; step < count; step++) {
      int from = step * batch % data.size();
      double[][] values = new double[units.length][];
      values[0] = doubles(x.rows(from, from + batch));
      for (int layer = 0; layer < activations.length; layer++) {
        values[layer + 1] = forward(values[layer], layer, batch);
      }
      double[] d = values[activations.length].clone(); // (p - y) / B
      for (int i = 0; i < d.length; i++) {
        int row = from + i / classes;
        double target =
            y.rowSize() == classes
                ? y.get(row * classes + i % classes)
                : (y.get(row) == i % classes ? 1 : 0);
        d[i] = (d[i] - target) / batch;
      }
      backward(values, d, batch);
    }
  }

  private double[] forward(double[] x, int layer, int batch) {
    int inputs = units[layer];
    int outputs = units[layer + 1];
    double[] z = new double[batch * outputs];
    for (int row = 0; row < batch; row++) {
      System.arraycopy(weights[2 * layer + 1], 0, z, row * outputs, outputs);
      for (int i = 0; i < inputs; i++) {
        addScaled(z, row * outputs, weights[2 * layer], i * outputs, outputs, x[row * inputs + i]);
      }
    }
    if (activations[layer].equals("softmax")) {
      softmax(z, outputs);
    } else {
      DoubleUnaryOperator function = ACTIVATIONS.get(activations[layer])[0];
      Arrays.setAll(z, i -> function.applyAsDouble(z[i]));
    }
    return z;
  }

  private static void addScaled(
      double[] target, int at, double[] source, int from, int length, double factor) {
    if (factor != 0) {
      for (int u = 0; u < length; u++) {
        target[at + u] += factor * source[from + u];
      }
    }
  }

  private static void softmax(double[] z, int columns) {
    for (int from = 0; from < z.length; from += columns) {
      double max = Arrays.stream(z, from, from + columns).max().orElseThrow();
      double sum = 0;
      for (int i = from; i < from + columns; i++) {
        z[i] = Math.exp(z[i] - max);
        sum += z[i];
      }
      for (int i = from; i < from + columns; i++) {
        z[i] /= sum;
      }
    }
  }

  private void backward(double[][] values, double[] dLast, int batch) {
    double[][] gradients =
        Arrays.stream(weights).map(array -> new double[array.length]).toArray(double[][]::new);
    double[] dz = dLast;
    for (int layer = activations.length - 1; layer >= 0; layer--) {
      int inputs = units[layer];
      int outputs = units[layer + 1];
      double[] x = values[layer];
      double[] dx = new double[batch * inputs];
      for (int row = 0; row < batch; row++) {
        addScaled(gradients[2 * layer + 1], 0, dz, row * outputs, outputs, 1);
        for (int i = 0; i < inputs; i++) {
          addScaled(
              gradients[2 * layer], i * outputs, dz, row * outputs, outputs, x[row * inputs + i]);
          if (layer > 0) {
            double sum = 0;
            for (int u = 0; u < outputs; u++) {
              sum += dz[row * outputs + u] * weights[2 * layer][i * outputs + u];
            }
            dx[row * inputs + i] =
                sum * ACTIVATIONS.get(activations[layer - 1])[1].applyAsDouble(x[row * inputs + i]);
          }
        }
      }
      dz = dx;
    }
    update(gradients);
  }

  /**
   * Uses the defaults of Keras: learning rate 0.01 for SGD, else 0.001; momentum 0.9; weight decay
   * 0.004.
   */
  private void update(double[][] gradients) {
    steps++;
    double alpha = 0.001 * Math.sqrt(1 - Math.pow(0.999, steps)) / (1 - Math.pow(0.9, steps));
    for (int array = 0; array < weights.length; array++) {
      for (int i = 0; i < weights[array].length; i++) {
        double g = gradients[array][i];
        double w = weights[array][i];
        double m = first[array][i];
        double v = second[array][i];
        switch (optimizer) {
          case "sgd" -> w -= 0.01 * g;
          case "momentum", "nesterov" -> {
            m = 0.9 * m - 0.01 * g;
            w += optimizer.equals("momentum") ? m : 0.9 * m - 0.01 * g;
          }
          case "rmsprop" -> {
            m = 0.9 * m + (1 - 0.9) * g * g;
            w -= 0.001 * g / Math.sqrt(m + 1e-7);
          }
          case "adam", "adamw" -> {
            w -= optimizer.equals("adamw") ? w * 0.004 * 0.001 : 0;
            m += (g - m) * (1 - 0.9);
            v += (g * g - v) * (1 - 0.999);
            w -= m * alpha / (Math.sqrt(v) + 1e-7);
          }
          default -> throw new IllegalArgumentException(optimizer);
        }
        weights[array][i] = w;
        first[array][i] = m;
        second[array][i] = v;
      }
    }
  }

  /**
   * Returns max|W - W64| / max|W64 - W0| of each array.
   *
   * @param initial W0
   * @param actual W, the result of Sinter
   */
  public Map<String, Double> drift(Map<String, Tensor> initial, Map<String, Tensor> actual) {
    Map<String, Double> drift = new LinkedHashMap<>();
    int array = 0;
    for (String name : initial.keySet()) {
      double error = 0;
      double way = 0;
      for (int i = 0; i < weights[array].length; i++) {
        error = Math.max(error, Math.abs(actual.get(name).get(i) - weights[array][i]));
        way = Math.max(way, Math.abs(weights[array][i] - initial.get(name).get(i)));
      }
      drift.put(name, error / way);
      array++;
    }
    return drift;
  }
}
