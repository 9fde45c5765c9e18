package dev.sinter.backend.host;

import dev.sinter.program.Op;
import dev.sinter.program.Op.Pooling;
import dev.sinter.program.Window;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Windows of images on the host: patches and pooling, with their gradients. Loops over heap copies
 * of one image at a time; the channels of a pixel are next to each other, so the innermost loops
 * run over equal indices.
 */
final class WindowSteps {
  private WindowSteps() {}

  /** The part of a window that lies in the image. */
  private static final class Clip {
    private final Window window;
    private int top; // of the window, may be negative
    private int left;
    private int firstRow; // within the window
    private int endRow;
    private int firstColumn;
    private int endColumn;

    Clip(Window window) {
      this.window = window;
    }

    void at(int index) {
      top = index / window.outputWidth() * window.strideHeight() - window.top();
      left = index % window.outputWidth() * window.strideWidth() - window.left();
      firstRow = Math.max(0, -top);
      endRow = Math.min(window.kernelHeight(), window.height() - top);
      firstColumn = Math.max(0, -left);
      endColumn = Math.min(window.kernelWidth(), window.width() - left);
    }

    /** Returns the index of the first element of a row of this part in the image. */
    int image(int row) {
      return ((top + row) * window.width() + left + firstColumn) * window.channels();
    }

    /** Returns the index of the first element of a row of this part in the window. */
    int patch(int row) {
      return (row * window.kernelWidth() + firstColumn) * window.channels();
    }

    /** Returns the elements of a row of this part, which are next to each other. */
    int length() {
      return (endColumn - firstColumn) * window.channels();
    }

    int pixels() {
      return (endRow - firstRow) * (endColumn - firstColumn);
    }
  }

  /** Rows of patches, 0 for padding. */
  static Step patches(Window window, HostView x, HostView output) {
    Clip clip = new Clip(window);
    float[] image = new float[window.imageSize()];
    float[] patches = new float[window.count() * window.patchSize()]; // padding stays 0
    int images = x.shape().rows();
    return position -> {
      for (int i = 0; i < images; i++) {
        x.host().get(i * image.length, image);
        for (int index = 0; index < window.count(); index++) {
          clip.at(index);
          int start = index * window.patchSize();
          int length = clip.length();
          for (int row = clip.firstRow; row < clip.endRow; row++) {
            System.arraycopy(image, clip.image(row), patches, start + clip.patch(row), length);
          }
        }
        output.host().put(i * patches.length, patches);
      }
    };
  }

  /** Adds up the places of each pixel, window by window. */
  static Step patchesGrad(Window window, HostView d, HostView dx) {
    Clip clip = new Clip(window);
    float[] image = new float[window.imageSize()];
    float[] patches = new float[window.count() * window.patchSize()];
    int images = dx.shape().rows();
    return position -> {
      for (int i = 0; i < images; i++) {
        d.host().get(i * patches.length, patches);
        Arrays.fill(image, 0);
        for (int index = 0; index < window.count(); index++) {
          clip.at(index);
          int start = index * window.patchSize();
          int length = clip.length();
          for (int row = clip.firstRow; row < clip.endRow; row++) {
            add(image, clip.image(row), patches, start + clip.patch(row), length);
          }
        }
        dx.host().put(i * image.length, image);
      }
    };
  }

  private static void add(float[] target, int to, float[] source, int from, int length) {
    for (int i = 0; i < length; i++) {
      target[to + i] += source[from + i];
    }
  }

  /** The maximum or the mean of each window. */
  static Step pool(Op.Pool op, HostView x, HostView output) {
    Window window = op.window();
    Clip clip = new Clip(window);
    float[] image = new float[window.imageSize()];
    float[] pooled = new float[window.pooledSize()];
    boolean maximum = op.pooling() == Pooling.MAXIMUM;
    int channels = window.channels();
    int images = x.shape().rows();
    return position -> {
      for (int i = 0; i < images; i++) {
        x.host().get(i * image.length, image);
        Arrays.fill(pooled, maximum ? Float.NEGATIVE_INFINITY : 0);
        for (int index = 0; index < window.count(); index++) {
          clip.at(index);
          int to = index * channels;
          for (int row = clip.firstRow; row < clip.endRow; row++) {
            int end = clip.image(row) + clip.length();
            for (int from = clip.image(row); from < end; from += channels) {
              if (maximum) {
                maximum(pooled, to, image, from, channels);
              } else {
                add(pooled, to, image, from, channels);
              }
            }
          }
          if (!maximum) {
            divide(pooled, to, clip.pixels(), channels);
          }
        }
        output.host().put(i * pooled.length, pooled);
      }
    };
  }

  private static void maximum(float[] target, int to, float[] source, int from, int length) {
    for (int i = 0; i < length; i++) {
      target[to + i] = Math.max(target[to + i], source[from + i]);
    }
  }

  private static void divide(float[] target, int to, int divisor, int length) {
    for (int i = 0; i < length; i++) {
      target[to + i] /= divisor;
    }
  }

  /** To the first maximum, or in equal shares; window by window. */
  static Step poolGrad(Op.PoolGrad op, @Nullable HostView x, HostView d, HostView dx) {
    Window window = op.window();
    Clip clip = new Clip(window);
    float[] image = new float[window.imageSize()];
    float[] gradient = new float[window.imageSize()];
    float[] pooled = new float[window.pooledSize()];
    boolean maximum = op.pooling() == Pooling.MAXIMUM;
    int channels = window.channels();
    int images = dx.shape().rows();
    return position -> {
      for (int i = 0; i < images; i++) {
        d.host().get(i * pooled.length, pooled);
        if (maximum) {
          Objects.requireNonNull(x, "the input of a maximum").host().get(i * image.length, image);
        }
        Arrays.fill(gradient, 0);
        for (int index = 0; index < window.count(); index++) {
          clip.at(index);
          int from = index * channels;
          if (maximum) {
            for (int channel = 0; channel < channels; channel++) {
              gradient[firstMaximum(clip, image, channel)] += pooled[from + channel];
            }
          } else {
            divide(pooled, from, clip.pixels(), channels);
            share(clip, pooled, from, gradient);
          }
        }
        dx.host().put(i * gradient.length, gradient);
      }
    };
  }

  /** Returns the index in the image of the first maximum of a channel. */
  private static int firstMaximum(Clip clip, float[] image, int channel) {
    int channels = clip.window.channels();
    int best = clip.image(clip.firstRow) + channel;
    for (int row = clip.firstRow; row < clip.endRow; row++) {
      int start = clip.image(row) + channel;
      for (int i = start; i < start + clip.length(); i += channels) {
        if (image[i] > image[best]) {
          best = i;
        }
      }
    }
    return best;
  }

  private static void share(Clip clip, float[] pooled, int from, float[] gradient) {
    int channels = clip.window.channels();
    for (int row = clip.firstRow; row < clip.endRow; row++) {
      int end = clip.image(row) + clip.length();
      for (int to = clip.image(row); to < end; to += channels) {
        add(gradient, to, pooled, from, channels);
      }
    }
  }
}
