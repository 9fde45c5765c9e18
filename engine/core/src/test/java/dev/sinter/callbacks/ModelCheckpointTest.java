package dev.sinter.callbacks;

import static dev.sinter.callbacks.Observed.refused;
import static dev.sinter.callbacks.Observed.scripted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.Toy;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which weights are saved, when, and under which name. */
class ModelCheckpointTest {
  private static final double[] LOSSES = {1, 0.5, 0.7, 0.25};

  @TempDir Path folder;

  private String in(String name) {
    return folder + "/" + name;
  }

  private List<String> files() throws IOException {
    try (var files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  private static Model fit(Callback... callbacks) {
    Fit fit = Toy.fit(4).validationData(Toy.data(4));
    for (Callback callback : callbacks) {
      fit = fit.callback(callback);
    }
    Model model = Toy.compiled();
    model.fit(Toy.data(16), fit);
    return model;
  }

  @Test
  void everyEpoch_template_hasEpochFromOneAndLogs() throws IOException {
    Callback values = scripted("val_loss", LOSSES);
    Model model = fit(values, new ModelCheckpoint(in("a/{epoch:02d}-{val_loss:.4f}.npz")));
    assertThat(files())
        .containsExactly(
            "a/01-1.0000.npz", "a/02-0.5000.npz", "a/03-0.7000.npz", "a/04-0.2500.npz");
    Model read = Toy.model();
    read.setNamedWeights(Npz.read(folder.resolve("a/04-0.2500.npz")));
    assertThat(read.getWeights()).isEqualTo(model.getWeights());
  }

  @Test
  void everyEpoch_verbose_printsKerasMessages() {
    String path = in("w.npz");
    Observed seen = Observed.of(() -> fit(new ModelCheckpoint(path).verbose(1)));
    assertThat(seen.printed())
        .startsWith(
            "Epoch 1: saving model to " + path,
            "Epoch 1: finished saving model to " + path,
            "Epoch 2: saving model to " + path)
        .hasSize(8);
  }

  @Test
  void bestOnly_verbose_savesImprovementsAndSaysSo() throws IOException {
    List<List<Tensor>> weights = new ArrayList<>();
    Callback keep =
        new LambdaCallback().onEpochEnd((model, epoch, logs) -> weights.add(model.getWeights()));
    String path = in("best.npz");
    ModelCheckpoint best = new ModelCheckpoint(path).saveBestOnly(true).verbose(1);
    Observed seen =
        Observed.of(() -> fit(keep, scripted("val_loss", 1, 0.5, 0.7, Double.NaN), best));
    assertThat(seen.printed())
        .containsExactly(
            "Epoch 1: val_loss improved from None to 1.00000, saving model to " + path,
            "Epoch 1: finished saving model to " + path,
            "Epoch 2: val_loss improved from 1.00000 to 0.50000, saving model to " + path,
            "Epoch 2: finished saving model to " + path,
            "Epoch 3: val_loss did not improve from 0.50000",
            "Epoch 4: val_loss did not improve from 0.50000");
    assertThat(files()).containsExactly("best.npz");
    assertThat(new ArrayList<>(Npz.read(Path.of(path)).values())).isEqualTo(weights.get(1));
  }

  /** As Keras: what the first training saved is only replaced by better weights. */
  @Test
  void bestOnly_secondTraining_goesOnWithTheBest() {
    ModelCheckpoint best = new ModelCheckpoint(in("b.npz")).saveBestOnly(true).verbose(1);
    Observed.of(() -> fit(scripted("val_loss", LOSSES), best));
    Observed seen = Observed.of(() -> fit(scripted("val_loss", 0.3, 0.3, 0.3, 0.2), best));
    assertThat(seen.printed())
        .startsWith("Epoch 1: val_loss did not improve from 0.25000")
        .contains(
            "Epoch 4: val_loss improved from 0.25000 to 0.20000, saving model to " + in("b.npz"));
  }

  @Test
  void bestOnly_modeAndThreshold_areKept() throws IOException {
    Callback values = scripted("accuracy", 0.2, 0.6, 0.4, 0.7);
    fit(
        values,
        new ModelCheckpoint(in("max{epoch}.npz"))
            .monitor("accuracy")
            .saveBestOnly(true)
            .initialValueThreshold(0.5));
    fit(
        values,
        new ModelCheckpoint(in("min{epoch}.npz"))
            .mode(Mode.MIN)
            .monitor("accuracy")
            .saveBestOnly(true));
    assertThat(files()).containsExactly("max2.npz", "max4.npz", "min1.npz");
  }

  @Test
  void bestOnly_monitorMissing_warnsOnceAndSaves() throws IOException {
    ModelCheckpoint best =
        new ModelCheckpoint(in("{epoch}.npz")).monitor("f1").mode(Mode.MAX).saveBestOnly(true);
    Observed seen = Observed.of(() -> fit(best));
    assertThat(seen.warnings()).containsExactly("Can save best model only with f1 available.");
    assertThat(files()).hasSize(4);
  }

  @Test
  void bestOnly_directionUnknown_isRefusedBeforeTraining() throws IOException {
    refused(
        () -> fit(new ModelCheckpoint(in("w.npz")).monitor("f1").saveBestOnly(true)),
        "ModelCheckpoint, monitor f1",
        "mode(Mode.MAX)");
    assertThat(files()).isEmpty();
    fit(new ModelCheckpoint(in("w.npz")).monitor("f1"));
    assertThat(files()).containsExactly("w.npz");
  }

  /** Two batches an epoch, every third one of all. */
  @Test
  void everyBatches_overEpochs_countsOn() throws IOException {
    ModelCheckpoint checkpoint =
        new ModelCheckpoint(in("{epoch}-{batch:02d}.npz")).saveEveryBatches(3);
    assertThat(checkpoint.wantsBatches()).isTrue();
    fit(checkpoint);
    assertThat(files()).containsExactly("2-01.npz", "3-02.npz");
    fit(checkpoint);
    assertThat(files()).as("a second training counts anew").hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"model.keras", "w.weights.h5", "w.h5", "w", "", "npz/"})
  void format_other_isRefused(String path) {
    refused(
        () -> new ModelCheckpoint(path),
        "ModelCheckpoint, path: expected a name that ends in .npy, .npz, received " + path);
  }

  @Test
  void format_itsNameInCapitals_isTaken() throws IOException {
    fit(new ModelCheckpoint(in("W.NPZ")));
    assertThat(files()).containsExactly("W.NPZ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{", "}", "{}", "{:d}", "{epoch:x}", "{loss:d}", "{a:.999f}", "{a{b}}", "{e:<3d}"})
  void template_illegal_isRefused(String place) {
    refused(
        () -> new ModelCheckpoint("w" + place + ".npz"),
        "ModelCheckpoint, path, w" + place + ".npz: expected places like {epoch:02d}");
  }

  @ParameterizedTest
  @CsvSource({
    "{epoch}, 7",
    "{epoch:03d}, 007",
    "{epoch:4d}, '   7'",
    "{epoch:.1f}, 7.0",
    "{batch:d}, 12",
    "{loss}, 0.30000000000000004",
    "{loss:.2f}, 0.30",
    "{loss:08.3f}, 0000.300",
    "{loss:e}, 3.000000e-01",
    "{loss:f}, 0.300000",
    "{val_loss:.2f}, nan",
    "a{{b}}{epoch}, a{b}7"
  })
  void template_filled_isAsInPython(String template, String expected) {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.GERMANY);
    try {
      assertThat(
              new PathTemplate("test", template)
                  .fill(
                      Map.of("epoch", 7, "batch", 12),
                      Map.of("loss", 0.1 + 0.2, "val_loss", Double.NaN)))
          .isEqualTo(expected);
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void template_unknownName_listsTheKnown() {
    refused(
        () -> fit(new ModelCheckpoint(in("{val_los:.2f}.npz"))),
        "a place for one of epoch, accuracy, loss, val_accuracy, val_loss, received {val_los}");
    refused(() -> fit(new ModelCheckpoint(in("{batch}.npz"))), "received {batch}");
  }

  @Test
  void path_thatCannotBeWritten_isRefusedBeforeTraining() throws IOException {
    Files.createDirectory(folder.resolve("taken.npz"));
    Files.writeString(folder.resolve("file"), "x");
    Model model = Toy.compiled();
    for (String path : List.of("taken.npz", "file/w.npz", "file/{epoch}.npz")) {
      Callback checkpoint = new ModelCheckpoint(in(path));
      refused(() -> model.fit(Toy.data(8), Toy.fit(1).callback(checkpoint)), folder.toString());
    }
    assertThat(model.iterations()).isZero();
  }

  @Test
  void saving_eachEpoch_changesNothingInTraining() {
    Model plain = Toy.compiled();
    History expected = plain.fit(Toy.data(16), Toy.fit(3));
    Model saved = Toy.compiled();
    History history =
        saved.fit(Toy.data(16), Toy.fit(3).callback(new ModelCheckpoint(in("w.npz"))));
    assertThat(saved.getWeights()).isEqualTo(plain.getWeights());
    assertThat(history.get("loss")).isEqualTo(expected.get("loss"));
  }

  @Test
  void arguments_illegal_areRefused() {
    ModelCheckpoint checkpoint = new ModelCheckpoint("w.npz");
    refused(() -> checkpoint.saveEveryBatches(0), "ModelCheckpoint, save every batches");
    refused(() -> checkpoint.initialValueThreshold(Double.NaN), "initial value threshold");
  }
}
