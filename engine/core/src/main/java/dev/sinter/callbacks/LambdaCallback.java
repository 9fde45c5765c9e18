package dev.sinter.callbacks;

import dev.sinter.History;
import dev.sinter.Model;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A callback made of functions, each called where {@link dev.sinter.Callback} says. Used by one
 * thread at a time, that of the training.
 *
 * <pre>{@code
 * new LambdaCallback()
 *     .onEpochEnd((model, epoch, logs) -> System.out.println(logs.get("loss")))
 *     .onTrainEnd((model, history) -> System.out.println(history.epochs()))
 * }</pre>
 *
 * <p>A function for batches makes steps run one by one. Source: Keras,
 * callbacks/lambda_callback.py.
 */
public final class LambdaCallback extends Configurable<LambdaCallback> {
  /** A function of an epoch or a batch, and its logs. */
  @FunctionalInterface
  public interface WithLogs {
    /**
     * Does something.
     *
     * @param index of the epoch or batch, from 0
     */
    void accept(Model model, int index, Map<String, Double> logs);
  }

  private Consumer<Model> trainBegin = model -> {};
  private ObjIntConsumer<Model> epochBegin = (model, epoch) -> {};
  private @Nullable WithLogs batchEnd; // null: not wanted
  private WithLogs epochEnd = (model, epoch, logs) -> {};
  private BiConsumer<Model, History> trainEnd = (model, history) -> {};

  /** Returns a copy with an action before the first epoch. */
  public LambdaCallback onTrainBegin(Consumer<Model> action) {
    return with(copy -> copy.trainBegin = Objects.requireNonNull(action, "action"));
  }

  /** Returns a copy with an action before each epoch. */
  public LambdaCallback onEpochBegin(ObjIntConsumer<Model> action) {
    return with(copy -> copy.epochBegin = Objects.requireNonNull(action, "action"));
  }

  /** Returns a copy with an action after each batch. */
  public LambdaCallback onTrainBatchEnd(WithLogs action) {
    return with(copy -> copy.batchEnd = Objects.requireNonNull(action, "action"));
  }

  /** Returns a copy with an action after each epoch. */
  public LambdaCallback onEpochEnd(WithLogs action) {
    return with(copy -> copy.epochEnd = Objects.requireNonNull(action, "action"));
  }

  /** Returns a copy with an action after the last epoch. */
  public LambdaCallback onTrainEnd(BiConsumer<Model, History> action) {
    return with(copy -> copy.trainEnd = Objects.requireNonNull(action, "action"));
  }

  @Override
  public void onTrainBegin(Model model) {
    trainBegin.accept(model);
  }

  @Override
  public void onEpochBegin(Model model, int epoch) {
    epochBegin.accept(model, epoch);
  }

  @Override
  public boolean wantsBatches() {
    return batchEnd != null;
  }

  @Override
  public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
    if (batchEnd != null) {
      batchEnd.accept(model, batch, logs);
    }
  }

  @Override
  public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
    epochEnd.accept(model, epoch, logs);
  }

  @Override
  public void onTrainEnd(Model model, History history) {
    trainEnd.accept(model, history);
  }
}
