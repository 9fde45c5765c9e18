package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.cuda.KernelWaits.Wait;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedDevice.Order;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.data.Tensor;
import dev.sinter.errors.RunException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Value;
import dev.sinter.testkit.OpRun;
import dev.sinter.testkit.Samples;
import dev.sinter.testkit.SmallNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each wait and each fence of the kernels is needed: without it, the simulated device reports a
 * race or a deadlock, or a result is wrong. Writes the table of docs/gpu.md to target/mutants.md.
 */
class KernelMutationTest {
  private static final KernelWaits WAITS = new KernelWaits();

  /** A small program; returns what it computes. */
  private enum Exercise {
    TRAINING(Exercise::trainByKernels),
    EVALUATION(Exercise::evaluate),
    EPOCH(Exercise::trainByOneKernel),
    FUSED(Exercise::trainFused),
    ONE_BLOCK(Exercise::normalizeByOneBlock),
    REDUCTIONS(Exercise::reduce);

    private final Function<Attempt, float[]> run;

    Exercise(Function<Attempt, float[]> run) {
      this.run = run;
    }

    private static float[] trainByKernels(Attempt attempt) {
      SmallNetwork network = new SmallNetwork(1, Optimizer.of("adam"), 5);
      return run(attempt.open(), network, network.train(300), 2);
    }

    private static float[] evaluate(Attempt attempt) {
      SmallNetwork network = new SmallNetwork(1, Optimizer.of("adam"), 5);
      return run(attempt.open(), network, network.evaluate(300), 1);
    }

    /** Copies of 16 bytes go into a ring with room for one batch and a part of the next. */
    private static float[] trainByOneKernel(Attempt attempt) {
      SmallNetwork network = new SmallNetwork(1, Optimizer.of("adam"), 5, 48);
      return run(
          attempt.open(WholeStepKernel.Use.NEVER, EpochKernel.Use.ALWAYS),
          network,
          network.train(20),
          3);
    }

    /** The first operation reads the state that the block loaded. */
    private static float[] normalizeByOneBlock(Attempt attempt) {
      OpRun run = new OpRun(attempt.open(WholeStepKernel.Use.ALWAYS, EpochKernel.Use.NEVER), 1, 3);
      Value z = run.input("z", () -> new Samples(3).normal(20, 10));
      Value p = run.output("p", 20, 10);
      run.op(new Op.Softmax("softmax", z, p));
      run.run(20);
      return run.out(p, 0);
    }

    private static float[] run(Backend backend, SmallNetwork network, Program program, int steps) {
      try (Session session = backend.open(network.state());
          Resident data = network.upload(session)) {
        session.write(0, network.initialState());
        Executable executable = session.prepare(List.of(program)).get(0);
        Feed feed = new Feed(data, network.order(steps * program.batch()));
        return joined(network.run(executable, feed, 0, steps), network.read(session));
      }
    }

    /** The last layer with its loss in one kernel, and its gradient with the end of the step. */
    private static float[] trainFused(Attempt attempt) {
      Backend backend = attempt.open();
      Samples samples = new Samples(3);
      try (Model model =
          Sequential.of(new Input(6), new Dense(40).tanh(), new Dense(5).softmax()).seed(3)) {
        model.compile(Optimizer.of("momentum"), Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
        Program program = model.trainingProgram(20, 1, backend.fusion());
        Tensor x = Tensor.of(samples.floats(20 * 6), 20, 6);
        Tensor y = Tensor.of(Samples.flatten(samples.indices(1, 20, 5)), 20);
        float[] state = samples.floats(program.state().size());
        float[] results = new float[2 * program.resultSize()];
        try (Session session = backend.open(program.state());
            Resident data = session.upload(x, y, 1, 0)) {
          session.write(0, state);
          Feed feed = new Feed(data, samples.order(40, 20));
          Chunk chunk = new Chunk(0, 2, 0, new double[] {0.01});
          session.prepare(List.of(program)).get(0).run(feed, chunk, results);
          session.read(0, state);
          return joined(results, state);
        }
      }
    }

    private static float[] joined(float[] first, float[] second) {
      float[] all = Arrays.copyOf(first, first.length + second.length);
      System.arraycopy(second, 0, all, first.length, second.length);
      return all;
    }

    private static float[] reduce(Attempt attempt) {
      OpRun run = new OpRun(attempt.open(), 1, 3);
      Value x = run.input("x", () -> new Samples(3).normal(37, 41));
      Value columns = run.output("columns", 1, 41);
      Value all = run.output("all", 1, 1);
      run.op(new Op.Reduce("columns", Op.Reduction.SUM, x, columns));
      run.op(new Op.Reduce("all", Op.Reduction.MAXIMUM, x, all));
      run.run(1);
      return run.out(columns, 0);
    }
  }

  /** The programs that show the waits of a file. */
  private static final Map<String, List<Exercise>> EXERCISES =
      Map.of(
          "common.cu", List.of(Exercise.EVALUATION, Exercise.EPOCH, Exercise.TRAINING),
          "dense_loss.cu", List.of(Exercise.FUSED),
          "epoch.cu", List.of(Exercise.EPOCH),
          "reduce.cu", List.of(Exercise.REDUCTIONS),
          "step_end.cu", List.of(Exercise.FUSED),
          "tiles.cu", List.of(Exercise.TRAINING),
          "whole_step.cu", List.of(Exercise.ONE_BLOCK));

  private static final Map<Exercise, float[]> EXPECTED = new EnumMap<>(Exercise.class);
  private static final Map<Integer, String> ROWS = new TreeMap<>(); // of the table, by number

  /** A run without one wait; -1 for none. */
  private record Attempt(int without, Order order) {
    private static final SimulatedPlatform FOUR = withMultiprocessors(4, 15_400);

    private static SimulatedPlatform withMultiprocessors(int count, int sharedBytes) {
      DeviceProperties p = SimulatedPlatform.standardProperties();
      return SimulatedPlatform.standard()
          .withProperties(
              new DeviceProperties(
                  p.name(),
                  p.major(),
                  p.minor(),
                  count,
                  sharedBytes,
                  p.totalBytes(),
                  p.driverVersion(),
                  p.sharedBytesPerMultiprocessor(),
                  p.threadsPerMultiprocessor(),
                  p.cooperative()))
          .withEdit(WAITS::editable);
    }

    Backend open() {
      return open(WholeStepKernel.Use.NEVER, EpochKernel.Use.NEVER);
    }

    Backend open(WholeStepKernel.Use oneBlock, EpochKernel.Use epochs) {
      SimulatedPlatform platform =
          epochs == EpochKernel.Use.ALWAYS
              ? FOUR
              : SimulatedPlatform.standard().withEdit(WAITS::editable);
      Backend backend =
          new SimulatedProvider("mutation", platform, Preference.KERNELS, oneBlock, epochs)
              .open(BackendOptions.DEFAULT);
      platform.device().leaveOut(without);
      platform.device().order(order, 1);
      return backend;
    }
  }

  @BeforeAll
  static void requireCompiler() {
    SimulatedPlatform platform = SimulatedPlatform.standard();
    Assumptions.assumeTrue(platform.survey().usable(), platform.survey().detail());
  }

  @Test
  void exercises_everyFileWithWaits_hasThem() {
    Set<String> files = new TreeSet<>();
    WAITS.all().forEach(wait -> files.add(wait.file()));
    assertThat(EXERCISES.keySet()).containsExactlyInAnyOrderElementsOf(files);
  }

  static Stream<Wait> waits() {
    return WAITS.all().stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("waits")
  void run_withoutOneWait_fails(Wait wait) {
    String failure = failure(wait);
    assertThat(failure).as("what shows that %s is needed", wait).isNotNull();
    ROWS.put(
        wait.number(),
        "| %s | %s | %s | %s |".formatted(wait.file(), wait.function(), wait.what(), failure));
  }

  /** Returns what goes wrong, or null. */
  private static String failure(Wait wait) {
    for (Exercise exercise : EXERCISES.get(wait.file())) {
      float[] expected =
          EXPECTED.computeIfAbsent(exercise, e -> e.run.apply(new Attempt(-1, Order.ASCENDING)));
      for (Order order : Order.values()) {
        try {
          if (!Arrays.equals(exercise.run.apply(new Attempt(wait.number(), order)), expected)) {
            return "wrong result";
          }
        } catch (RunException | AssertionError e) {
          return summary(e.getMessage());
        }
      }
    }
    return null;
  }

  private static String summary(String message) {
    return Stream.of("race on shared memory", "race on global memory", "deadlock")
        .filter(message::contains)
        .findFirst()
        .orElse(message);
  }

  @AfterAll
  static void writeTable() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("| file | function | left out | shown by |");
    lines.add("|---|---|---|---|");
    lines.addAll(ROWS.values());
    Files.write(Files.createDirectories(Path.of("target")).resolve("mutants.md"), lines);
  }
}
