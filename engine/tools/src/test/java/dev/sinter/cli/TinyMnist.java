package dev.sinter.cli;

import dev.sinter.data.Npy;
import dev.sinter.data.Tensor;
import dev.sinter.testkit.IdxFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * A small data folder in the format of MNIST: digit d is a bright band of rows, each with noise, so
 * that a few steps learn it. Sample i has label i % 10.
 */
public final class TinyMnist {
  static final int TRAIN = 200;
  static final int TEST = 50;
  static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
  static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
  static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
  static final String TEST_LABELS = "t10k-labels-idx1-ubyte";
  private static final int SIDE = 28;
  private static final int CLASSES = 10;

  private TinyMnist() {}

  /** Writes 200 training and 50 test images below parent/mnist; returns parent. */
  public static Path write(Path parent) {
    try {
      Path folder = Files.createDirectories(parent.resolve("mnist"));
      Files.write(folder.resolve(TRAIN_IMAGES), images(TRAIN, 1));
      Files.write(folder.resolve(TRAIN_LABELS), labels(TRAIN));
      Files.write(folder.resolve(TEST_IMAGES + ".gz"), IdxFiles.gzip(images(TEST, 2)));
      Files.write(folder.resolve(TEST_LABELS), labels(TEST));
      return parent;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns an IDX file of images. */
  static byte[] images(int count, long seed) {
    ByteBuffer file = ByteBuffer.allocate(16 + count * SIDE * SIDE);
    file.putInt(0x803).putInt(count).putInt(SIDE).putInt(SIDE);
    for (float pixel : pixels(count, seed)) {
      file.put((byte) pixel);
    }
    return file.array();
  }

  /** Returns an IDX file of labels 0 to 9, over and over. */
  static byte[] labels(int count) {
    ByteBuffer file = ByteBuffer.allocate(8 + count);
    file.putInt(0x801).putInt(count);
    for (int i = 0; i < count; i++) {
      file.put((byte) (i % CLASSES));
    }
    return file.array();
  }

  /** Writes an array as .npy; returns the file. */
  static Path npy(Path file, float[] elements, int... shape) {
    Npy.write(file, Tensor.of(elements, shape));
    return file;
  }

  /** Returns values 0 to 1, [count, features]: those of an odd row are larger on average. */
  static float[] samples(int count, int features) {
    Random random = new Random(3);
    float[] x = new float[count * features];
    for (int i = 0; i < x.length; i++) {
      x[i] = (random.nextFloat() + i / features % 2) / 2;
    }
    return x;
  }

  /** Returns labels 0, 1, ..., classes - 1, 0, 1, ... */
  static float[] classes(int count, int classes) {
    float[] y = new float[count];
    for (int i = 0; i < count; i++) {
      y[i] = i % classes;
    }
    return y;
  }

  private static float[] pixels(int count, long seed) {
    Random random = new Random(seed);
    float[] pixels = new float[count * SIDE * SIDE];
    for (int i = 0; i < count; i++) {
      for (int pixel = 0; pixel < SIDE * SIDE; pixel++) {
        boolean band = pixel / SIDE / 2 == i % CLASSES + 2;
        pixels[i * SIDE * SIDE + pixel] = random.nextInt(60) + (band ? 190 : 0);
      }
    }
    return pixels;
  }
}
