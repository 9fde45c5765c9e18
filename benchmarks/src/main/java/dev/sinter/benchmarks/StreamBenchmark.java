package dev.sinter.benchmarks;

import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.backend.BackendOptions;
import dev.sinter.data.Dataset;
import dev.sinter.data.Sample;
import dev.sinter.data.SampleReader;
import dev.sinter.data.SampleSource;
import dev.sinter.data.Stream;
import dev.sinter.data.Tensor;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Trains mnist-dense for one epoch on a stream of generated samples that is larger than memory, and
 * reports the peak of the resident memory and how long training waited for the reader; then for a
 * few epochs on samples in memory, to compare the speed.
 *
 * <p>Arguments: a backend, its threads (0: it chooses), and the gigabytes of samples.
 */
public final class StreamBenchmark {
  private static final int RESIDENT_SAMPLES = 20_000;
  private static final int RESIDENT_EPOCHS = 10;

  private StreamBenchmark() {}

  /** Samples of ten classes, each with features of its own, and noise. */
  private record Generated(long size) implements SampleSource {
    private static final int FEATURES = 784;
    private static final int CLASSES = 10;

    @Override
    public int[] featureShape() {
      return new int[] {FEATURES};
    }

    @Override
    public int labelColumns() {
      return 1;
    }

    @Override
    public SampleReader open() {
      return new Reader(size);
    }

    private static final class Reader implements SampleReader {
      private final long size;
      private long number;
      private long bits = 0x9E3779B97F4A7C15L;

      Reader(long size) {
        this.size = size;
      }

      @Override
      public boolean read(Sample next) {
        if (number == size) {
          return false;
        }
        int label = (int) (number++ % CLASSES);
        float[] x = next.x();
        for (int i = 0; i < x.length; i++) {
          bits ^= bits << 13; // Marsaglia's xorshift
          bits ^= bits >>> 7;
          bits ^= bits << 17;
          x[i] = (bits >>> 40) * 0x1p-24f + (i % CLASSES == label ? 0.2f : 0);
        }
        next.label(label);
        return true;
      }
    }
  }

  /** Measures and prints. */
  public static void main(String[] arguments) throws Exception {
    String backend = arguments[0];
    int threads = Integer.parseInt(arguments[1]);
    double gigabytes = Double.parseDouble(arguments[2]);
    long size = (long) (gigabytes * 1e9 / (Generated.FEATURES * Float.BYTES));
    print("%,d samples of %d float32, %.1f GB", size, Generated.FEATURES, gigabytes);
    print("reader alone: %,.0f samples/s", readerSpeed());
    Recipe recipe = Recipe.of("mnist-dense");
    try (Model model = recipe.model(0).backend(backend, BackendOptions.DEFAULT.threads(threads))) {
      print("%s, %d threads", model.openBackend().device(), model.openBackend().threads());
      model.compile(
          Optimizer.of(recipe.optimizer()), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Metric.ACCURACY);
      Fit fit = Fit.epochs(1).batchSize(recipe.batchSize()).verbose(2);
      History streamed = model.fit(Stream.of(new Generated(size)), fit);
      print(
          "stream: %,.0f samples/s; %.1f s, of which %.2f s (%.1f %%) waiting for the reader",
          streamed.samplesPerSecond(),
          streamed.trainSeconds(),
          streamed.waitedSeconds(),
          100 * streamed.waitedSeconds() / streamed.trainSeconds());
      print("peak resident memory: %s", peakMemory());
      Fit again = Fit.epochs(RESIDENT_EPOCHS).batchSize(recipe.batchSize()).verbose(0);
      History resident = model.fit(resident(), again);
      print("samples in memory: %,.0f samples/s", resident.samplesPerSecond());
    }
  }

  private static double readerSpeed() throws Exception {
    Sample sample = new Sample(Tensor.Type.FLOAT32, Generated.FEATURES, 1);
    double speed = 0;
    for (int turn = 0; turn < 3; turn++) { // the last one is compiled
      long start = System.nanoTime();
      try (SampleReader reader = new Generated(10L * RESIDENT_SAMPLES).open()) {
        while (reader.read(sample)) {
          // its time alone counts
        }
      }
      speed = 10.0 * RESIDENT_SAMPLES / (System.nanoTime() - start) * 1e9;
    }
    return speed;
  }

  private static Dataset resident() throws Exception {
    Sample sample = new Sample(Tensor.Type.FLOAT32, Generated.FEATURES, 1);
    Tensor x =
        Tensor.of(
            new float[RESIDENT_SAMPLES * Generated.FEATURES], RESIDENT_SAMPLES, Generated.FEATURES);
    Tensor y = Tensor.of(new float[RESIDENT_SAMPLES], RESIDENT_SAMPLES);
    try (SampleReader reader = new Generated(RESIDENT_SAMPLES).open()) {
      for (int row = 0; reader.read(sample); row++) {
        sample.copyTo(x, y, row);
      }
    }
    return Dataset.of(x, y);
  }

  private static String peakMemory() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.exists(status)) {
      return "not known on this system";
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .map(kilobytes -> String.format(Locale.ROOT, "%,d MiB", kilobytes >> 10))
        .findFirst()
        .orElse("not known");
  }

  private static void print(String line, Object... values) {
    System.out.println(String.format(Locale.ROOT, line, values));
  }
}
