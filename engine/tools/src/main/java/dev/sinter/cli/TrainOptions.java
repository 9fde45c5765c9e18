package dev.sinter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Precision;
import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import dev.sinter.optimizers.ExtendedOptimizer;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.Task;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The options of {@code train} that affect the result of the training. */
final class TrainOptions {
  private static final String FUSED = "fused"; // the default of the backend cuda

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "auto, cuda, onednn, nd4j or reference. Default: ${DEFAULT-VALUE}.")
  private String backend = "auto";

  @Option(
      names = "--device",
      paramLabel = "N|UUID",
      description =
          "The GPU: its index, or its UUID or the start of it, such as GPU-5e3c. Default: ${DEFAULT-VALUE}.")
  private String device = "0";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "CPU threads; 0 lets the backend choose. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--precision",
      paramLabel = "TYPE",
      description =
          "float32; on cuda also tf32 or bf16, on onednn bf16 if the CPU has it. Default: ${DEFAULT-VALUE}.")
  private String precision = Precision.FLOAT32.toString();

  @Option(
      names = "--cuda-ops",
      paramLabel = "WHO",
      description =
          "Who computes activation and softmax on cuda: fused (Sinter's kernels) or cudnn. Default: ${DEFAULT-VALUE}.")
  private String cudaOps = FUSED;

  @Option(names = "--epochs", paramLabel = "N", description = "Default: the recipe's.")
  private Integer epochs;

  @Option(names = "--batch-size", paramLabel = "N", description = "Default: the recipe's.")
  private Integer batchSize;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of initial weights and shuffles. Default: 1, or that of --model.")
  private Long seed;

  @Option(
      names = "--optimizer",
      paramLabel = "NAME",
      description =
          "sgd, momentum, nesterov, rmsprop, adam, adamw, adagrad, adadelta, adamax, nadam or lion."
              + " Default: the recipe's.")
  private String optimizerName;

  @Option(names = "--learning-rate", paramLabel = "X", description = "Default: the optimizer's.")
  private Double learningRate;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      description = "Units of the first layer. Default: the recipe's.")
  private Integer hidden;

  @Option(names = "--no-shuffle", description = "Keep the samples in order.")
  private boolean noShuffle;

  @Option(
      names = "--init",
      paramLabel = "FILE",
      description = "Start from the weights in this file, of weights or of a whole model.")
  private Path initialWeights;

  /** Takes on the settings that {@link #configuration} wrote. */
  void restore(JsonNode configuration) {
    backend = configuration.path("backend").asText(backend);
    device = configuration.path("device").asText(device);
    threads = configuration.path("threads").asInt(threads);
    precision = configuration.path("precision").asText(precision);
    cudaOps = configuration.path("cuda_ops").asText(cudaOps);
    epochs = integer(configuration, "epochs");
    batchSize = integer(configuration, "batch_size");
    noShuffle = !configuration.path("shuffle").asBoolean(true);
    seed = configuration.path("seed").asLong();
    JsonNode optimizer = configuration.path("optimizer");
    optimizerName = optimizer.path("name").asText(null);
    learningRate =
        optimizer.hasNonNull("learning_rate") ? optimizer.path("learning_rate").asDouble() : null;
    hidden = integer(configuration, "hidden");
    String init = configuration.path("init").asText("");
    initialWeights =
        init.isEmpty() || init.equals("null") ? null : Names.path("run.json, init", init);
  }

  private static Integer integer(JsonNode configuration, String field) {
    return configuration.hasNonNull(field) ? configuration.path(field).asInt() : null;
  }

  /** Takes a seed unless the command names one. */
  void seedOr(long otherwise) {
    seed = seed == null ? otherwise : seed;
  }

  /** Refuses an option that is for recipes. */
  void requireNoHidden() {
    if (hidden != null) {
      throw InputException.of(
          "--hidden " + hidden, "a recipe", "--model", "Change the units in the file");
    }
  }

  /** Creates the model of the task on the requested backend. */
  Model model(Task task) {
    Model model = task.model(hidden == null ? 0 : hidden);
    return model.seed(seed).backend(backend, options());
  }

  /** Returns the requested backend. */
  String backend() {
    return backend;
  }

  /** Returns the requested options of the backend. */
  BackendOptions options() {
    BackendOptions options =
        BackendOptions.DEFAULT.device(device).threads(threads).precision(Precision.of(precision));
    return cudaOps.equalsIgnoreCase(FUSED) ? options : options.option("cuda.ops", cudaOps);
  }

  /** Sets the initial weights if a file is given. */
  void initialize(Model model) {
    if (initialWeights != null) {
      model.loadWeights(initialWeights);
    }
  }

  long seed() {
    return seed;
  }

  /** Returns the optimizer; one of the task's own name has the task's settings. */
  Optimizer optimizer(Task task) {
    Optimizer own = task.defaultOptimizer();
    boolean same = optimizerName == null || optimizerName.equalsIgnoreCase(own.name());
    Optimizer optimizer = same ? own : Optimizer.of(optimizerName);
    return learningRate == null ? optimizer : optimizer.learningRate(learningRate);
  }

  Fit fit(Task task) {
    Names.requirePositive("--hidden", hidden);
    Fit fit = task.fit(epochs == null ? task.epochs() : epochs);
    fit = batchSize == null ? fit : fit.batchSize(batchSize);
    return noShuffle ? fit.shuffle(false) : fit;
  }

  /** Returns the requested settings, with the defaults of the task for the others. */
  ObjectNode configuration(Task task, Model model) {
    ObjectNode json = Json.object();
    json.put("backend", backend.toLowerCase(Locale.ROOT));
    if (device.matches("\\d+")) {
      json.put("device", Integer.parseInt(device));
    } else {
      json.put("device", device);
    }
    json.put("threads", threads);
    json.put("precision", Precision.of(precision).toString());
    json.put("cuda_ops", cudaOps.toLowerCase(Locale.ROOT));
    Fit fit = fit(task);
    json.put("epochs", fit.epochs());
    json.put("batch_size", fit.batchSize());
    json.put("shuffle", fit.shuffle());
    json.put("seed", seed);
    ObjectNode optimizer = json.putObject("optimizer");
    String typed = optimizerName == null ? task.defaultOptimizer().name() : optimizerName;
    KnownNames<String> names = KnownNames.of("optimizer", Optimizer.names(), name -> name);
    optimizer.put("name", names.get(typed));
    Optimizer used = optimizer(task);
    boolean scheduled =
        used instanceof ExtendedOptimizer extended && extended.options().schedule() != null;
    optimizer.put(
        "learning_rate", scheduled ? null : used.learningRate()); // restored as a constant
    json.put("hidden", task instanceof Recipe ? model.layers().get(0).outputs() : null);
    json.put("init", initialWeights == null ? null : initialWeights.toAbsolutePath().toString());
    return json;
  }
}
