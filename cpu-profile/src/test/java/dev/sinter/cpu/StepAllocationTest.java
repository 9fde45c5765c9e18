package dev.sinter.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sinter.Model;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Program;
import dev.sinter.recipes.Recipe;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A step of onednn allocates nothing on the heap: many take no more of it than few. ND4J's own
 * calls do allocate there, 6 to 10 KB a step.
 */
class StepAllocationTest {
  private static final int ROWS = 512;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01", "mnist-convnet"})
  void run_moreSteps_allocatesNoMore(String recipeName) {
    Recipe recipe = Recipe.of(recipeName);
    Backend backend = Backends.open("onednn", BackendOptions.DEFAULT);
    Program program;
    try (Model model = recipe.model(0)) {
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      program = model.trainingProgram(32, recipe.labelColumns(), backend.fusion());
    }
    int features = program.ops().get(0).outputs().get(0).shape().columns();
    Tensor x = Tensor.ofBytes(new byte[ROWS * features], ROWS, features);
    Tensor y = Tensor.ofBytes(new byte[ROWS * recipe.labelColumns()], ROWS, recipe.labelColumns());
    try (Session session = backend.open(program.state());
        Resident samples = session.upload(x, y, 1 / 255f, 0)) {
      Executable executable = session.prepare(List.of(program)).get(0);
      Feed feed = new Feed(samples, IntStream.range(0, ROWS).toArray());
      long few = Long.MAX_VALUE;
      long many = Long.MAX_VALUE;
      // The least of many: a JVM that warms up allocates now and then.
      for (int i = 0; i < 20; i++) {
        few = Math.min(few, run(executable, feed, 2));
        many = Math.min(many, run(executable, feed, ROWS / 32));
      }
      assertThat(many).as("bytes of %d steps, %d of 2", many, few).isLessThanOrEqualTo(few);
    }
  }

  private static long run(Executable executable, Feed feed, int steps) {
    float[] results = new float[steps * executable.program().resultSize()];
    Chunk chunk = new Chunk(0, steps, 0, new double[] {1e-3}, new long[] {1});
    long before = THREADS.getCurrentThreadAllocatedBytes();
    executable.run(feed, chunk, results);
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
