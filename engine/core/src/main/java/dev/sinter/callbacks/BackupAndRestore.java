package dev.sinter.callbacks;

import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.io.AtomicFile;
import dev.sinter.saving.Formats;
import dev.sinter.saving.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * Keeps the model of the last epoch in a folder, and goes on from it when the training was stopped.
 * Used by one thread at a time, that of the training.
 *
 * <pre>{@code
 * model.fit(train, Fit.epochs(50).callback(new BackupAndRestore(Path.of("backup"))));
 * }</pre>
 *
 * <p>The file is {@code latest.keras}: weights, the optimizer's state and the number of the epoch.
 * It is written after each epoch and removed when the training ends, so that the next one starts
 * anew; after an interrupt it stays. Needs dev.sinter:sinter-formats on the class path. As in
 * Keras, the history starts with the epoch that is resumed, and other callbacks start anew; {@link
 * dev.sinter.Fit#resume} brings those back as well. Source: Keras, callbacks/backup_and_restore.py.
 */
public final class BackupAndRestore extends Configurable<BackupAndRestore> {
  private static final String NAME = "BackupAndRestore";
  private static final String EPOCH = "epoch";

  private final Path folder;
  private final Path file;
  private boolean deleteCheckpoint = true;

  /** Keeps the model in a folder, which is created. */
  public BackupAndRestore(Path folder) {
    this.folder = Objects.requireNonNull(folder, "folder");
    this.file = folder.resolve("latest.keras");
    Formats.model(file); // on the class path?
  }

  /** Returns a copy that removes the file when the training ends, or not; the default is true. */
  public BackupAndRestore deleteCheckpoint(boolean value) {
    return with(copy -> copy.deleteCheckpoint = value);
  }

  /**
   * Takes on the model in the folder, if there is one.
   *
   * @throws InputException when it is damaged, or of another network or optimizer
   */
  @Override
  public int initialEpoch(Model model, int planned) {
    Folders.create(folder);
    AtomicFile.check(file);
    if (!Files.exists(file)) {
      return planned;
    }
    SavedModel saved = Formats.model(file).read(file);
    String epoch = saved.notes().getOrDefault(EPOCH, "");
    if (!epoch.matches("\\d{1,9}")) {
      throw InputException.of(
          NAME + ", " + file, "a file of this callback", "another model", "Name another folder");
    }
    model.restore(saved);
    return Math.max(planned, Integer.parseInt(epoch));
  }

  @Override
  public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
    if (Thread.currentThread().isInterrupted()) {
      return; // the epoch was cut: the backup of the one before stays
    }
    Formats.model(file).write(file, model.saved().note(EPOCH, "" + (epoch + 1)));
  }

  @Override
  public void onTrainEnd(Model model, History history) {
    if (deleteCheckpoint && !Thread.currentThread().isInterrupted()) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException e) {
        throw new RunException(
            "%s, %s: expected to remove it after the training, received an error (%s). Remove it by hand."
                .formatted(NAME, file, Folders.reason(e)),
            e);
      }
    }
  }
}
