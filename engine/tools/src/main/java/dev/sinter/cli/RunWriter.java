package dev.sinter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.ModelLayer;
import dev.sinter.backend.Backend;
import dev.sinter.bench.Machine;
import dev.sinter.callbacks.CSVLogger;
import dev.sinter.callbacks.TensorBoard;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.RunException;
import dev.sinter.errors.SinterException;
import dev.sinter.io.AtomicFile;
import dev.sinter.runs.Run;
import dev.sinter.runs.RunFolder;
import dev.sinter.runs.RunProcess;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a run folder during training; {@link RunFolder} reads it.
 *
 * <p>Nothing is written before all settings of the training have been checked. From then on
 * run.json says "running", until {@link #finish} or {@link #fail}, or the end of the JVM: a signal
 * such as Ctrl-C makes it a failure. Used by one thread and by the shutdown hook of the JVM.
 */
final class RunWriter implements Callback {
  private static final Logger LOG = LoggerFactory.getLogger(RunWriter.class);

  /** The approximate number of times that distributions and images of the weights are written. */
  private static final int WEIGHT_EVENTS = 10;

  private final Path folder;
  private final ObjectNode json = Json.object();
  private final Thread hook =
      new Thread(() -> fail("ended from outside (Ctrl-C or another signal)"), "run.json");
  private final boolean resumed;
  private final Map<Path, AtomicFile.Content> further;
  private boolean running;
  private Backend backend; // set when the training begins

  /**
   * Creates the writer of a run that begins now.
   *
   * @param folder empty, or can be created
   * @param configuration the requested settings
   * @param resumed whether the folder holds the run already, which goes on
   * @param further files that it begins with
   */
  RunWriter(
      Path folder,
      String recipe,
      ObjectNode configuration,
      boolean resumed,
      Map<Path, AtomicFile.Content> further) {
    this.further = further;
    this.folder = folder;
    this.resumed = resumed;
    json.put("format", RunFolder.FORMAT);
    json.put("name", name(folder));
    json.put("status", Run.Status.RUNNING.toString());
    json.put("started", resumed ? RunFolder.read(folder).started().toString() : now());
    if (resumed) {
      json.put("resumed", now());
    }
    RunProcess process = RunProcess.current();
    ObjectNode own = json.putObject("process");
    own.put("id", process.id());
    own.put("host", process.host());
    own.put("started", process.started() == null ? null : process.started().toString());
    json.put("recipe", recipe);
    json.set("configuration", configuration);
  }

  /** Returns the name of the run, which is that of its folder. */
  private static String name(Path folder) {
    return String.valueOf(folder.toAbsolutePath().normalize().getFileName());
  }

  String name() {
    return json.path("name").textValue();
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  /**
   * Adds the callbacks that write the folder.
   *
   * @param validation evaluated after each epoch, for the curves, unless a part of the training
   *     samples is; null for none
   */
  Fit attach(Fit fit, Dataset validation) {
    int every = Math.max(1, (fit.epochs() + WEIGHT_EVENTS - 1) / WEIGHT_EVENTS);
    Fit validated = fit.validationSplit() > 0 ? fit : fit.validationData(validation);
    return validated
        .callback(this)
        .callback(new CSVLogger(folder.resolve(RunFolder.HISTORY)))
        .callback(new TensorBoard(folder).histogramEveryEpochs(every).writeImages(true));
  }

  /** Creates the folder and its first files. */
  @Override
  public synchronized void onTrainBegin(Model model) {
    if (!resumed) {
      OutFolder.requireEmpty(folder); // again: another training may have been faster
    }
    describe(model);
    Map<Path, AtomicFile.Content> files = new LinkedHashMap<>(further);
    files.put(folder.resolve(RunFolder.RUN), Json.content(json));
    OutFolder.fill(folder, files);
    running = true;
    Runtime.getRuntime().addShutdownHook(hook);
  }

  private void describe(Model model) {
    backend = model.openBackend();
    ObjectNode machine = json.putObject("machine");
    machine.put("cpu", Machine.cpu());
    machine.put("cores", Machine.cores());
    machine.put("memory_bytes", Machine.memoryBytes());
    machine.put("os", Machine.os());
    machine.put("java", Machine.java());
    Machine.versions(backend.name()).forEach(json.putObject("versions")::put);
    ArrayNode network = json.putArray("network");
    long parameters = 0;
    for (ModelLayer layer : model.layers()) {
      ObjectNode node = network.addObject();
      node.put("layer", layer.name());
      node.put("type", layer.layer().className());
      node.put("units", layer.outputs());
      ArrayNode shapes = node.putArray("shapes");
      for (Tensor weight : layer.getWeights()) {
        shapes.add(Json.<JsonNode>of(weight.shape()));
      }
      parameters += layer.parameterCount();
    }
    json.put("parameters", parameters);
  }

  /**
   * Ends a successful run: writes its files, all or none, then its figures, then the results.
   *
   * @param write writes the files
   * @throws RunException if something cannot be written; a run without figures is still complete
   */
  synchronized void finish(
      Runnable write, Supplier<Map<String, Supplier<BufferedImage>>> figures, ObjectNode results) {
    if (!running) {
      return; // a signal came first
    }
    write.run();
    RunException problem = null;
    try {
      OutFolder.draw(folder.resolve(RunFolder.FIGURES), figures.get());
    } catch (RuntimeException | LinkageError cause) { // an incomplete Java installation cannot draw
      problem =
          new RunException(
              "%s The run is complete except for its figures: sinter plot %s draws them."
                  .formatted(reason(cause), folder),
              cause);
    }
    json.set("results", results);
    boolean elsewhere = results.has("workers"); // the choices here are those of the evaluation
    if (!elsewhere && !backend.choices().isEmpty()) {
      ObjectNode choices = json.putObject("choices");
      new TreeMap<>(backend.choices()).forEach(choices::put);
    }
    end(Run.Status.FINISHED);
    if (problem != null) {
      throw problem;
    }
  }

  /** Ends the run with the reason of its failure, if it has begun. */
  void fail(Throwable cause) {
    if (!isShuttingDown()) { // else the hook knows why the run ends
      fail(reason(cause));
    }
  }

  private static boolean isShuttingDown() {
    try {
      Thread nothing = new Thread();
      Runtime.getRuntime().addShutdownHook(nothing);
      Runtime.getRuntime().removeShutdownHook(nothing);
      return false;
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private static String reason(Throwable cause) {
    if (cause instanceof OutOfMemoryError) {
      return "not enough memory";
    }
    return cause instanceof SinterException ? cause.getMessage() : "unexpected " + cause + ".";
  }

  private synchronized void fail(String reason) {
    if (!running) {
      return;
    }
    json.put("reason", reason);
    json.remove("results"); // only finished runs have results
    try {
      end(Run.Status.FAILED);
    } catch (SinterException alsoHere) {
      LOG.debug("{} stays as it is", folder, alsoHere); // the original failure is reported
    }
  }

  private void end(Run.Status status) {
    json.put("status", status.toString());
    json.put("ended", now());
    AtomicFile.write(folder.resolve(RunFolder.RUN), Json.content(json));
    running = false;
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException shuttingDown) {
      LOG.debug("{} ended with the JVM", folder);
    }
  }
}
