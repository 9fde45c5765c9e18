package dev.sinter.cuda;

import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.compile.Programs;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedDevice.Order;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.data.Tensor;
import dev.sinter.errors.DeviceLostException;
import dev.sinter.errors.InputException;
import dev.sinter.errors.OutOfDeviceMemoryException;
import dev.sinter.errors.RunException;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import dev.sinter.testkit.ProgramFixture;
import dev.sinter.testkit.Samples;
import dev.sinter.testkit.SmallNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The use of a device by a session: memory, streams, graphs, failures. */
class CudaSessionTest {
  private static final int STEPS = 20;
  private static final int BATCH = 32;

  private final SimulatedPlatform platform = SimulatedPlatform.standard();
  private final SmallNetwork network = new SmallNetwork(1, Optimizer.of("adam"), 5);

  @BeforeEach
  void requireCompiler() {
    Assumptions.assumeTrue(platform.survey().usable(), platform.survey().detail());
  }

  private static Backend open(SimulatedPlatform platform, Preference preference) {
    return new SimulatedProvider("session", platform, preference).open(BackendOptions.DEFAULT);
  }

  /** Trains and returns the state. */
  private float[] train(Session session, Resident data) {
    session.write(0, network.initialState());
    Executable executable = session.prepare(List.of(network.train(BATCH))).get(0);
    network.run(executable, new Feed(data, network.order(STEPS * BATCH)), 0, STEPS);
    return network.read(session);
  }

  private float[] train(Backend backend) {
    try (Session session = backend.open(network.state());
        Resident data = network.upload(session)) {
      return train(session, data);
    }
  }

  @Test
  void train_workDeferredUntilSomebodyWaits_givesTheSameBits() {
    float[] expected = train(open(platform, Preference.KERNELS));
    Backend backend = open(platform, Preference.KERNELS);
    platform.device().deferred(true);
    assertThat(train(backend)).isEqualTo(expected);
  }

  @Test
  void train_threadsAndBlocksInAnyOrder_givesTheSameBits() {
    float[] expected = train(open(platform, Preference.KERNELS));
    for (Order order : Order.values()) {
      Backend backend = open(platform, Preference.KERNELS);
      platform.device().order(order, 3);
      assertThat(train(backend)).as(order.toString()).isEqualTo(expected);
    }
  }

  /** 9 900 bytes of samples do not fit next to the rest; they go through two pinned buffers. */
  @Test
  void train_samplesThatDoNotFit_areStreamedToTheSameBits() {
    float[] expected = train(open(platform, Preference.KERNELS));
    SimulatedPlatform small = platform.withMemory(200_000);
    Backend backend = open(small, Preference.KERNELS);
    try (Session session = backend.open(network.state())) {
      small.device().deferred(true);
      long before = small.device().freeBytes();
      // The free memory is larger than the samples, but their share of it is not.
      long filler = small.device().allocate(before - 12_000);
      Resident data = network.upload(session);
      small.device().free(filler);
      assertThat(small.device().freeBytes()).as("nothing was uploaded").isEqualTo(before);
      assertThat(train(session, data)).isEqualTo(expected);
      data.close();
    }
  }

  /** 4 000 bytes of samples would fit, but not their 16 000 bytes of weights. */
  @Test
  void upload_weightsThatDoNotFit_leavesThemOnTheHost() {
    SimulatedPlatform small = platform.withMemory(200_000);
    try (Session session = open(small, Preference.KERNELS).open(network.state())) {
      long before = small.device().freeBytes();
      long filler = small.device().allocate(before - 12_000);
      Tensor x = Tensor.ofBytes(new byte[4_000], 4_000, 1);
      Tensor weights = Tensor.of(new float[4_000], 4_000);
      Resident data = session.upload(x, null, weights, 1, 0);
      small.device().free(filler);
      assertThat(small.device().freeBytes()).as("nothing was uploaded").isEqualTo(before);
      data.close();
    }
  }

  /** The samples stay in the tensors: a stream's windows cost no memory of the device. */
  @Test
  void borrow_samplesThatWouldFit_allocatesNothing() {
    try (Session session = open(platform, Preference.KERNELS).open(network.state())) {
      long before = platform.device().freeBytes();
      Tensor x = Tensor.ofBytes(new byte[4_000], 4_000, 1);
      try (Resident lent = session.borrow(x, null, null, 1, 0)) {
        assertThat(platform.device().freeBytes()).isEqualTo(before);
        try (Resident uploaded = session.upload(x, null, null, 1, 0)) {
          assertThat(uploaded).isNotSameAs(lent);
          assertThat(platform.device().freeBytes()).isLessThan(before);
        }
      }
      assertThat(platform.device().freeBytes()).isEqualTo(before);
    }
  }

  @Test
  void train_localeWithDigitsOfItsOwn_givesTheSameBits() {
    float[] expected = train(open(platform, Preference.KERNELS));
    Locale locale = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      assertThat(train(open(platform, Preference.KERNELS))).isEqualTo(expected);
    } finally {
      Locale.setDefault(locale);
    }
  }

  /** Sample weights, entries of the order without a sample, and several parts per chunk. */
  @ParameterizedTest
  @ValueSource(strings = {"uint8", "float32"})
  void run_streamedWeightsAndGaps_givesWhatTheReferenceGives(String type) {
    int batch = 5;
    int replicas = 2;
    int rows = 120;
    int classes = 12;
    Samples samples = new Samples(8);
    final Tensor x =
        type.equals("uint8")
            ? Tensor.ofBytes(samples.bytes(rows * classes), rows, classes)
            : Tensor.of(samples.floats(rows * classes), rows, classes);
    final Tensor y = Tensor.of(Samples.flatten(samples.indices(1, rows, classes)), rows);
    final Tensor weights = Tensor.of(Samples.flatten(samples.uniform(1, rows, 0, 3)), rows);
    int[] order = samples.order(replicas * STEPS * batch, rows);
    for (int i = 2; i < order.length; i += 3) {
      order[i] = -1;
    }
    Program program = weighted(replicas, batch, classes);
    List<float[]> received = new ArrayList<>();
    SimulatedPlatform small = platform.withMemory(200_000);
    for (Backend backend :
        List.of(
            Backends.open("reference", BackendOptions.DEFAULT), open(small, Preference.KERNELS))) {
      try (Session session = backend.open(program.state())) {
        boolean streams = !backend.name().equals("reference");
        long before = streams ? small.device().freeBytes() : 0;
        long filler = streams ? small.device().allocate(before - 2_000) : 0;
        Resident data = session.upload(x, y, weights, 0.5f, -0.25f);
        if (streams) {
          small.device().free(filler);
          assertThat(small.device().freeBytes()).as("nothing was uploaded").isEqualTo(before);
        }
        float[] results = new float[STEPS * program.resultSize()];
        Chunk chunk = new Chunk(0, STEPS, 0, new double[replicas]);
        session.prepare(List.of(program)).get(0).run(new Feed(data, order), chunk, results);
        received.add(results);
        data.close();
      }
    }
    assertThat(small.device().counts().get("copyOut")).as("parts").isGreaterThan(2);
    assertThat(received.get(1)).containsExactly(received.get(0), Offset.offset(1e-4f));
  }

  /** Builds a program with a gather of all values, and a loss. */
  private static Program weighted(int replicas, int batch, int classes) {
    Value x = temporary("x", batch, classes);
    Value y = temporary("y", batch, 1);
    Value weight = temporary("weight", batch, 1);
    Value count = temporary("count", 1, 1);
    Value dz = temporary("dz", batch, classes);
    Value loss = temporary("loss", 1, 1);
    State state = new State(replicas, List.of(ProgramFixture.parameter("p", 1, 1)), List.of());
    return new ProgramFixture(state, batch)
        .ops(
            new Op.Gather("gather", x, y, weight, count),
            new Op.CrossEntropy(
                "loss",
                Op.CrossEntropyKind.SOFTMAX_SPARSE,
                x,
                y,
                weight,
                count,
                dz,
                loss,
                null,
                null))
        .results(x, y, weight, count, dz, loss)
        .build("weighted");
  }

  @Test
  void train_oneStep_isFourKernels() {
    Backend backend = open(platform, Preference.KERNELS);
    Program step = Programs.fused(network.train(BATCH), backend.fusion());
    try (Session session = backend.open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, network.initialState());
      Executable executable = session.prepare(List.of(step)).get(0);
      Feed feed = new Feed(data, network.order(STEPS * BATCH));
      float[] results = new float[STEPS * executable.program().resultSize()];
      executable.run(feed, new Chunk(0, STEPS, 0, network.learningRates()), results);
      Map<String, Long> before = platform.device().counts();
      executable.run(feed, new Chunk(0, STEPS, STEPS, network.learningRates()), results);
      Map<String, Long> ran = new TreeMap<>(platform.device().counts());
      before.forEach((name, count) -> ran.merge(name, -count, Long::sum));
      long steps = STEPS;
      assertThat(ran)
          .containsEntry("gather", 2L) // 20 steps: a graph of 16 and one of 4
          .containsEntry("gemm", 2 * steps)
          .containsEntry("denseLoss", steps)
          .containsEntry("stepEnd", steps)
          .containsEntry("advance", 2L);
    }
  }

  @Test
  void close_inAnyState_givesEverythingBack() {
    Backend backend = open(platform, Preference.LIBRARY);
    int before = platform.device().liveAllocations();
    Session session = backend.open(network.state());
    Resident data = network.upload(session);
    train(session, data);
    session.prepare(List.of(network.evaluate(7)));
    session.close();
    session.close();
    assertThat(platform.device().liveAllocations()).isEqualTo(before);
    assertThatThrownBy(() -> session.read(0, new float[1]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void open_outOfDeviceMemory_saysHowMuchAndGivesBackTheRest() {
    SimulatedPlatform small = platform.withMemory(20_000);
    Backend backend = open(small, Preference.KERNELS);
    int before = small.device().liveAllocations();
    assertThatThrownBy(() -> backend.open(network.state()))
        .isInstanceOf(OutOfDeviceMemoryException.class)
        .hasMessageContaining("bytes free");
    assertThat(small.device().liveAllocations()).isEqualTo(before);
  }

  @Test
  void open_moreReplicasThanAGridHas_saysHowMany() {
    Backend backend = open(platform, Preference.KERNELS);
    SmallNetwork many = new SmallNetwork(65_536, Optimizer.of("sgd"), 5);
    assertThatThrownBy(() -> backend.open(many.state()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at most 65535");
  }

  @Test
  void prepare_outOfDeviceMemory_leavesTheSessionUsable() {
    SimulatedPlatform small = platform.withMemory(200_000);
    Backend backend = open(small, Preference.KERNELS);
    try (Session session = backend.open(network.state());
        Resident data = network.upload(session)) {
      assertThatThrownBy(() -> session.prepare(List.of(network.train(1000))))
          .isInstanceOf(InputException.class);
      assertThat(train(session, data)).isNotEmpty();
    }
  }

  @Test
  void run_lostDevice_failsAndCanBeClosed() {
    Backend backend = open(platform, Preference.KERNELS);
    Session session = backend.open(network.state());
    Resident data = network.upload(session);
    session.write(0, network.initialState());
    Executable executable = session.prepare(List.of(network.train(BATCH))).get(0);
    platform.device().loseAfter(30);
    assertThatThrownBy(
            () -> network.run(executable, new Feed(data, network.order(STEPS * BATCH)), 0, STEPS))
        .isInstanceOf(RunException.class);
    assertThatThrownBy(() -> network.read(session)).isInstanceOf(DeviceLostException.class);
    assertThatThrownBy(session::close).isInstanceOf(RunException.class);
    session.close();
  }
}
