package dev.sinter.nd4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.optimizers.Adam;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.List;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Memory, workspaces, threads and determinism. */
class Nd4jSessionTest {
  private static final int BATCH = 32;
  private static final int INPUTS = 50;

  private static Program network() {
    return Networks.twoLayers(BATCH, INPUTS, 40, 3, 1, new Adam().rule());
  }

  private static Backend backend(int threads) {
    return new Nd4jProvider().open(BackendOptions.DEFAULT.threads(threads));
  }

  private static Feed feed(Session session) {
    Random random = new Random(3);
    float[] x = new float[2 * BATCH * INPUTS];
    float[] y = new float[2 * BATCH];
    int[] order = new int[2 * BATCH];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat();
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = random.nextInt(3);
      order[i] = y.length - 1 - i;
    }
    Tensor samples = Tensor.of(x, y.length, INPUTS);
    return new Feed(session.upload(samples, Tensor.of(y), 1, 0), order);
  }

  private static float[] weights(Program program) {
    Random random = new Random(5);
    float[] weights = new float[program.state().regionSize()];
    Value kernel = program.state().parameters().get(0);
    for (int i = 0; i < kernel.shape().size(); i++) {
      weights[program.state().offsetOf(kernel) + i] = (float) random.nextGaussian();
    }
    return weights;
  }

  private static void run(Executable executable, Feed feed, int chunks) {
    float[] results = new float[2 * executable.program().resultSize()];
    for (int i = 0; i < chunks; i++) {
      executable.run(feed, new Chunk(0, 2, 2L * i, new double[] {0.001}), results);
    }
  }

  @Test
  void stepsAllocateNothingOffTheHeap() {
    Program program = network();
    try (Nd4jSession session = (Nd4jSession) backend(0).open(program.state())) {
      Executable executable = session.prepare(List.of(program)).get(0);
      Feed feed = feed(session);
      run(executable, feed, 20);
      System.gc();
      long bytes = Pointer.totalBytes();
      long count = Pointer.totalCount();
      long workspaces = workspaceBytes(session);
      run(executable, feed, 300);
      assertThat(Pointer.totalBytes()).as("JavaCPP bytes").isLessThanOrEqualTo(bytes);
      assertThat(Pointer.totalCount()).as("JavaCPP pointers").isLessThanOrEqualTo(count);
      assertThat(workspaceBytes(session)).as("workspace bytes").isEqualTo(workspaces);
    }
  }

  @Test
  void sigmoidStepsAllocateNothingOffTheHeap() {
    Value w = Programs.parameter("w", INPUTS, 30);
    State state = new State(1, List.of(w), List.of());
    Value x = Programs.temporary("x", BATCH, INPUTS);
    Value a = Programs.temporary("a", BATCH, 30);
    Value p = Programs.temporary("p", BATCH, 30);
    List<Op> ops =
        List.of(
            new Op.Gather("gather", x, null),
            new Op.Dense("dense", x, w, null, ActivationFunction.SIGMOID, a),
            new Op.Softmax("softmax", a, p));
    Program program = Programs.program(BATCH, state, ops, List.of(p));
    try (Session session = backend(0).open(state)) {
      Executable executable = session.prepare(List.of(program)).get(0);
      Feed feed = feed(session);
      run(executable, feed, 20);
      long count = Pointer.totalCount();
      run(executable, feed, 200);
      assertThat(Pointer.totalCount()).isLessThanOrEqualTo(count);
    }
  }

  @Test
  void sameThreadsGiveTheSameBits() {
    assertThat(train(2)).isEqualTo(train(2));
    assertThat(train(1)).isEqualTo(train(1));
  }

  @Test
  void zeroThreadsRestoresTheDefault() {
    int before = backend(0).threads();
    assertThat(backend(1).threads()).isEqualTo(1);
    assertThat(backend(0).threads()).isEqualTo(before);
  }

  private static float[] train(int threads) {
    Program program = network();
    Backend backend = backend(threads);
    assertThat(backend.threads()).isEqualTo(threads);
    try (Session session = backend.open(program.state())) {
      session.write(0, weights(program));
      run(session.prepare(List.of(program)).get(0), feed(session), 50);
      float[] state = new float[program.state().size()];
      session.read(0, state);
      assertThat(state).doesNotContain(Float.NaN);
      return state;
    }
  }

  @Test
  void usersWorkspaceIsLeftAlone() {
    WorkspaceConfiguration configuration =
        WorkspaceConfiguration.builder().initialSize(1 << 20).build();
    MemoryWorkspace users =
        Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "users");
    try {
      INDArray before = Nd4j.ones(3, 3);
      long offset = users.getCurrentOffset();
      Program program = network();
      try (Session session = backend(0).open(program.state())) {
        run(session.prepare(List.of(program)).get(0), feed(session), 3);
        assertThat(Nd4j.getMemoryManager().getCurrentWorkspace()).isSameAs(users);
        assertThat(users.getCurrentOffset()).isEqualTo(offset);
      }
      assertThat(before.add(1).sumNumber().intValue()).isEqualTo(18);
    } finally {
      users.close();
    }
    assertThat(Nd4j.getMemoryManager().getCurrentWorkspace()).isNull();
  }

  @Test
  void sessionSurvivesTheUserDestroyingWorkspacesAndRunsOnOtherThreads() throws Exception {
    Program program = network();
    try (Nd4jSession session = (Nd4jSession) backend(0).open(program.state())) {
      Executable executable = session.prepare(List.of(program)).get(0);
      Nd4j.getWorkspaceManager().destroyAllWorkspacesForCurrentThread();
      assertThat(workspaceBytes(session)).isPositive();
      Thread thread = new Thread(() -> run(executable, feed(session), 3));
      thread.start();
      thread.join();
      run(executable, feed(session), 3);
    }
  }

  @Test
  void closedSessionHasGivenItsMemoryBackAndRefusesToRun() {
    Program program = network();
    Nd4jSession session = (Nd4jSession) backend(0).open(program.state());
    Executable executable = session.prepare(List.of(program)).get(0);
    Feed feed = feed(session);
    session.close();
    session.close();
    assertThat(workspaceBytes(session)).isZero();
    assertThatThrownBy(() -> run(executable, feed, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void forgottenSessionGivesItsMemoryBack() throws Exception {
    List<Arena> arenas = forget();
    for (int i = 0; i < 100 && arenas.get(0).workspaceBytes() > 0; i++) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(arenas).allSatisfy(arena -> assertThat(arena.workspaceBytes()).isZero());
  }

  /** Returns the sizes of all workspaces in bytes; 0 once closed. */
  private static long workspaceBytes(Nd4jSession session) {
    return session.arenas().stream().mapToLong(Arena::workspaceBytes).sum();
  }

  private static List<Arena> forget() {
    Program program = network();
    Nd4jSession session = (Nd4jSession) backend(0).open(program.state());
    session.prepare(List.of(program));
    return session.arenas();
  }

  @Test
  void providerIsUsableAndNamesItsVersions() {
    Nd4jProvider provider = new Nd4jProvider();
    assertThat(provider.probe().usable()).isTrue();
    assertThat(provider.probe().device()).contains("CPU", "cores", "ND4J");
    assertThat(provider.probe().detail()).contains("JavaCPP", "BLAS");
    assertThat(provider.probe()).isSameAs(new Nd4jProvider().probe());
  }
}
