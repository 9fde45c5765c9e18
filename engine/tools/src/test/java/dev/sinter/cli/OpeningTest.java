package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.backend.BackendOptions;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.recipes.RecipeData;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which failure a training reports, and when, while data is read and the backend is opened. */
class OpeningTest {
  private static final RecipeData NONE = new RecipeData(null, null, "npy", "");
  private static final Consumer<Model> NO_WEIGHTS = model -> {};

  private final CountDownLatch end = new CountDownLatch(1);
  private volatile boolean read;

  @AfterEach
  void endReading() {
    end.countDown();
  }

  /** Data that takes 20 seconds, such as a download, unless the test ends before. */
  private RecipeData slow() {
    try {
      end.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException stop) {
      throw new IllegalStateException(stop);
    }
    read = true;
    return NONE;
  }

  private static Model model(int threads) {
    return Sequential.of(new Input(3), new Dense(2))
        .backend("reference", BackendOptions.DEFAULT.threads(threads));
  }

  private InputException refused(Model model, Consumer<Model> initialize) {
    InputException refusal =
        catchThrowableOfType(InputException.class, () -> Opening.of(model, initialize, this::slow));
    assertThat(read).as("waited for the data").isFalse();
    return refusal;
  }

  @Test
  void backend_refusedWhileDataIsRead_endsAtOnceWithItsCode() {
    InputException refusal = refused(model(2), NO_WEIGHTS);
    assertThat(refusal).hasMessageContaining("threads of backend reference");
    assertThat(Main.exitCode(refusal)).isEqualTo(Main.USAGE);
  }

  @Test
  void weights_refusedWhileDataIsRead_endAtOnceWithTheirCode() {
    Path missing = Path.of("missing.npz");
    InputException refusal = refused(model(1), model -> model.loadWeights(missing));
    assertThat(refusal).hasMessageContaining("missing.npz");
    assertThat(Main.exitCode(refusal)).isEqualTo(Main.USAGE);
  }

  @Test
  void data_thatCannotBeRead_isReportedAsItIs() {
    RunException damaged = new RunException("damaged");
    Supplier<RecipeData> fails =
        () -> {
          throw damaged;
        };
    assertThatThrownBy(() -> Opening.of(model(1), NO_WEIGHTS, fails)).isSameAs(damaged);
    OutOfMemoryError full = new OutOfMemoryError("heap");
    Supplier<RecipeData> large =
        () -> {
          throw full;
        };
    assertThatThrownBy(() -> Opening.of(model(1), NO_WEIGHTS, large)).isSameAs(full);
  }

  @Test
  void data_read_isReturnedWithTheBackend() throws Exception {
    end.countDown();
    Opening opening = Opening.of(model(1), NO_WEIGHTS, this::slow);
    assertThat(opening.data()).isSameAs(NONE);
    assertThat(opening.backend().name()).isEqualTo("reference");
    assertThat(opening.seconds()).isPositive();
  }

  @Test
  void refusals_ofOneCommand_comeInOrder(@TempDir Path folder) {
    Path data = folder.resolve("data");
    Path weights = folder.resolve("weights.npz");
    CliRun.train("mnist-dense", "--data", data, "--init", weights, "--threads", 2)
        .refused("threads of backend reference");
    CliRun.train("mnist-dense", "--data", data, "--init", weights).refused(weights.toString());
    CliRun.train("mnist-dense", "--data", data).refused("--data " + data);
  }
}
