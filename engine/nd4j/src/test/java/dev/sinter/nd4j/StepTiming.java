package dev.sinter.nd4j;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.program.Program;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Prints the samples per second of the 784-512-10 training step, and the time of each part of a
 * step.
 */
public final class StepTiming {
  private static final int BATCH = 128;
  private static final int STEPS = 200;

  private StepTiming() {}

  /** Argument: the thread count; 0 for the default. */
  public static void main(String[] arguments) {
    int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
    Nd4jProvider provider = new Nd4jProvider();
    System.out.println(provider.probe());
    Backend backend = provider.open(BackendOptions.DEFAULT.threads(threads));
    System.out.println("threads " + backend.threads());
    Program program = Networks.twoLayers(BATCH, 784, 512, 10, 1, new RmsProp().rule());
    Random random = new Random(1);
    byte[] pixels = new byte[6000 * 784];
    random.nextBytes(pixels);
    float[] labels = new float[6000];
    int[] order = new int[6000];
    for (int i = 0; i < order.length; i++) {
      labels[i] = random.nextInt(10);
      order[i] = random.nextInt(order.length);
    }
    float[] weights = new float[program.state().regionSize()];
    for (int i = 0; i < 784 * 512 + 512 * 10; i++) {
      weights[i] = (float) (random.nextGaussian() * 0.05);
    }
    try (Session session = backend.open(program.state())) {
      session.write(0, weights);
      Tensor x = Tensor.ofBytes(pixels, order.length, 784);
      Feed feed = new Feed(session.upload(x, Tensor.of(labels), 1 / 255f, 0), order);
      Executable executable = session.prepare(List.of(program)).get(0);
      float[] results = new float[program.resultSize()];
      double[] seconds = new double[9];
      for (int round = 0; round < seconds.length; round++) {
        long start = System.nanoTime();
        for (int i = 0; i < STEPS; i++) {
          int step = i % 40;
          executable.run(feed, new Chunk(step * BATCH, 1, i, new double[] {1e-7}), results);
        }
        seconds[round] = (System.nanoTime() - start) / 1e9;
      }
      report(seconds);
    }
  }

  private static void report(double[] seconds) {
    Arrays.sort(seconds);
    double median = seconds[seconds.length / 2];
    System.out.printf(
        "median %.0f samples/s, %.0f us per step; best %.0f samples/s%n",
        STEPS * BATCH / median, median / STEPS * 1e6, STEPS * BATCH / seconds[0]);
  }
}
