package dev.sinter.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.callbacks.BackupAndRestore;
import dev.sinter.callbacks.ModelCheckpoint;
import dev.sinter.data.Dataset;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The callbacks that save whole models. */
class SavingCallbacksTest {
  private static final Dataset DATA =
      Dataset.of(new float[][] {{1, 2}, {3, 4}, {5, 6}, {0, 1}}, new int[] {0, 1, 1, 0});

  @TempDir Path folder;

  private static Model model(int hidden) {
    Model model = Sequential.of(new Input(2), new Dense(hidden).relu(), new Dense(2).softmax());
    model.backend("reference").seed(4);
    model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static Fit fit(Callback... callbacks) {
    Fit fit = Fit.epochs(6).batchSize(2).verbose(0);
    for (Callback callback : callbacks) {
      fit = fit.callback(callback);
    }
    return fit;
  }

  /** Ends a training as a crash does. */
  private static final class Crash implements Callback {
    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
      if (epoch == 2) {
        throw new IllegalStateException("crash");
      }
    }
  }

  @Test
  void training_thatCrashed_goesOnFromItsBackup() throws IOException {
    BackupAndRestore backup = new BackupAndRestore(folder.resolve("backup"));
    try (Model whole = model(3);
        Model crashed = model(3);
        Model resumed = model(3)) {
      whole.fit(DATA, fit());
      assertThatThrownBy(() -> crashed.fit(DATA, fit(backup, new Crash()))).hasMessage("crash");
      assertThat(folder.resolve("backup/latest.keras")).exists();
      assertThat(resumed.fit(DATA, fit(backup)).epochs()).containsExactly(3, 4, 5);
      assertThat(resumed.getNamedWeights()).isEqualTo(whole.getNamedWeights());
      assertThat(resumed.iterations()).isEqualTo(12);
      assertThat(folder.resolve("backup/latest.keras")).doesNotExist();
    }
  }

  @Test
  void backup_ofAnotherNetwork_isRefusedAndNothingIsChanged() {
    BackupAndRestore backup = new BackupAndRestore(folder).deleteCheckpoint(false);
    try (Model model = model(3);
        Model other = model(4)) {
      model.fit(DATA, fit(backup));
      var before = other.getNamedWeights();
      assertThatThrownBy(() -> other.fit(DATA, fit(backup))).isInstanceOf(InputException.class);
      assertThat(other.getNamedWeights()).isEqualTo(before);
    }
  }

  @Test
  void checkpoint_byTheEndOfItsName_savesModelOrWeights() throws IOException {
    try (Model model = model(3)) {
      model.fit(
          DATA,
          fit(
              new ModelCheckpoint(folder + "/m.keras"),
              new ModelCheckpoint(folder + "/m.h5"),
              new ModelCheckpoint(folder + "/w.weights.h5"),
              new ModelCheckpoint(folder + "/w.safetensors"),
              new ModelCheckpoint(folder + "/{epoch:02d}.npz").saveBestOnly(true).monitor("loss")));
      for (String file : new String[] {"m.keras", "m.h5"}) {
        try (Model loaded = Model.load(folder.resolve(file))) {
          assertThat(loaded.getNamedWeights()).isEqualTo(model.getNamedWeights());
          assertThat(loaded.iterations()).isEqualTo(12);
        }
      }
      for (String file : new String[] {"w.weights.h5", "w.safetensors"}) {
        try (Model other = model(3)) {
          other.loadWeights(folder.resolve(file));
          assertThat(other.getNamedWeights()).isEqualTo(model.getNamedWeights());
        }
      }
      assertThat(Files.exists(folder.resolve("01.npz"))).isTrue();
    }
  }
}
