package dev.sinter;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.compile.Goal;
import dev.sinter.compile.Objective;
import dev.sinter.data.Dataset;
import dev.sinter.data.Stream;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Fusion;
import dev.sinter.program.Program;
import dev.sinter.report.SummaryOptions;
import dev.sinter.report.Terminal;
import dev.sinter.saving.Compilation;
import dev.sinter.saving.Formats;
import dev.sinter.saving.SavedModel;
import dev.sinter.saving.WeightsByName;
import dev.sinter.saving.WeightsFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A network with weights: compile, fit, evaluate, predict.
 *
 * <p>Weights and the optimizer's state live on the backend once the model is compiled and has seen
 * data. A change of backend takes them along; {@link #close} moves them to the host and gives the
 * backend's memory back.
 *
 * <p>Used by one thread at a time: a call from a second thread waits for its turn, but is refused
 * while another thread trains the model. What answers meanwhile is a {@link Predictor}, which any
 * number of threads may use. {@link #stopTraining} may be called from any thread. Two models are
 * independent of each other.
 */
public abstract sealed class Model implements AutoCloseable permits Sequential, Functional {
  private final String name;
  private final CompiledModel compiled;
  private final ModelUse use;
  private final Turns turns;

  Model(String name, Architecture architecture) {
    this.name = name;
    this.turns = new Turns(name);
    this.compiled = new CompiledModel(name, architecture, turns);
    this.use = new ModelUse(compiled);
  }

  /** Returns what stands behind, for calls in their turn. */
  CompiledModel compiled() {
    return compiled;
  }

  /** Returns the model's name. */
  public String name() {
    return name;
  }

  /**
   * Sets the seed of initial weights and shuffles; default 1. The same seed gives the same weights,
   * to the bit, on one backend.
   *
   * @throws InputException once the weights exist
   */
  public Model seed(long value) {
    turns.take("seed", () -> compiled.seed(value));
    return this;
  }

  /** Chooses a backend by name, or {@code auto}; a training goes on there where it was. */
  public Model backend(String value) {
    turns.take("backend", () -> compiled.backend(value, null));
    return this;
  }

  /** Chooses a backend and its options; a training goes on there where it was. */
  public Model backend(String value, BackendOptions options) {
    turns.take("backend", () -> compiled.backend(value, options));
    return this;
  }

  /** Returns the backend in use, opening it if need be. */
  public Backend openBackend() {
    return turns.take("backend", () -> compiled.backend());
  }

  /**
   * Configures training. Weights are kept, the optimizer's state starts anew. Of several outputs,
   * each is trained for this loss.
   */
  public void compile(Optimizer optimizer, Loss loss, Metric... metrics) {
    compile(new Compilation(optimizer, loss, List.of(metrics)));
  }

  /**
   * Configures training of a model with several outputs: a goal for each, in any order. The loss
   * that training makes small is the sum of theirs, each times its weight.
   *
   * @throws InputException for an output without a goal, or a goal without its output
   */
  public void compile(Optimizer optimizer, Goal first, Goal... more) {
    List<Goal> goals = new ArrayList<>(List.of(first));
    goals.addAll(List.of(more));
    compile(new Compilation(optimizer, goals));
  }

  /** Configures training of a model with several outputs, with an optimizer by Keras's name. */
  public void compile(String optimizer, Goal first, Goal... more) {
    compile(Optimizer.of(optimizer), first, more);
  }

  /**
   * Configures training by Keras's names, as in {@code compile("rmsprop",
   * "sparse_categorical_crossentropy", "accuracy")}.
   */
  public void compile(String optimizer, String loss, String... metrics) {
    Metric[] named = Arrays.stream(metrics).map(Metric::of).toArray(Metric[]::new);
    compile(Optimizer.of(optimizer), Loss.of(loss), named);
  }

  void compile(Compilation value) {
    turns.take("compile", () -> compiled.compile(value));
  }

  /** Creates the initial weights for a number of input features; does nothing if it has weights. */
  public void build(int features) {
    turns.take("build", () -> compiled.build(features));
  }

  /**
   * Trains.
   *
   * @throws InputException when the data does not fit the model
   * @throws dev.sinter.errors.TrainingDivergedException when the loss stops being finite
   */
  public History fit(Dataset data, Fit options) {
    return fit(() -> FitData.of(compiled, data, options), options);
  }

  private History fit(Supplier<FitData> data, Fit options) {
    try {
      return turns.take("fit", () -> compiled.fit(this, data, options));
    } catch (RuntimeException | Error e) {
      if (options.group() != null) {
        options.group().close(); // the others learn at once that they wait in vain
      }
      throw e;
    }
  }

  /** Trains on rows with class labels. */
  public History fit(float[][] x, int[] y, Fit options) {
    return fit(Dataset.of(x, y), options);
  }

  /** Trains on rows with target rows. */
  public History fit(float[][] x, float[][] y, Fit options) {
    return fit(Dataset.of(x, y), options);
  }

  /**
   * Trains on samples that are read while it trains; see {@link Stream}. Where {@link
   * Fit#stepsPerEpoch} is set, the next epoch goes on where the one before ended.
   *
   * @throws InputException when a sample does not fit the model, or cannot be read
   * @throws dev.sinter.errors.TrainingDivergedException when the loss stops being finite
   */
  public History fit(Stream data, Fit options) {
    return fit(() -> FitData.of(compiled, data, options), options);
  }

  /**
   * Makes one update with all samples of a dataset, as fit does with a batch. The optimizer goes on
   * where it was. Batches of a few sizes are best: each size is compiled once.
   *
   * @return the loss and the metrics of these samples before the update
   */
  public Evaluation trainOnBatch(Dataset batch) {
    return turns.take("trainOnBatch", () -> use.trainOnBatch(batch));
  }

  /** Makes one update with rows and their class labels; see {@link #trainOnBatch(Dataset)}. */
  public Evaluation trainOnBatch(float[][] x, int[] y) {
    return trainOnBatch(Dataset.of(x, y));
  }

  /** Makes one update with rows and their target rows; see {@link #trainOnBatch(Dataset)}. */
  public Evaluation trainOnBatch(float[][] x, float[][] y) {
    return trainOnBatch(Dataset.of(x, y));
  }

  /** Returns loss and metrics on a small dataset: the numbers of evaluate, at less cost. */
  public Evaluation testOnBatch(Dataset batch) {
    return turns.take("testOnBatch", () -> use.evaluate("testOnBatch", batch, true));
  }

  /** Returns loss and metrics on a few rows with class labels. */
  public Evaluation testOnBatch(float[][] x, int[] y) {
    return testOnBatch(Dataset.of(x, y));
  }

  /** Returns loss and metrics on a few rows with target rows. */
  public Evaluation testOnBatch(float[][] x, float[][] y) {
    return testOnBatch(Dataset.of(x, y));
  }

  /** Returns the outputs [N, C] for a small dataset: the numbers of predict, at less cost. */
  public Tensor predictOnBatch(Dataset batch) {
    return turns.take("predictOnBatch", () -> use.predict("predictOnBatch", batch, true));
  }

  /** Returns the outputs [N, C] for a few rows. */
  public Tensor predictOnBatch(float[][] x) {
    return predictOnBatch(Dataset.of(Tensor.of(x)));
  }

  /** Returns loss and metrics on a dataset. */
  public Evaluation evaluate(Dataset data) {
    return turns.take("evaluate", () -> use.evaluate("evaluate", data, false));
  }

  /**
   * Returns loss and metrics on the samples of a stream, once it has ended.
   *
   * @throws dev.sinter.errors.RunException when the thread is interrupted while it waits for them
   */
  public Evaluation evaluate(Stream data) {
    return turns.take("evaluate", () -> use.evaluate(data));
  }

  /** Returns loss and metrics on rows with class labels. */
  public Evaluation evaluate(float[][] x, int[] y) {
    return evaluate(Dataset.of(x, y));
  }

  /** Returns loss and metrics on rows with target rows. */
  public Evaluation evaluate(float[][] x, float[][] y) {
    return evaluate(Dataset.of(x, y));
  }

  /**
   * Returns how often samples of each class are taken for which class: the one with the largest
   * output, or of a single output class 1 if it is above 0.5. Labels are class indices or one-hot
   * rows.
   */
  public ConfusionMatrix confusionMatrix(Dataset data) {
    return turns.take("confusionMatrix", () -> use.confusionMatrix(data));
  }

  /** Returns the outputs [N, C] for a dataset; its labels, if any, are not looked at. */
  public Tensor predict(Dataset data) {
    return turns.take("predict", () -> use.predict("predict", data, false));
  }

  /**
   * Predicts for the samples of a stream, as long as there are some.
   *
   * @param outputs takes the outputs [n, C] of the next n samples, in order
   * @throws dev.sinter.errors.RunException when the thread is interrupted while it waits for them
   */
  public void predict(Stream data, Consumer<Tensor> outputs) {
    turns.take("predict", () -> use.predict(data, outputs));
  }

  /** Returns the outputs [N, C] for rows. */
  public Tensor predict(float[][] x) {
    return predict(Dataset.of(Tensor.of(x)));
  }

  /**
   * Returns the network with its weights as they are now, to predict with in any number of threads;
   * a callback may call it while the model trains. The model must be built.
   */
  public Predictor predictor() {
    return turns.take("predictor", compiled::predictor);
  }

  /**
   * Checks that a dataset fits the compiled model, as fit and evaluate do: width, labels, finite
   * numbers. For test data before a long training.
   *
   * @param where what the data is, for the message
   * @throws InputException when it does not fit
   */
  public void check(String where, Dataset data) {
    turns.take(where, () -> compiled.check(where, data));
  }

  /** Returns the layers in order, without an {@code Input}; the model must be built. */
  public List<ModelLayer> layers() {
    return turns.take("layers", () -> compiled.layers());
  }

  /** Returns the layer with a name. */
  public ModelLayer layer(String layerName) {
    return turns.take("layer", () -> compiled.layer(layerName));
  }

  /** Returns copies of all weights in the order of the layers: kernel [I, U], then bias [U]. */
  public List<Tensor> getWeights() {
    return List.copyOf(getNamedWeights().values());
  }

  /** Sets all weights, in the order and shapes of {@link #getWeights}. */
  public void setWeights(List<Tensor> values) {
    turns.take(
        "setWeights",
        () -> {
          TrainingState state = compiled.weights("setWeights");
          state.set(state.weights(), values);
        });
  }

  /** Returns copies of all weights by Keras's names, as in {@code dense/kernel}. */
  public Map<String, Tensor> getNamedWeights() {
    return turns.take("getWeights", () -> compiled.weights("getWeights").namedWeights());
  }

  /** Sets all weights by name; entries that are not weights of this model are left alone. */
  public void setNamedWeights(Map<String, Tensor> named) {
    turns.take(
        "setNamedWeights", () -> compiled.weights("setNamedWeights").setNamedWeights(name, named));
  }

  /**
   * Returns the model as files hold it: architecture, weights, what it is compiled for and what its
   * training has reached. The model must be built; a callback may call it while the model trains.
   */
  public SavedModel saved() {
    return turns.take("save", () -> ModelFiles.saved(name, compiled));
  }

  /**
   * Takes on the weights and what the training has reached of a saved model with this network; the
   * seed stays.
   *
   * @throws InputException when a name or a shape differs; nothing is changed then
   */
  public void restore(SavedModel saved) {
    turns.take("restore", () -> ModelFiles.takeOn(saved, compiled));
  }

  /**
   * Saves the model in the format that the file's name says: .keras, .h5, .onnx, ... The file is
   * written completely or not at all; an existing one is replaced.
   *
   * @throws InputException for a format that is not on the class path, a layer that it lacks, a
   *     model that is not built
   */
  public void save(Path file) {
    Formats.model(file).write(file, saved());
  }

  /**
   * Loads a model from a file that {@link #save} or another tool wrote. Where the file holds the
   * optimizer's state, training goes on where it was.
   *
   * @throws InputException for a file that is missing, damaged, or holds what Sinter lacks
   */
  public static Model load(Path file) {
    return of(Formats.model(file).read(file));
  }

  /** Creates the model that a format has read. */
  public static Model of(SavedModel saved) {
    return ModelFiles.restored(saved);
  }

  /** Saves the weights alone, in the format that the file's name says: .npz, .safetensors, ... */
  public void saveWeights(Path file) {
    WeightsFormat format = Formats.weights(file);
    format.write(file, getNamedWeights());
  }

  /**
   * Loads weights from a file of weights or of a whole model: by name where all of this model's
   * names are in it, else by place, where there are as many arrays of the same shapes.
   *
   * @throws InputException for a file that is missing or damaged, and for other shapes
   */
  public void loadWeights(Path file) {
    Map<String, Tensor> received =
        Formats.findModel(file)
            .map(format -> format.read(file).weights())
            .orElseGet(() -> Formats.weights(file).read(file));
    Map<String, int[]> shapes = new LinkedHashMap<>();
    getNamedWeights().forEach((weight, value) -> shapes.put(weight, value.shape()));
    setNamedWeights(WeightsByName.match(file.toString(), received, shapes));
  }

  /** Returns what the training has reached, array by array, to save it and to go on. */
  public TrainingState trainingState() {
    return turns.take("trainingState", () -> compiled.state("trainingState"));
  }

  /**
   * Returns the training program for a batch size and a number of label columns, to look at.
   *
   * @param fusion a backend's {@link Backend#fusion}, for the program as it runs it, or none
   */
  public Program trainingProgram(int batchSize, int labelColumns, Fusion fusion) {
    return turns.take(
        "trainingProgram", () -> compiled.trainingProgram(batchSize, labelColumns, fusion));
  }

  /** Prints what the model is made of, to standard output, as wide as the terminal allows. */
  public void summary() {
    System.out.print(summaryText(SummaryOptions.of(Terminal.detect())));
    System.out.flush();
  }

  /**
   * Returns what the model is made of: Keras's table of layers, and unless left out the shapes of
   * the weights, the optimizer's state and the memory.
   */
  public String summaryText(SummaryOptions options) {
    return turns.take("summary", () -> compiled.summary(options, compiled.fittedBatchSize()));
  }

  /** Returns the summary with the memory of a training step of some batch size. */
  public String summaryText(SummaryOptions options, int batchSize) {
    return turns.take("summary", () -> compiled.summary(options, batchSize));
  }

  /** Returns the learning rate of the next step. */
  public double learningRate() {
    return turns.take("learningRate", () -> compiled.state().learningRate());
  }

  /** Changes the learning rate from the next chunk of steps on. */
  public void setLearningRate(double value) {
    turns.take("setLearningRate", () -> compiled.learningRate(value));
  }

  /** Returns whether a schedule decides the learning rate; it then cannot be set. */
  public boolean isScheduled() {
    return turns.take("isScheduled", () -> compiled.isScheduled());
  }

  /** Returns the number of updates since the optimizer's state started. */
  public long iterations() {
    return turns.take("iterations", () -> compiled.state().iterations());
  }

  /** Returns the metrics that the model was compiled with; none before. */
  public List<Metric> metrics() {
    return turns.take(
        "metrics",
        () -> compiled.goals().stream().flatMap(goal -> goal.metrics().stream()).toList());
  }

  /**
   * Returns the names of what training reports: {@code loss}, then the metrics; of several outputs,
   * also the loss of each, and all but {@code loss} named after their output: {@code digit_loss},
   * {@code digit_accuracy}.
   */
  public List<String> resultNames() {
    return turns.take("resultNames", () -> compiled.resultNames());
  }

  /** Returns the metrics by the names of {@link #resultNames}. */
  public Map<String, Metric> namedMetrics() {
    return turns.take("namedMetrics", () -> Objective.namedMetrics(compiled.goals()));
  }

  /**
   * Ends the training under way. Called by a callback, after its epoch, or after its batch where
   * callbacks are told of batches; called by another thread, between two chunks of steps, within
   * about 100 ms and without the validation of that epoch, whose {@code val_} values in the history
   * are then NaN. An interrupt of the training thread does the same as another thread, and stays
   * set. The history holds what was done, and the model goes on from there. Never waits; does
   * nothing where no training is under way.
   */
  public void stopTraining() {
    compiled.stopTraining();
  }

  /** Gives the backend's memory back; used again, the model goes on where it was. */
  @Override
  public void close() {
    turns.take("close", () -> compiled.close());
  }
}
