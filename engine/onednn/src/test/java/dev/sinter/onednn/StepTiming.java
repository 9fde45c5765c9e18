package dev.sinter.onednn;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Program;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Prints the samples per second of three training steps, and the time of each part of a step. */
public final class StepTiming {
  private static final int ROWS = 6400;

  private StepTiming() {}

  /** Argument: the thread count; 0 lets the backend choose. */
  public static void main(String[] arguments) {
    int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 0;
    OneDnnProvider provider = new OneDnnProvider();
    System.out.println(provider.probe());
    Backend backend = provider.open(BackendOptions.DEFAULT.threads(threads));
    time(backend, Networks.mnistDense(128, Optimizer.of("rmsprop")), "784-512-10 RMSprop", 200);
    time(backend, Networks.mnistSigmoid(100, Optimizer.of("sgd")), "784-100-10 SGD", 400);
    time(backend, Networks.digits01(32, Optimizer.of("adam")), "400-25-15-1 Adam", 4000);
  }

  private static void time(Backend backend, Program program, String name, int steps) {
    Networks.Samples samples = Networks.samples(program, ROWS, 1);
    try (Session session = backend.open(program.state())) {
      session.write(0, Networks.weights(program, new Random(1)));
      Tensor x = samples.x();
      Feed feed = new Feed(session.upload(x, samples.y(), 1 / 255f, 0), samples.order());
      Executable executable = session.prepare(List.of(program)).get(0);
      int chunkSteps = ROWS / program.batch();
      float[] results = new float[chunkSteps * program.resultSize()];
      double[] microseconds = new double[15];
      for (int round = 0; round < microseconds.length; round++) {
        long start = System.nanoTime();
        int done = 0;
        while (done < steps) {
          executable.run(feed, new Chunk(0, chunkSteps, done, new double[] {1e-7}), results);
          done += chunkSteps;
        }
        microseconds[round] = (System.nanoTime() - start) / 1e3 / done;
      }
      Arrays.sort(microseconds);
      double median = microseconds[microseconds.length / 2];
      System.out.printf(
          "%s: median %.0f samples/s, %.1f us per step; best %.0f samples/s%n",
          name, program.batch() / median * 1e6, median, program.batch() / microseconds[0] * 1e6);
    }
  }
}
