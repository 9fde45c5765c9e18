package dev.sinter.testkit;

import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Op.Pooling;
import dev.sinter.program.Value;
import dev.sinter.program.Window;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Patches, poolings and, where the backend runs them, convolutions. The oracle writes each as one
 * product with a matrix that has a row for each pixel and a column for each output.
 */
interface WindowContract extends ContractTheme {
  /** Image sizes, window sizes, strides and paddings; replicas. */
  static Stream<Arguments> windows() {
    return Stream.of(
        Arguments.of(Window.valid(5, 4, 3, 3, 2, 1, 1), 3, 2),
        Arguments.of(Window.same(6, 5, 2, 3, 3, 2, 2), 2, 1),
        Arguments.of(Window.same(7, 7, 1, 2, 2, 2, 2), 3, 1),
        Arguments.of(Window.same(5, 5, 16, 3, 3, 1, 1), 2, 1),
        Arguments.of(Window.valid(8, 6, 5, 2, 2, 2, 2), 4, 2),
        Arguments.of(Window.valid(9, 9, 2, 2, 2, 3, 3), 2, 1),
        Arguments.of(Window.valid(3, 4, 37, 3, 4, 1, 1), 2, 1),
        Arguments.of(Window.valid(1, 1, 1, 1, 1, 1, 1), 1, 1));
  }

  /** Fills the matrix. */
  interface Element {
    /** Returns the weight of a pixel in an output, given the place of the pixel in the window. */
    double of(int place, int output);
  }

  /**
   * Returns the matrix [image size][windows * outputs] of an operation.
   *
   * @param outputs numbers for each window
   */
  static double[][] matrix(Window window, int outputs, Element element) {
    double[][] matrix = new double[window.imageSize()][window.count() * outputs];
    for (int y = 0; y < window.height(); y++) {
      for (int x = 0; x < window.width(); x++) {
        for (int index = 0; index < window.count(); index++) {
          int row = y + window.top() - index / window.outputWidth() * window.strideHeight();
          int column = x + window.left() - index % window.outputWidth() * window.strideWidth();
          boolean inside =
              row >= 0
                  && row < window.kernelHeight()
                  && column >= 0
                  && column < window.kernelWidth();
          for (int channel = 0; inside && channel < window.channels(); channel++) {
            int place = (row * window.kernelWidth() + column) * window.channels() + channel;
            int pixel = (y * window.width() + x) * window.channels() + channel;
            for (int output = 0; output < outputs; output++) {
              matrix[pixel][index * outputs + output] = element.of(place, output);
            }
          }
        }
      }
    }
    return matrix;
  }

  /** Returns the same numbers as rows of another length. */
  static double[][] reshaped(double[][] values, int columns) {
    int rows = values.length * values[0].length / columns;
    double[][] result = new double[rows][columns];
    for (int i = 0; i < rows * columns; i++) {
      result[i / columns][i % columns] = values[i / values[0].length][i % values[0].length];
    }
    return result;
  }

  /** Returns the patches of images, from the matrix that copies them. */
  static double[][] patchesOf(Window window, double[][] x) {
    double[][] copy =
        matrix(window, window.patchSize(), (place, output) -> place == output ? 1 : 0);
    double[][] patches = new double[x.length][copy[0].length];
    for (int row = 0; row < x.length; row++) {
      for (int pixel = 0; pixel < copy.length; pixel++) {
        for (int column = 0; column < copy[0].length; column++) {
          patches[row][column] += x[row][pixel] * copy[pixel][column];
        }
      }
    }
    return reshaped(patches, window.patchSize());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("windows")
  default void patches_andTheirGradient_matchOracle(Window window, int batch, int replicas) {
    long seed = window.hashCode();
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    int rows = batch * window.count();
    Value x = run.input("x", () -> samples.normal(batch, window.imageSize()));
    Value d = run.input("d", () -> samples.normal(rows, window.patchSize()));
    Value patches = run.output("patches", rows, window.patchSize());
    Value dx = run.output("dx", batch, window.imageSize());
    run.op(new Op.Patches("patches", window, x, patches));
    run.op(new Op.PatchesGrad("gradient", window, d, dx));
    run.run(batch);
    double[][] copy =
        matrix(window, window.patchSize(), (place, output) -> place == output ? 1 : 0);
    for (int replica = 0; replica < replicas; replica++) {
      run.check(patches, replica, Oracle.exact(patchesOf(window, run.in(x, replica))));
      double[][] images = reshaped(run.in(d, replica), copy[0].length);
      run.check(
          dx, replica, oracle().denseGradInput(images, copy, ActivationFunction.LINEAR, null));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("windows")
  default void average_andItsGradient_matchOracle(Window window, int batch, int replicas) {
    long seed = window.hashCode() + 1L;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Value x = run.input("x", () -> samples.normal(batch, window.imageSize()));
    Value d = run.input("d", () -> samples.normal(batch, window.pooledSize()));
    Value pooled = run.output("pooled", batch, window.pooledSize());
    Value dx = run.output("dx", batch, window.imageSize());
    run.op(new Op.Pool("pool", Pooling.AVERAGE, window, x, pooled));
    run.op(new Op.PoolGrad("gradient", Pooling.AVERAGE, window, null, d, dx));
    run.run(batch);
    double[][] mean = // shares of the pixels that are there
        matrix(
            window,
            window.channels(),
            (place, output) -> place % window.channels() == output ? 1 : 0);
    for (int column = 0; column < mean[0].length; column++) {
      double count = 0;
      for (double[] pixel : mean) {
        count += pixel[column];
      }
      for (double[] pixel : mean) {
        pixel[column] /= count;
      }
    }
    for (int replica = 0; replica < replicas; replica++) {
      run.check(
          pooled,
          replica,
          oracle().dense(run.in(x, replica), mean, null, ActivationFunction.LINEAR));
      run.check(
          dx,
          replica,
          oracle().denseGradInput(run.in(d, replica), mean, ActivationFunction.LINEAR, null));
    }
  }

  /** Few different numbers, all negative: ties, and padding that must not win. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("windows")
  default void maximum_andItsGradient_matchOracle(Window window, int batch, int replicas) {
    long seed = window.hashCode() + 2L;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Value x =
        run.input(
            "x",
            () -> {
              double[][] values = samples.indices(batch, window.imageSize(), 3);
              for (double[] row : values) {
                java.util.Arrays.setAll(row, i -> row[i] - 5);
              }
              return values;
            });
    Value d = run.input("d", () -> samples.normal(batch, window.pooledSize()));
    Value pooled = run.output("pooled", batch, window.pooledSize());
    Value dx = run.output("dx", batch, window.imageSize());
    run.op(new Op.Pool("pool", Pooling.MAXIMUM, window, x, pooled));
    run.op(new Op.PoolGrad("gradient", Pooling.MAXIMUM, window, x, d, dx));
    run.run(batch);
    double[][] inside =
        matrix(
            window,
            window.channels(),
            (place, output) -> place % window.channels() == output ? 1 : 0);
    for (int replica = 0; replica < replicas; replica++) {
      double[][] images = run.in(x, replica);
      double[][] maxima = new double[batch][window.pooledSize()];
      Approximate[][] gradient = new Approximate[batch][];
      for (int image = 0; image < batch; image++) {
        double[][] chosen = new double[window.imageSize()][window.pooledSize()];
        for (int column = 0; column < window.pooledSize(); column++) {
          int first = -1;
          for (int pixel = 0; pixel < inside.length; pixel++) {
            boolean larger = first < 0 || images[image][pixel] > images[image][first];
            first = inside[pixel][column] == 1 && larger ? pixel : first;
          }
          chosen[first][column] = 1;
          maxima[image][column] = images[image][first];
        }
        double[][] row = {run.in(d, replica)[image]};
        gradient[image] = oracle().denseGradInput(row, chosen, ActivationFunction.LINEAR, null)[0];
      }
      run.check(pooled, replica, Oracle.exact(maxima));
      run.check(dx, replica, gradient);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("windows")
  default void convolution_andItsGradients_matchOracle(Window window, int batch, int replicas) {
    Assumptions.assumeTrue(
        backend().fusion().convolves(), "runs convolutions as patches and products");
    int filters = window.channels() == 16 ? 16 : 3;
    long seed = window.hashCode() + 3L;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Value x = run.input("x", () -> samples.normal(batch, window.imageSize()));
    Value w = run.input("w", () -> samples.normal(window.patchSize(), filters));
    Value b = run.input("b", () -> samples.normal(1, filters));
    Value dz = run.input("dz", () -> samples.normal(batch, window.count() * filters));
    Value a = run.input("a", () -> samples.uniform(batch, window.imageSize(), -1, 1));
    Value dWeights = run.gradient("weights", window.patchSize(), filters);
    Value plain = run.gradient("plain", window.patchSize(), filters);
    Value dBias = run.gradient("bias", 1, filters);
    List<ActivationFunction> functions = DenseContract.foldableActivations();
    for (ActivationFunction f : functions) {
      Value output = run.output(f + "/output", batch, window.count() * filters);
      Value dx = run.output(f + "/dx", batch, window.imageSize());
      Value before = f == ActivationFunction.LINEAR ? null : a;
      run.op(new Op.Convolution(f + "", window, x, w, before == null ? null : b, f, output));
      run.op(new Op.ConvolutionGradInput(f + "/grad", window, dz, w, f, before, dx));
    }
    run.op(new Op.ConvolutionGradWeights("weights", window, x, dz, dWeights, dBias));
    run.op(new Op.ConvolutionGradWeights("plain", window, x, dz, plain, null));
    run.run(batch);
    for (int replica = 0; replica < replicas; replica++) {
      double[][] kernel = run.in(w, replica);
      double[][] rows = reshaped(run.in(dz, replica), filters);
      double[][] patches = patchesOf(window, run.in(x, replica));
      double[][] whole = matrix(window, filters, (place, output) -> kernel[place][output]);
      for (ActivationFunction f : functions) {
        boolean linear = f == ActivationFunction.LINEAR;
        double[][] bias = linear ? null : run.in(b, replica);
        OpRun.check(
            f + ", replica " + replica,
            seed,
            run.out(
                ProgramFixture.temporary(f + "/output", batch, window.count() * filters), replica),
            oracle().dense(patches, kernel, bias, f));
        run.check(
            ProgramFixture.temporary(f + "/dx", batch, window.imageSize()),
            replica,
            oracle()
                .denseGradInput(run.in(dz, replica), whole, f, linear ? null : run.in(a, replica)));
      }
      run.check(dWeights, replica, oracle().denseGradWeights(patches, rows));
      run.check(plain, replica, oracle().denseGradWeights(patches, rows));
      run.check(dBias, replica, oracle().denseGradBias(rows));
    }
  }
}
