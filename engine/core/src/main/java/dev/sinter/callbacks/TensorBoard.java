package dev.sinter.callbacks;

import dev.sinter.CallbackState;
import dev.sinter.Model;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Writes event files for TensorBoard ({@code tensorboard --logdir logs}), which may be read while
 * training runs. Used by one thread at a time, that of the training.
 *
 * <pre>{@code
 * new TensorBoard(Path.of("logs"))
 * new TensorBoard(Path.of("logs/run1")).histogramEveryEpochs(1).writeImages(true)
 * }</pre>
 *
 * <p>In the folder {@code train}, by epoch from 0: {@code epoch_loss}, {@code epoch_accuracy} and
 * so on for each log, {@code epoch_learning_rate}; in {@code validation}, with validation data,
 * {@code epoch_loss} and so on, and {@code evaluation_loss_vs_iterations} by the number of updates.
 * If wanted, in {@code train}: {@code batch_loss} and so on by batch from 1; for each weight, say
 * {@code sequential/dense/kernel}, {@code .../histogram} and {@code .../image}; {@code
 * epoch_steps_per_second} and {@code batch_steps_per_second}.
 *
 * <p>Each training begins files of its own. Keras's write_graph, profile_batch and embeddings are
 * not offered. Source: Keras, callbacks/tensorboard.py.
 */
public final class TensorBoard extends Configurable<TensorBoard> {
  private static final String NAME = "TensorBoard";
  private static final String VALIDATION = "val_";

  private final Path folder;
  private int histogramEpochs; // 0: none
  private boolean writeImages;
  private boolean writeStepsPerSecond;
  private int everyBatches; // 0: by epoch alone

  private @Nullable EventFile train; // null until training begins
  private @Nullable EventFile validation; // null until there are validation logs
  private long batches;
  private long batchStartNanos;
  private long epochStartNanos;
  private long epochStartIterations;

  /** Writes into the folder {@code logs}. */
  public TensorBoard() {
    this(Path.of("logs"));
  }

  /** Writes into a folder, which is created; each run should have its own. */
  public TensorBoard(Path folder) {
    this.folder = Objects.requireNonNull(folder, "folder");
  }

  /**
   * Writes the distribution of each weight after every so many epochs, the first included; default
   * 0: never.
   */
  public TensorBoard histogramEveryEpochs(int epochs) {
    return with(
        copy ->
            copy.histogramEpochs = Arguments.atLeast(0, NAME + ", histogram every epochs", epochs));
  }

  /**
   * Returns a copy that also writes each weight as an image, or not; default false. As in Keras a
   * pixel is black from 0 down and white from 1 up, so that small weights look black.
   */
  public TensorBoard writeImages(boolean value) {
    return with(copy -> copy.writeImages = value);
  }

  /** Returns a copy that writes steps per second, or not; the default is false. */
  public TensorBoard writeStepsPerSecond(boolean value) {
    return with(copy -> copy.writeStepsPerSecond = value);
  }

  /**
   * Writes the logs after every so many batches as well; default 0: after epochs alone. Steps then
   * run one by one.
   */
  public TensorBoard updateEveryBatches(int batches) {
    return with(
        copy -> copy.everyBatches = Arguments.atLeast(0, NAME + ", update every batches", batches));
  }

  /**
   * Starts the files.
   *
   * @throws InputException when they cannot be created, and for images without histograms
   */
  @Override
  public void onTrainBegin(Model model) {
    if (writeImages && histogramEpochs == 0) {
      throw InputException.of(
          NAME + ", write images",
          "histograms as well",
          "histogram every epochs 0",
          "Images are written with the histograms: call histogramEveryEpochs(1)");
    }
    train = EventFile.create(folder.resolve("train"));
    validation = null;
    batches = 0;
  }

  @Override
  public void onEpochBegin(Model model, int epoch) {
    epochStartNanos = System.nanoTime();
    batchStartNanos = epochStartNanos;
    epochStartIterations = model.iterations();
  }

  @Override
  public boolean wantsBatches() {
    return everyBatches > 0;
  }

  @Override
  public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
    batches++;
    long now = System.nanoTime();
    if (everyBatches > 0 && batches % everyBatches == 0) {
      Events events = new Events(batches);
      if (writeStepsPerSecond) {
        events.scalar("batch_steps_per_second", 1e9 / (now - batchStartNanos));
      }
      logs.forEach((name, value) -> events.scalar("batch_" + name, value));
      Objects.requireNonNull(train, "train").append(events.list());
    }
    batchStartNanos = System.nanoTime();
  }

  @Override
  public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
    Events trainEvents = new Events(epoch);
    Events evaluationEvents = new Events(model.iterations());
    Events validationEvents = new Events(epoch);
    logs.forEach(
        (name, value) -> {
          if (name.startsWith(VALIDATION)) {
            String plain = name.substring(VALIDATION.length());
            evaluationEvents.scalar("evaluation_" + plain + "_vs_iterations", value);
            validationEvents.scalar("epoch_" + plain, value);
          } else if (!name.equals("learning_rate")) {
            trainEvents.scalar("epoch_" + name, value);
          }
        });
    trainEvents.scalar("epoch_learning_rate", model.learningRate());
    if (writeStepsPerSecond) {
      double seconds = (System.nanoTime() - epochStartNanos) / 1e9;
      trainEvents.scalar(
          "epoch_steps_per_second", (model.iterations() - epochStartIterations) / seconds);
    }
    if (histogramEpochs > 0 && epoch % histogramEpochs == 0) {
      weights(model, trainEvents);
    }
    Objects.requireNonNull(train, "train").append(trainEvents.list());
    if (!validationEvents.list().isEmpty()) {
      if (validation == null) {
        validation = EventFile.create(folder.resolve("validation"));
      }
      validation.append(evaluationEvents.list());
      validation.append(validationEvents.list());
    }
  }

  @Override
  public CallbackState state() {
    return CallbackState.of("batches", batches);
  }

  @Override
  public void restore(CallbackState state) {
    batches = state.integer("batches");
  }

  private void weights(Model model, Events events) {
    for (Map.Entry<String, Tensor> weight : model.getNamedWeights().entrySet()) {
      String name = model.name() + "/" + weight.getKey();
      events.histogram(name + "/histogram", weight.getValue().toFloats());
      WeightImage image = writeImages ? WeightImage.of(weight.getValue()) : null;
      if (image != null) {
        events.image(name + "/image", image);
      }
    }
  }
}
