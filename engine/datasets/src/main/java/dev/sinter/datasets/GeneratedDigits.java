package dev.sinter.datasets;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Handwriting-like digits in MNIST's format, for machines without MNIST and without a network
 * connection.
 *
 * <p>Any number of threads may call its methods.
 *
 * <p>60 000 training and 10 000 test images, uint8 [N, 28, 28], bright strokes on black, with
 * labels uint8 [N] drawn uniformly from 0 to 9. The same seed gives the same bytes on every
 * machine: each image has its own random stream. Accuracies on these digits differ from those on
 * MNIST.
 */
public final class GeneratedDigits {
  private static final int TRAIN = 60_000;
  private static final int TEST = 10_000;
  private static final int CHUNK = 500; // images per task

  private GeneratedDigits() {}

  /** Returns the training set: 60 000 images with labels. */
  public static Dataset train(long seed) {
    return generate(seed, 0, TRAIN);
  }

  /** Returns the test set: 10 000 images with labels, none of them in the training set. */
  public static Dataset test(long seed) {
    return generate(seed, TRAIN, TEST);
  }

  /** Generates images [first, first + count) of the endless sequence of a seed. */
  static Dataset generate(long seed, int first, int count) {
    int pixels = DigitPen.SIDE * DigitPen.SIDE;
    byte[] images = new byte[count * pixels]; // [count, 28, 28]
    byte[] labels = new byte[count];
    int chunks = (count + CHUNK - 1) / CHUNK;
    IntStream.range(0, chunks)
        .parallel()
        .forEach(
            chunk -> {
              DigitPen pen = new DigitPen();
              int end = Math.min(count, (chunk + 1) * CHUNK);
              for (int i = chunk * CHUNK; i < end; i++) {
                SplittableRandom random = new SplittableRandom(mix(seed, first + i));
                labels[i] = (byte) random.nextInt(10);
                pen.draw(labels[i], random, images, i * pixels);
              }
            });
    return Dataset.of(
        Tensor.ofBytes(images, count, DigitPen.SIDE, DigitPen.SIDE), Tensor.ofBytes(labels, count));
  }

  /** Scatters seeds, so that neighbours have no overlapping streams (MurmurHash3 finaliser). */
  private static long mix(long seed, int image) {
    long z = seed * 0x9E3779B97F4A7C15L + image + 1;
    z = (z ^ z >>> 33) * 0xFF51AFD7ED558CCDL;
    z = (z ^ z >>> 33) * 0xC4CEB9FE1A85EC53L;
    return z ^ z >>> 33;
  }
}
