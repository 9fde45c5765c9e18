package dev.sinter.backend.reference;

import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op.Pooling;
import dev.sinter.program.Window;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Defines convolutions and poolings: plain loops, double accumulation, one rounding at the end. */
final class WindowKernels {
  /** What happens at each pixel of a window. */
  private interface Visit {
    /**
     * Visits a pixel.
     *
     * @param place of the pixel in the window, row by row
     * @param pixel of the image, row by row
     */
    void pixel(int place, int pixel);
  }

  private WindowKernels() {}

  /** Visits the pixels of a window that are in the image, row by row. */
  private static void visit(Window window, int index, Visit visit) {
    int top = index / window.outputWidth() * window.strideHeight() - window.top();
    int left = index % window.outputWidth() * window.strideWidth() - window.left();
    for (int row = 0; row < window.kernelHeight(); row++) {
      for (int column = 0; column < window.kernelWidth(); column++) {
        int y = top + row;
        int x = left + column;
        if (y >= 0 && y < window.height() && x >= 0 && x < window.width()) {
          visit.pixel(row * window.kernelWidth() + column, y * window.width() + x);
        }
      }
    }
  }

  /** a = f(b + the sum over the window of pixel times weight). */
  static void convolution(
      Window window,
      Matrix x,
      Matrix weights,
      @Nullable Matrix bias,
      ActivationFunction activation,
      Matrix output) {
    int channels = window.channels();
    double[] sums = new double[weights.columns()];
    for (int image = 0; image < x.rows(); image++) {
      for (int index = 0; index < window.count(); index++) {
        for (int filter = 0; filter < sums.length; filter++) {
          sums[filter] = bias == null ? 0 : bias.get(0, filter);
        }
        int row = image;
        visit(
            window,
            index,
            (place, pixel) -> {
              for (int channel = 0; channel < channels; channel++) {
                double value = x.get(row, pixel * channels + channel);
                for (int filter = 0; filter < sums.length; filter++) {
                  sums[filter] += value * weights.get(place * channels + channel, filter);
                }
              }
            });
        for (int filter = 0; filter < sums.length; filter++) {
          double a = Kernels.evaluate(activation.forward(), sums[filter]);
          output.set(image, index * sums.length + filter, a);
        }
      }
    }
  }

  /** dW = the sum over all windows of pixel times dz, db = the sum of dz. */
  static void gradWeights(
      Window window, Matrix x, Matrix dz, Matrix dWeights, @Nullable Matrix dBias) {
    int channels = window.channels();
    int filters = dWeights.columns();
    double[] sums = new double[dWeights.size()];
    double[] biases = new double[filters];
    for (int image = 0; image < x.rows(); image++) {
      for (int index = 0; index < window.count(); index++) {
        int row = image;
        int first = index * filters;
        for (int filter = 0; filter < filters; filter++) {
          biases[filter] += dz.get(row, first + filter);
        }
        visit(
            window,
            index,
            (place, pixel) -> {
              for (int channel = 0; channel < channels; channel++) {
                double value = x.get(row, pixel * channels + channel);
                for (int filter = 0; filter < filters; filter++) {
                  int weight = (place * channels + channel) * filters + filter;
                  sums[weight] += value * dz.get(row, first + filter);
                }
              }
            });
      }
    }
    write(sums, dWeights);
    if (dBias != null) {
      write(biases, dBias);
    }
  }

  private static void write(double[] values, Matrix target) {
    for (int i = 0; i < values.length; i++) {
      target.set(i / target.columns(), i % target.columns(), values[i]);
    }
  }

  /** dx = (the sum over the windows that hold the pixel of dz times weight) * f'(a). */
  static void gradInput(
      Window window,
      Matrix dz,
      Matrix weights,
      ActivationFunction activation,
      @Nullable Matrix a,
      Matrix dx) {
    int channels = window.channels();
    int filters = weights.columns();
    double[] sums = new double[dx.columns()];
    for (int image = 0; image < dx.rows(); image++) {
      Arrays.fill(sums, 0);
      int row = image;
      for (int index = 0; index < window.count(); index++) {
        int first = index * filters;
        visit(
            window,
            index,
            (place, pixel) -> {
              for (int channel = 0; channel < channels; channel++) {
                for (int filter = 0; filter < filters; filter++) {
                  sums[pixel * channels + channel] +=
                      (double) dz.get(row, first + filter)
                          * weights.get(place * channels + channel, filter);
                }
              }
            });
      }
      for (int i = 0; i < sums.length; i++) {
        double derivative =
            a == null ? 1 : Kernels.evaluate(activation.derivative(), a.get(image, i));
        dx.set(image, i, sums[i] * derivative);
      }
    }
  }

  /** Row (image, window) = the pixels of the window, 0 for padding. */
  static void patches(Window window, Matrix x, Matrix output) {
    int channels = window.channels();
    for (int row = 0; row < output.rows(); row++) {
      int patch = row;
      for (int column = 0; column < output.columns(); column++) {
        output.set(row, column, 0);
      }
      visit(
          window,
          row % window.count(),
          (place, pixel) -> {
            for (int channel = 0; channel < channels; channel++) {
              output.set(
                  patch,
                  place * channels + channel,
                  x.get(patch / window.count(), pixel * channels + channel));
            }
          });
    }
  }

  /** dx = the sum over the windows that hold the pixel of its place in them. */
  static void patchesGrad(Window window, Matrix d, Matrix dx) {
    int channels = window.channels();
    double[] sums = new double[dx.columns()];
    for (int image = 0; image < dx.rows(); image++) {
      Arrays.fill(sums, 0);
      for (int index = 0; index < window.count(); index++) {
        int row = image * window.count() + index;
        visit(
            window,
            index,
            (place, pixel) -> {
              for (int channel = 0; channel < channels; channel++) {
                sums[pixel * channels + channel] += d.get(row, place * channels + channel);
              }
            });
      }
      for (int i = 0; i < sums.length; i++) {
        dx.set(image, i, sums[i]);
      }
    }
  }

  /** One window of one channel. */
  private static final class Pooled {
    private double sum;
    private int count;
    private double maximum;
    private int first = -1; // the first pixel that has the maximum

    Pooled(Window window, int index, @Nullable Matrix x, int image, int channel) {
      visit(
          window,
          index,
          (place, pixel) -> {
            count++;
            if (x != null) {
              double value = x.get(image, pixel * window.channels() + channel);
              sum += value;
              if (first < 0 || value > maximum) {
                maximum = value;
                first = pixel;
              }
            }
          });
    }
  }

  /** The maximum or the mean of each window. */
  static void pool(Pooling pooling, Window window, Matrix x, Matrix output) {
    for (int image = 0; image < x.rows(); image++) {
      for (int column = 0; column < output.columns(); column++) {
        int channel = column % window.channels();
        Pooled pooled = new Pooled(window, column / window.channels(), x, image, channel);
        boolean maximum = pooling == Pooling.MAXIMUM;
        output.set(image, column, maximum ? pooled.maximum : pooled.sum / pooled.count);
      }
    }
  }

  /** The gradient goes to the first maximum, or in equal shares to the pixels of the image. */
  static void poolGrad(Pooling pooling, Window window, @Nullable Matrix x, Matrix d, Matrix dx) {
    int channels = window.channels();
    double[] sums = new double[dx.columns()];
    for (int image = 0; image < dx.rows(); image++) {
      Arrays.fill(sums, 0);
      for (int column = 0; column < d.columns(); column++) {
        int channel = column % channels;
        Pooled pooled = new Pooled(window, column / channels, x, image, channel);
        double value = d.get(image, column);
        if (pooling == Pooling.MAXIMUM) {
          sums[pooled.first * channels + channel] += value;
        } else {
          visit(
              window,
              column / channels,
              (place, pixel) -> sums[pixel * channels + channel] += value / pooled.count);
        }
      }
      for (int i = 0; i < sums.length; i++) {
        dx.set(image, i, sums[i]);
      }
    }
  }
}
