package dev.sinter.callbacks;

import dev.sinter.CallbackState;
import dev.sinter.Model;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.saving.Formats;
import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Saves the model, or its weights, after each epoch, or some batches, or only when it is the best.
 * Used by one thread at a time, that of the training.
 *
 * <pre>{@code
 * new ModelCheckpoint("best.keras").monitor("val_accuracy").saveBestOnly(true).verbose(1)
 * new ModelCheckpoint("weights/{epoch:02d}-{val_loss:.4f}.npz")
 * }</pre>
 *
 * <p>The path may hold places for the epoch and the batch, both from 1, and for each value in the
 * logs; folders are created, an existing file is replaced as a whole or not at all. How the name
 * ends says the format, and with it what is saved: {@code .keras} and {@code .h5} the model with
 * its optimizer's state, for {@link Model#load}; {@code .npz}, {@code .weights.h5} and others the
 * weights alone, for {@link Model#loadWeights}.
 *
 * <p>As in Keras, a second training goes on with the best value of the first, so that it replaces
 * the file by a better one alone. Without the monitored value in the logs it warns once and saves.
 * Source: Keras, callbacks/model_checkpoint.py.
 */
public final class ModelCheckpoint extends Configurable<ModelCheckpoint> {
  private static final Logger LOG = LoggerFactory.getLogger(ModelCheckpoint.class);
  private static final String NAME = "ModelCheckpoint";
  private final String path;
  private final PathTemplate template;
  private Monitor monitor = new Monitor(NAME, "val_loss");
  private boolean saveBestOnly;
  private int everyBatches; // 0: every epoch
  private boolean verbose;

  private @Nullable Double best; // null: none yet
  private int batchesSinceSave;
  private int currentEpoch;

  /**
   * Creates a checkpoint.
   *
   * @param path of the file, a name that ends as one of a format on the class path; places as in
   *     {@code weights/{epoch:02d}-{val_loss:.4f}.npz}
   */
  public ModelCheckpoint(String path) {
    Path plain = file(withoutPlaces(path));
    if (Formats.findModel(plain).isEmpty() && Formats.findWeights(plain).isEmpty()) {
      List<String> known = new ArrayList<>(Formats.modelSuffixes());
      known.addAll(Formats.weightsSuffixes());
      throw InputException.of(
          NAME + ", path",
          "a name that ends in " + String.join(", ", known),
          path,
          Formats.modelSuffixes().isEmpty()
              ? "Add dev.sinter:sinter-formats to the class path for .keras and others"
              : "Correct the name");
    }
    this.path = path;
    this.template = new PathTemplate(NAME + ", path", path);
  }

  /**
   * Returns a copy with the key in the logs that decides which weights are best; the default is
   * val_loss.
   */
  public ModelCheckpoint monitor(String value) {
    return with(copy -> copy.monitor = new Monitor(NAME, value).mode(monitor.mode()));
  }

  /**
   * Returns a copy with the direction in which the value improves; the default, auto, goes by its
   * name.
   */
  public ModelCheckpoint mode(Mode value) {
    return with(copy -> copy.monitor = monitor.mode(value));
  }

  /** Returns a copy that saves only the best weights so far, or all; default false. */
  public ModelCheckpoint saveBestOnly(boolean value) {
    return with(copy -> copy.saveBestOnly = value);
  }

  /**
   * Returns a copy with a value that must be beaten before anything is saved as the best; default
   * none.
   */
  public ModelCheckpoint initialValueThreshold(double value) {
    return with(copy -> copy.best = Arguments.finite(NAME + ", initial value threshold", value));
  }

  /** Saves after so many batches instead of after each epoch; steps then run one by one. */
  public ModelCheckpoint saveEveryBatches(int batches) {
    return with(
        copy -> copy.everyBatches = Arguments.atLeast(1, NAME + ", save every batches", batches));
  }

  /** Returns a copy with the level of Keras: 1 prints what it does, 0, the default, nothing. */
  public ModelCheckpoint verbose(int level) {
    return with(copy -> copy.verbose = Arguments.verbose("ModelCheckpoint", level));
  }

  /**
   * Checks that files can be written, before a long training.
   *
   * @throws InputException when they cannot
   */
  @Override
  public void onTrainBegin(Model model) {
    if (saveBestOnly) {
      monitor.resolve(model);
    }
    batchesSinceSave = 0;
    int folderEnd = Math.max(path.lastIndexOf('/'), path.lastIndexOf(File.separatorChar)) + 1;
    String folder = path.substring(0, folderEnd);
    if (!folder.contains("{")) {
      prepare(file(folder + withoutPlaces(path.substring(folderEnd))));
    }
  }

  @Override
  public void onEpochBegin(Model model, int epoch) {
    currentEpoch = epoch;
  }

  @Override
  public boolean wantsBatches() {
    return everyBatches > 0;
  }

  @Override
  public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
    batchesSinceSave++;
    if (everyBatches > 0 && batchesSinceSave >= everyBatches) {
      batchesSinceSave = 0;
      Map<String, Integer> counters = new LinkedHashMap<>();
      counters.put("epoch", currentEpoch + 1);
      counters.put("batch", batch + 1);
      save(model, counters, logs);
    }
  }

  @Override
  public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
    if (everyBatches == 0) {
      save(model, Map.of("epoch", epoch + 1), logs);
    }
  }

  @Override
  public CallbackState state() {
    return CallbackState.of("best", best)
        .with("batchesSinceSave", batchesSinceSave)
        .with("currentEpoch", currentEpoch);
  }

  @Override
  public void restore(CallbackState state) {
    best = state.decimal("best");
    batchesSinceSave = state.integer("batchesSinceSave");
    currentEpoch = state.integer("currentEpoch");
  }

  private void save(Model model, Map<String, Integer> counters, Map<String, Double> logs) {
    String name = template.fill(counters, logs);
    String epoch = "Epoch " + counters.get("epoch") + ": ";
    if (isWanted(epoch, name, logs)) {
      Path file = file(name);
      prepare(file);
      if (Formats.findModel(file).isPresent()) {
        model.save(file);
      } else {
        model.saveWeights(file);
      }
      print(epoch + "finished saving model to " + name);
    }
  }

  private boolean isWanted(String epoch, String name, Map<String, Double> logs) {
    if (!saveBestOnly) {
      print(epoch + "saving model to " + name);
      return true;
    }
    Double current = monitor.in(logs, LOG, "Can save best model only with {} available.");
    if (current == null) {
      return true;
    }
    boolean improved = monitor.improves(current, best);
    String from = best == null ? "None" : fixed(best);
    if (improved) {
      print(
          "%s%s improved from %s to %s, saving model to %s"
              .formatted(epoch, monitor.name(), from, fixed(current), name));
      best = current;
    } else {
      print(epoch + monitor.name() + " did not improve from " + from);
    }
    return improved;
  }

  private void print(String message) {
    if (verbose) {
      System.out.println(message);
    }
  }

  private static String fixed(double value) {
    return PythonNumber.format("%.5f", value);
  }

  private static String withoutPlaces(String name) {
    return name.replaceAll("[{}:]", "_");
  }

  private static Path file(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw InputException.of(
          NAME + ", path", "a file path", name + " (" + e.getReason() + ")", "Correct the path");
    }
  }

  private static void prepare(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    Folders.create(Objects.requireNonNull(folder, "it ends as a file, so it is no root"));
    AtomicFile.check(file);
  }
}
