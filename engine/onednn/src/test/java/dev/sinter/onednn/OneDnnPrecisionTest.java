package dev.sinter.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Session;
import dev.sinter.errors.InputException;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Program;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The precisions of products: which are refused, and what bf16 changes. */
class OneDnnPrecisionTest {
  private static final int WITH_BF16 = 0xe7; // AVX512_CORE_BF16

  @ParameterizedTest(name = "isa {0}")
  @ValueSource(ints = {0, 0x7, 0xf, 0x67})
  void bf16_onACpuWithoutIt_isRefusedWithTheReason(int isa) {
    assertThatThrownBy(() -> OneDnnProvider.requirePrecision(Precision.BF16, isa))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(
            "precision of backend onednn: expected float32 on a CPU with the instructions "
                + OneDnnInstructions.name(isa),
            "received bf16, which needs AVX512_CORE_BF16",
            "Leave the precision out");
  }

  @ParameterizedTest(name = "isa {0}")
  @ValueSource(ints = {WITH_BF16, 0xfef})
  void bf16_onACpuThatHasIt_isAccepted(int isa) {
    assertThatCode(() -> OneDnnProvider.requirePrecision(Precision.BF16, isa))
        .doesNotThrowAnyException();
  }

  @Test
  void tf32_onAnyCpu_isRefused() {
    BackendOptions options = BackendOptions.DEFAULT.precision(Precision.TF32);
    assertThatThrownBy(() -> new OneDnnProvider().open(options))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("backend onednn: expected float32 or bf16, received tf32");
  }

  /** The two large products are rounded, so the weights differ; the same bits in each run. */
  @Test
  @ExtendWith(NeedsBf16.class)
  void bf16_threeSteps_differSlightlyFromFloat32AndRepeatToTheBit() {
    float[] exact = trained(Precision.FLOAT32);
    float[] rounded = trained(Precision.BF16);
    assertThat(rounded).isEqualTo(trained(Precision.BF16));
    double difference = 0;
    double largest = 0;
    for (int i = 0; i < exact.length; i++) {
      difference = Math.max(difference, Math.abs(rounded[i] - exact[i]));
      largest = Math.max(largest, Math.abs(exact[i]));
    }
    assertThat(difference / largest).isBetween(1e-5, 0x1p-7);
  }

  @Test
  @ExtendWith(NeedsBf16.class)
  void bf16_opened_isNamedInTheDevice() {
    Backend backend = backend(Precision.BF16);
    assertThat(backend.precision()).isEqualTo(Precision.BF16);
    assertThat(backend.device()).endsWith(", bf16");
    assertThat(new OneDnnProvider().details().values().get("precision")).isEqualTo("float32, bf16");
  }

  private static Backend backend(Precision precision) {
    return new OneDnnProvider().open(BackendOptions.DEFAULT.precision(precision));
  }

  /** Returns the weights of mnist-dense after three steps of SGD. */
  private static float[] trained(Precision precision) {
    Program program = Networks.mnistDense(128, Optimizer.of("sgd"));
    Networks.Samples samples = Networks.samples(program, 3 * 128, 1);
    try (Session session = backend(precision).open(program.state())) {
      float[] weights = Networks.weights(program, new Random(1));
      session.write(0, weights);
      Feed feed = new Feed(session.upload(samples.x(), samples.y(), 1 / 255f, 0), samples.order());
      Chunk chunk = new Chunk(0, 3, 0, new double[] {0.01});
      session
          .prepare(List.of(program))
          .get(0)
          .run(feed, chunk, new float[3 * program.resultSize()]);
      session.read(0, weights);
      return weights;
    }
  }
}
