package dev.sinter.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sinter.backend.reference.ReferenceProvider;
import dev.sinter.errors.BackendUnavailableException;
import dev.sinter.errors.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class BackendsTest {
  /** A backend that is found but cannot run. */
  private record Refused(String name, int rank) implements BackendProvider {
    @Override
    public Probe probe() {
      return Probe.refused("looked for a " + name + " device, found none");
    }

    @Override
    public Backend open(BackendOptions options) {
      throw new AssertionError(name + " was opened although its probe refused");
    }
  }

  /** The reference under another name and rank. */
  private record Usable(String name, int rank) implements BackendProvider {
    @Override
    public Probe probe() {
      return Probe.usable("device of " + name, "");
    }

    @Override
    public Backend open(BackendOptions options) {
      Backend reference = new ReferenceProvider().open(options);
      return new Named(name, reference);
    }

    @Override
    public String remark() {
      return name.equals("slow") ? "no GPU found" : "";
    }
  }

  /** Has a device, which another process took after the probe. */
  private record Busy(String name, int rank) implements BackendProvider {
    @Override
    public Probe probe() {
      return Probe.usable("device of " + name, "");
    }

    @Override
    public Backend open(BackendOptions options) {
      throw new BackendUnavailableException(name, "the device of " + name + " is busy.");
    }
  }

  private record Named(String name, Backend backend) implements Backend {
    @Override
    public String device() {
      return "device of " + name;
    }

    @Override
    public int threads() {
      return backend.threads();
    }

    @Override
    public Precision precision() {
      return backend.precision();
    }

    @Override
    public Session open(dev.sinter.program.State state) {
      return backend.open(state);
    }
  }

  private final List<BackendProvider> providers =
      Backends.bestFirst(
          List.of(
              new Usable("slow", 1),
              new Refused("best", 9),
              new Usable("fast", 5),
              new Refused("worst", 0)));

  @Test
  void open_auto_takesTheUsableBackendWithTheHighestRankAndLogsWhy() {
    Logger logger = (Logger) LoggerFactory.getLogger(Backends.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.INFO);
    try {
      Backend backend = Backends.open(providers, Backends.AUTO, BackendOptions.DEFAULT);
      assertThat(backend.name()).isEqualTo("fast");
    } finally {
      logger.setLevel(null);
      logger.detachAppender(log);
    }
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "backend fast on device of fast; best refused: looked for a best device, found none"
                + "; slow: no GPU found");
  }

  @Test
  void open_autoWithoutAnyUsableBackend_throwsWithAllReasons() {
    List<BackendProvider> refused = List.of(new Refused("a", 2), new Refused("b", 1));
    assertThatThrownBy(() -> Backends.open(refused, Backends.AUTO, BackendOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a refused: looked for a a device")
        .hasMessageContaining("b refused: looked for a b device");
  }

  @Test
  void open_autoWithABusyDevice_takesTheNextBackend_byNameThrows() {
    List<BackendProvider> busy = List.of(new Busy("gpu", 2), new Busy("other", 1));
    assertThatThrownBy(() -> Backends.open(busy, Backends.AUTO, BackendOptions.DEFAULT))
        .hasMessageContaining("; gpu refused: the device of gpu is busy")
        .hasMessageContaining("; other refused: the device of other is busy");
    assertThatThrownBy(() -> Backends.open(busy, "gpu", BackendOptions.DEFAULT))
        .hasMessage("the device of gpu is busy.");
    List<BackendProvider> another = List.of(new Busy("gpu", 2), new Usable("slow", 1));
    assertThat(Backends.open(another, Backends.AUTO, BackendOptions.DEFAULT).name())
        .isEqualTo("slow");
  }

  @Test
  void open_byName_takesThatOneWhateverItsRank() {
    assertThat(Backends.open(providers, "slow", BackendOptions.DEFAULT).name()).isEqualTo("slow");
  }

  @Test
  void open_refusedByName_throwsTheProbesReason() {
    assertThatThrownBy(() -> Backends.open(providers, "best", BackendOptions.DEFAULT))
        .isInstanceOfSatisfying(
            BackendUnavailableException.class, e -> assertThat(e.backend()).isEqualTo("best"))
        .hasMessage("Backend best cannot run here: looked for a best device, found none.");
  }

  @Test
  void open_unknownName_listsTheChoices() {
    assertThatThrownBy(() -> Backends.open(providers, "cuda12", BackendOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("one of auto, best, fast, slow, worst")
        .hasMessageContaining("\"cuda12\"");
  }

  @Test
  void survey_classPath_listsKnownBackendsBestFirst() {
    List<Backends.Candidate> candidates = Backends.survey();
    assertThat(candidates)
        .extracting(Backends.Candidate::name)
        .containsSubsequence("cuda", "onednn", "nd4j", "reference");
    assertThat(candidates)
        .isSortedAccordingTo((a, b) -> Integer.compare(b.rank(), a.rank()))
        .filteredOn(candidate -> candidate.name().equals("reference"))
        .singleElement()
        .satisfies(candidate -> assertThat(candidate.probe().usable()).isTrue());
  }

  @Test
  void open_backendOfAnAbsentModule_namesTheModule() {
    assertThatThrownBy(() -> Backends.open("onednn", BackendOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "Backend onednn cannot run here: not in this build; it comes with the module sinter-cpu.");
  }

  @Test
  void open_reference_refusesOtherPrecisionsAndDevices() {
    assertThat(Backends.open("reference", BackendOptions.DEFAULT).precision())
        .isEqualTo(Precision.FLOAT32);
    for (BackendOptions options :
        List.of(
            BackendOptions.DEFAULT.precision(Precision.TF32),
            BackendOptions.DEFAULT.device(1),
            BackendOptions.DEFAULT.device("GPU-5e3c"),
            BackendOptions.DEFAULT.option("cuda.ops", "cudnn"))) {
      assertThatThrownBy(() -> Backends.open("reference", options))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("backend reference");
    }
  }

  @Test
  void options_deviceAsText_isAnIndexOrTheUuidOfOneDevice() {
    BackendOptions byUuid = BackendOptions.DEFAULT.device(2).device("MIG-5e3c");
    assertThat(byUuid.device()).isZero();
    assertThat(byUuid.own()).containsExactly(entry("cuda.device", "MIG-5e3c"));
    assertThat(byUuid.device("1")).isEqualTo(BackendOptions.DEFAULT.device(1));
    for (String none : new String[] {"", "gpu", "GPU-", "GPU-xyz", "1.5", "99999999999"}) {
      assertThatThrownBy(() -> BackendOptions.DEFAULT.device(none))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(
              "device: expected an index, or a UUID that begins with GPU- or MIG-")
          .hasMessageContaining("received \"" + none + "\"");
    }
  }

  @Test
  void options_negative_areRefused() {
    assertThatThrownBy(() -> BackendOptions.DEFAULT.device(-1))
        .hasMessageContaining("device: expected an index of at least 0, received -1");
    assertThatThrownBy(() -> BackendOptions.DEFAULT.threads(-2))
        .hasMessageContaining("threads: expected a count of at least 0, received -2");
  }
}
