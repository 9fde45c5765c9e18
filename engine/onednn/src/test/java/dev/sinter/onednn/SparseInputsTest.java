package dev.sinter.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.backend.host.HostSamples;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.io.TimingCache;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training without the zeros of its inputs, compared with dense training of the same samples. */
class SparseInputsTest {
  private static final int ROWS = 640;
  private static final int BATCH = 64;
  private static final float SCALE = 1 / 255f;

  @TempDir private Path folder;

  private static Backend backend(String sparse) {
    return new OneDnnProvider().open(BackendOptions.DEFAULT.option(SparseInputs.OPTION, sparse));
  }

  /** Images like those of digits: dense in the middle, nothing at the edge. */
  private static Tensor pixels(int columns) {
    Random random = new Random(5);
    byte[] pixels = new byte[ROWS * columns];
    for (int i = 0; i < ROWS; i++) {
      for (int j = columns / 10; j < columns; j++) {
        double density = 0.8 * Math.sin(Math.PI * j / columns) - 0.3;
        if (random.nextDouble() < density) {
          pixels[i * columns + j] = (byte) random.nextInt(256);
        }
      }
    }
    return Tensor.ofBytes(pixels, ROWS, columns);
  }

  private static Tensor scaled(Tensor pixels) {
    float[] floats = new float[pixels.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = pixels.get(i) * SCALE;
    }
    return Tensor.of(floats, ROWS, floats.length / ROWS);
  }

  /** The state after some epochs; in chunks of two steps the state is read in between. */
  private static float[] train(
      String sparse, Program program, Tensor x, float scale, int[] order, boolean read) {
    Networks.Samples labels = Networks.samples(program, ROWS, 1);
    try (Session session = backend(sparse).open(program.state());
        Resident samples = session.upload(x, labels.y(), scale, 0)) {
      float[] state = Networks.weights(program, new Random(2));
      session.write(0, state);
      Executable executable = session.prepare(List.of(program)).get(0);
      int steps = order.length / BATCH;
      int most = read ? 2 : steps;
      float[] results = new float[most * program.resultSize()];
      for (int epoch = 0; epoch < 2; epoch++) {
        for (int i = 0; i < steps; i += most) {
          int count = Math.min(most, steps - i);
          long done = (long) epoch * steps + i;
          Chunk chunk = new Chunk(i * BATCH, count, done, new double[] {1e-3});
          executable.run(new Feed(samples, order), chunk, results);
          if (read) {
            session.read(0, state);
            session.write(0, state);
          }
        }
      }
      session.read(0, state);
      return state;
    }
  }

  private static Program program(String optimizer) {
    return Networks.mnistDense(BATCH, Optimizer.of(optimizer));
  }

  private static int[] order(Program program) {
    return Networks.samples(program, ROWS, 1).order();
  }

  private static void assertClose(float[] actual, float[] expected) {
    float most = 0;
    float apart = 0;
    for (int i = 0; i < expected.length; i++) {
      most = Math.max(most, Math.abs(expected[i]));
      apart = Math.max(apart, Math.abs(actual[i] - expected[i]));
    }
    assertThat(apart).isLessThan(1e-5f * most);
  }

  @ParameterizedTest
  @CsvSource({"sgd, 0.25", "sgd, 2", "momentum, 0.1", "adam, 0.25"})
  void training_withoutZeros_movesTheWeightsAsDenseTrainingDoes(String optimizer, String sparse) {
    Program program = program(optimizer);
    Tensor x = pixels(784);
    int[] order = order(program);
    float[] dense = train("off", program, x, SCALE, order, false);
    assertClose(train(sparse, program, x, SCALE, order, false), dense);
    assertClose(train(sparse, program, scaled(x), 1, order, false), dense);
  }

  @Test
  void training_stateReadAndWrittenBetweenChunks_givesTheSameBits() {
    Program program = program("momentum");
    Tensor x = pixels(784);
    int[] order = order(program);
    float[] once = train("0.25", program, x, SCALE, order, false);
    assertThat(Arrays.mismatch(train("0.25", program, x, SCALE, order, true), once)).isEqualTo(-1);
  }

  @Test
  void training_batchWithFewerSamples_leavesThemOut() {
    Program program = program("sgd");
    Tensor x = pixels(784);
    int[] order = order(program);
    Arrays.fill(order, BATCH - 10, BATCH, -1);
    float[] dense = train("off", program, x, SCALE, order, false);
    assertClose(train("0.25", program, x, SCALE, order, false), dense);
  }

  @Test
  void training_anotherDatasetAndAnotherProgram_shareTheWeights() {
    Program program = program("sgd");
    Program small = Networks.mnistDense(32, Optimizer.of("sgd"));
    float[][] states = new float[2][];
    Tensor[] data = {pixels(784), reversed(pixels(784))};
    Tensor y = Networks.samples(program, ROWS, 1).y();
    int[] order = order(program);
    String[] ways = {"off", "0.25"};
    for (int way = 0; way < 2; way++) {
      try (Session session = backend(ways[way]).open(program.state())) {
        states[way] = Networks.weights(program, new Random(2));
        session.write(0, states[way]);
        List<Executable> both = session.prepare(List.of(program, small));
        for (int i = 0; i < 8; i++) {
          // In turns: both datasets, both batch sizes, and samples that may change.
          Resident samples =
              i % 4 == 3
                  ? session.borrow(data[0], y, null, SCALE, 0)
                  : session.upload(data[i % 2], y, SCALE, 0);
          float[] results = new float[program.resultSize()];
          Chunk chunk = new Chunk(i * BATCH, 1, i, new double[] {1e-3});
          both.get(i / 2 % 2).run(new Feed(samples, order), chunk, results);
        }
        session.read(0, states[way]);
      }
    }
    assertClose(states[1], states[0]);
  }

  @Test
  void steps_ofDividedSamples_allocateNothing() {
    Program program = program("adam");
    Tensor y = Networks.samples(program, ROWS, 1).y();
    int[] order = order(program);
    float[] results = new float[order.length / BATCH * program.resultSize()];
    Chunk chunk = new Chunk(0, order.length / BATCH, 0, new double[] {1e-3});
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Session session = backend("0.25").open(program.state())) {
      session.write(0, Networks.weights(program, new Random(2)));
      Executable executable = session.prepare(List.of(program)).get(0);
      Feed feed = new Feed(session.upload(pixels(784), y, SCALE, 0), order);
      executable.run(feed, chunk, results);
      long natives = Pointer.totalCount();
      long least = Long.MAX_VALUE; // a JVM that warms up allocates now and then
      for (int i = 0; i < 20; i++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        executable.run(feed, chunk, results);
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(least).isLessThan(100); // of ten steps
      assertThat(Pointer.totalCount()).isEqualTo(natives);
    }
  }

  @Test
  void datasets_oneAfterAnother_areNotKept() throws Exception {
    Program program = program("sgd");
    Tensor y = Networks.samples(program, ROWS, 1).y();
    int[] order = order(program);
    float[] results = new float[program.resultSize()];
    try (Session session = backend("0.25").open(program.state())) {
      Executable executable = session.prepare(List.of(program)).get(0);
      List<WeakReference<Tensor>> data = new ArrayList<>();
      long bytes = 0;
      for (int i = 0; i < 6; i++) {
        // Of two widths in turns: each needs products of its own.
        Tensor x = i % 2 == 0 ? pixels(784) : Tensor.ofBytes(new byte[ROWS * 784], ROWS, 784);
        data.add(new WeakReference<>(x));
        Chunk chunk = new Chunk(0, 1, i, new double[] {1e-3});
        executable.run(new Feed(session.upload(x, y, SCALE, 0), order), chunk, results);
        if (i == 1) {
          bytes = Pointer.totalBytes();
        }
      }
      assertThat(Pointer.totalBytes()).isEqualTo(bytes);
      for (int i = 0; i < 50 && data.get(0).get() != null; i++) {
        System.gc();
        Thread.sleep(20);
      }
      assertThat(data.get(0).get()).isNull();
    }
  }

  private static Tensor reversed(Tensor pixels) {
    byte[] bytes = pixels.bytes().clone();
    for (int i = 0; i < bytes.length / 2; i++) {
      byte other = bytes[bytes.length - 1 - i];
      bytes[bytes.length - 1 - i] = bytes[i];
      bytes[i] = other;
    }
    return Tensor.ofBytes(bytes, ROWS, bytes.length / ROWS);
  }

  @Test
  void width_timed_isKeptForLaterProcesses() throws Exception {
    HostSamples samples = HostSamples.of(pixels(784), null, null, SCALE, 0, true);
    ColumnDensity density = ColumnDensity.of(samples);
    Shape weights = new Shape(784, 100);
    Path file = folder.resolve("choices.properties");
    TimingCache first = new TimingCache(file);
    int chosen = new SparseChoice(1, first, null).width(samples, density, weights);
    assertThat(chosen).isBetween(1, 784);
    assertThat(first.used()).hasSize(1);
    String key = first.used().keySet().iterator().next();
    assertThat(key).contains("784 x 100").contains("1 threads");
    // Whatever stands in the file is taken, without another timing.
    Files.writeString(file, "");
    new TimingCache(file).put(key, "sparse");
    TimingCache later = new TimingCache(file);
    assertThat(new SparseChoice(1, later, "auto").width(samples, density, weights)).isEqualTo(16);
    assertThat(later.used()).containsEntry(key, "sparse");
  }

  @Test
  void width_smallLayerOrDenseSamples_isAllColumnsWithoutTiming() {
    TimingCache timings = new TimingCache(null);
    SparseChoice choice = new SparseChoice(1, timings, null);
    HostSamples sparse = HostSamples.of(pixels(400), null, null, SCALE, 0, true);
    byte[] ones = new byte[ROWS * 784];
    Arrays.fill(ones, (byte) 1);
    Tensor full = Tensor.ofBytes(ones, ROWS, 784);
    HostSamples dense = HostSamples.of(full, null, null, SCALE, 0, true);
    assertThat(choice.width(sparse, ColumnDensity.of(sparse), new Shape(400, 25))).isEqualTo(400);
    assertThat(choice.width(dense, ColumnDensity.of(dense), new Shape(784, 512))).isEqualTo(784);
    assertThat(timings.used()).isEmpty();
  }

  @Test
  void divide_offsetOrSamplesThatMayChange_staysDense() {
    Tensor x = pixels(784);
    SparseChoice always = new SparseChoice(1, new TimingCache(null), "0.25");
    SparseInputs inputs = new SparseInputs(always, null);
    Shape weights = new Shape(784, 100);
    assertThat(inputs.divide(HostSamples.of(x, null, null, 1, 0, true), weights)).isNotNull();
    assertThat(inputs.divide(HostSamples.of(x, null, null, 1, 0.5f, true), weights)).isNull();
    assertThat(inputs.divide(HostSamples.of(x, null, null, 1, 0, false), weights)).isNull();
  }

  @Test
  void density_columnsOfPixels_areOrderedByTheirNonzeros() {
    byte[] pixels = {0, 1, 0, 2, 0, 3, (byte) 200, 4, 0, 0, 0, 5};
    Tensor x = Tensor.ofBytes(pixels, 3, 4);
    ColumnDensity density = ColumnDensity.of(HostSamples.of(x, null, null, 1, 0, true));
    assertThat(density.order()).containsExactly(3, 1, 2, 0);
    assertThat(density.counts()).containsExactly(3, 2, 1, 0);
    assertThat(density.mean()).isEqualTo(0.5);
    assertThat(density.valuesFrom(1)).isEqualTo(1);
    assertThat(density.columnsFrom(0.5)).isEqualTo(2);
    assertThat(density.columnsFrom(0)).isEqualTo(4);
    assertThat(density.columnsFrom(2)).isEqualTo(1);
  }

  @Test
  void open_otherOption_isRefused() {
    assertThatThrownBy(() -> backend("sometimes"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("onednn.sparse")
        .hasMessageContaining("auto, off, or a density of at least 0")
        .hasMessageContaining("sometimes");
  }
}
