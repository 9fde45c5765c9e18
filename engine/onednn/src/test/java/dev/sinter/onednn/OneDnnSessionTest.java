package dev.sinter.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Session;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Program;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory, threads and determinism. */
class OneDnnSessionTest {
  private static final int ROWS = 256;

  private static Backend backend(int threads) {
    return new OneDnnProvider().open(BackendOptions.DEFAULT.threads(threads));
  }

  private static Feed feed(Session session, Program program) {
    Networks.Samples samples = Networks.samples(program, ROWS, 3);
    return new Feed(session.upload(samples.x(), samples.y(), 1 / 255f, -0.5f), samples.order());
  }

  private static void run(Executable executable, Feed feed, int chunks) {
    float[] results = new float[2 * executable.program().resultSize()];
    double[] rates = {0.001};
    for (int i = 0; i < chunks; i++) {
      executable.run(feed, new Chunk(0, 2, 2L * i, rates), results);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"})
  void steps_hundreds_allocateNothingOffTheHeap(String optimizer) {
    for (Program program :
        List.of(
            Networks.digits01(32, Optimizer.of(optimizer)),
            Networks.mnistSigmoid(8, Optimizer.of(optimizer)))) {
      try (Session session = backend(0).open(program.state())) {
        session.write(0, Networks.weights(program, new Random(5)));
        Executable executable = session.prepare(List.of(program)).get(0);
        Feed feed = feed(session, program);
        run(executable, feed, 5);
        long bytes = Pointer.totalBytes();
        long count = Pointer.totalCount();
        run(executable, feed, 200);
        assertThat(Pointer.totalBytes()).as("JavaCPP bytes").isLessThanOrEqualTo(bytes);
        assertThat(Pointer.totalCount()).as("JavaCPP pointers").isLessThanOrEqualTo(count);
      }
    }
  }

  @Test
  void training_sameThreadCount_givesTheSameBits() {
    assertThat(train(2)).isEqualTo(train(2));
    assertThat(train(1)).isEqualTo(train(1));
  }

  private static float[] train(int threads) {
    Program program = Networks.mnistDense(32, Optimizer.of("rmsprop"));
    Backend backend = backend(threads);
    assertThat(backend.threads()).isEqualTo(threads);
    try (Session session = backend.open(program.state())) {
      session.write(0, Networks.weights(program, new Random(5)));
      run(session.prepare(List.of(program)).get(0), feed(session, program), 10);
      float[] state = new float[program.state().size()];
      session.read(0, state);
      assertThat(state).doesNotContain(Float.NaN);
      return state;
    }
  }

  @Test
  void session_runOnAnotherThread_givesTheSameBits() throws Exception {
    Program program = Networks.mnistDense(32, Optimizer.of("rmsprop"));
    float[] state = new float[program.state().size()];
    try (Session session = backend(2).open(program.state())) {
      session.write(0, Networks.weights(program, new Random(5)));
      Executable executable = session.prepare(List.of(program)).get(0);
      Feed feed = feed(session, program);
      Thread thread = new Thread(() -> run(executable, feed, 10));
      thread.start();
      thread.join();
      session.read(0, state);
    }
    assertThat(state).isEqualTo(train(2));
  }

  @Test
  void session_closedTwice_hasGivenItsMemoryBackAndRefuses() {
    long before = Pointer.totalBytes();
    Program program = Networks.mnistDense(8, Optimizer.of("adam"));
    Session session = backend(0).open(program.state());
    Executable executable = session.prepare(List.of(program)).get(0);
    Feed feed = feed(session, program);
    assertThat(Pointer.totalBytes()).isGreaterThan(before + 4L * program.state().size());
    session.close();
    session.close();
    assertThat(Pointer.totalBytes()).isLessThan(before + 4L * program.state().size());
    assertThatThrownBy(() -> run(executable, feed, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(() -> session.read(0, new float[1])).hasMessageContaining("closed");
    assertThatThrownBy(() -> session.write(0, new float[1])).hasMessageContaining("closed");
    assertThatThrownBy(() -> session.prepare(List.of(program))).hasMessageContaining("closed");
  }

  @Test
  void session_forgotten_givesItsMemoryBack() throws Exception {
    long before = Pointer.totalBytes();
    Program program = Networks.mnistDense(8, Optimizer.of("adam"));
    long size = 4L * program.state().size();
    forget(program);
    assertThat(Pointer.totalBytes()).isGreaterThan(before + size);
    for (int i = 0; i < 100 && Pointer.totalBytes() > before + size / 2; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(Pointer.totalBytes()).isLessThan(before + size / 2);
  }

  private static void forget(Program program) {
    backend(0).open(program.state()).prepare(List.of(program));
  }

  @Test
  void provider_probed_namesVersionAndInstructions() {
    OneDnnProvider provider = new OneDnnProvider();
    assertThat(provider.probe().usable()).isTrue();
    assertThat(provider.probe().device()).contains("CPU", "cores", "oneDNN 3.");
    assertThat(provider.probe()).isSameAs(new OneDnnProvider().probe());
    assertThat(Threads.settable()).as("omp_set_num_threads found").isTrue();
  }
}
