package dev.sinter;

import dev.sinter.TrainingCheckpoint.OfCallback;
import dev.sinter.TrainingCheckpoint.Place;
import dev.sinter.compile.Goal;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.errors.SinterException;
import dev.sinter.losses.ElementwiseLoss;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Fusion;
import dev.sinter.program.Program;
import dev.sinter.program.ProgramPrinter;
import dev.sinter.program.State;
import dev.sinter.saving.Compilation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the checkpoints of one training, and reads the one that it goes on from. The state is
 * copied between two chunks of steps; a thread of its own writes it while training goes on. At most
 * one is being written: the next one waits for it.
 */
final class Checkpointer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);

  private final CompiledModel model;
  private final @Nullable Checkpoint plan; // null: none is written
  private final boolean writes;
  private final SortedMap<String, String> training;
  private final List<Callback> callbacks;
  private final @Nullable CheckpointFolder folder; // to write to
  private @Nullable ExecutorService writer; // null until one is written
  private @Nullable Future<?> pending; // the one that is being written
  private long savedNanos = System.nanoTime();

  /**
   * Checks the folders.
   *
   * @throws InputException when the folder holds another training
   */
  Checkpointer(CompiledModel model, FitData data, Fit options) {
    this(model, options, true, () -> describe(model, data, options));
  }

  /**
   * Checks the folders.
   *
   * @param writes false: this process of a group writes nothing
   * @param description what a training must have in common with the one that it goes on from
   */
  Checkpointer(
      CompiledModel model,
      Fit options,
      boolean writes,
      Supplier<SortedMap<String, String>> description) {
    this.writes = writes;
    this.model = model;
    this.plan = options.checkpoint();
    this.callbacks = options.callbacks();
    this.training = plan == null && options.resume() == null ? new TreeMap<>() : description.get();
    this.folder = plan == null || !writes ? null : new CheckpointFolder(plan.folder());
    if (plan != null && folder != null) {
      requireOwn(plan.folder(), options.resume());
    }
  }

  /** Makes the folder ready; callbacks have begun, and may have created the folder around it. */
  void begin() {
    if (folder != null) {
      folder.prepare();
    }
  }

  private static void requireOwn(Path folder, @Nullable Path resume) {
    boolean resumed =
        resume != null
            && resume.toAbsolutePath().normalize().equals(folder.toAbsolutePath().normalize());
    if (!resumed && Checkpoint.isIn(folder)) {
      throw InputException.of(
          "fit, checkpoint",
          "a folder without checkpoints of another training",
          folder,
          "Go on from them with resume, or choose another folder");
    }
  }

  /** Returns what a training must have in common with the one that it goes on from. */
  private static SortedMap<String, String> describe(
      CompiledModel model, FitData data, Fit options) {
    SortedMap<String, String> common =
        describe(model, data.batchSize(), data.samples().size(), options);
    common.put("data", data.samples().fingerprint());
    SampleSet validation = data.validation();
    common.put("validation", validation == null ? "none" : validation.size() + " samples");
    return common;
  }

  /**
   * Returns what a training is, but for the values of its data.
   *
   * @param samples to train on, or {@link Windows#UNKNOWN}
   */
  static SortedMap<String, String> describe(
      CompiledModel model, int batchSize, long samples, Fit options) {
    SortedMap<String, String> common = new TreeMap<>();
    common.put("samples", "" + samples);
    Integer steps = options.stepsPerEpoch();
    common.put("batch size", batchSize + (steps == null ? "" : ", " + steps + " steps an epoch"));
    common.put("shuffle", "" + options.shuffle());
    common.put("seed", "" + model.state().seed());
    Map<String, String> weights = new LinkedHashMap<>();
    model.state().weights().forEach(value -> weights.put(value.name(), value.shape().toString()));
    common.put("weights", weights.toString());
    Compilation compilation = model.compilation();
    if (compilation != null) {
      int rows = samples == Windows.UNKNOWN ? batchSize : (int) Math.min(batchSize, samples);
      Program step = model.trainingProgram(rows, model.labelColumns(), Fusion.NONE);
      common.put("what a step does", "operations %08x".formatted(crc(ProgramPrinter.print(step))));
      Optimizer optimizer = compilation.optimizer();
      common.put(
          "optimizer",
          "%s (formulas %08x)".formatted(optimizer.name(), crc(optimizer.rule().toString())));
      List<Goal> goals = compilation.goals();
      common.put("loss", goals.stream().map(Checkpointer::loss).collect(Collectors.joining(", ")));
      List<String> results = model.resultNames();
      common.put("metrics", results.subList(1, results.size()).toString());
    }
    return common;
  }

  private static String loss(Goal goal) {
    return describe(goal.loss()) + (goal.weight() == 1 ? "" : " * " + goal.weight());
  }

  /** Returns what tells a loss from others, its options too. */
  private static String describe(Loss loss) {
    return loss instanceof ElementwiseLoss own
        ? "%s (formulas %08x)".formatted(loss.name(), crc(own.element() + " " + own.derivative()))
        : loss.toString();
  }

  private static long crc(String text) {
    CRC32 crc = new CRC32();
    crc.update(text.getBytes(StandardCharsets.UTF_8));
    return crc.getValue();
  }

  /**
   * Returns the checkpoint to go on from; null where the training starts from the beginning.
   *
   * @param samples of the training data
   * @param sums the number of floats that a step appends to its results
   * @throws InputException when it is of another training, or all are damaged
   */
  @Nullable TrainingCheckpoint resumed(@Nullable Path from, long samples, int sums) {
    if (from == null) {
      return null;
    }
    TrainingCheckpoint found = new CheckpointFolder(from).newest();
    if (found == null) {
      LOG.info("no checkpoint in {}: the training starts from the beginning", from);
      return null;
    }
    for (Map.Entry<String, String> entry : training.entrySet()) {
      String then = found.training().get(entry.getKey());
      if (!entry.getValue().equals(then)) {
        throw InputException.of(
            "resume from " + from + ", " + entry.getKey(),
            then,
            entry.getValue(),
            "Resume with the data, network and options of the training that was stopped");
      }
    }
    if (samples != Windows.UNKNOWN && found.place().row() > samples
        || found.place().within() && found.place().sums().size() != sums) {
      throw InputException.of(
          "resume from " + from,
          "a place within the data",
          found.place(),
          "Remove the newest checkpoint: the one before is used then");
    }
    String backend = model.backend().name();
    if (!found.backend().equals(backend)) {
      LOG.warn(
          "the training in {} ran on {} and goes on on {}: its results will differ in the last digits",
          from,
          found.backend(),
          backend);
    }
    return found;
  }

  /** Gives the callbacks their states back, by their classes and in order. */
  void restoreCallbacks(TrainingCheckpoint checkpoint) {
    List<OfCallback> states = new ArrayList<>(checkpoint.callbacks());
    for (Callback callback : callbacks) {
      for (OfCallback each : states) {
        if (each.type().equals(callback.getClass().getName())) {
          states.remove(each);
          callback.restore(each.state());
          break;
        }
      }
    }
    if (!states.isEmpty() && writes) {
      LOG.warn(
          "the training that goes on had callbacks that are missing now: {}",
          states.stream().map(OfCallback::type).toList());
    }
  }

  /** Returns how many steps may run before a checkpoint is due, at least 1. */
  int stepsLeft(long iterations) {
    if (plan == null || plan.unit() != Checkpoint.Unit.STEPS) {
      return Integer.MAX_VALUE;
    }
    // A power of two, as all chunks: backends prepare something for each length.
    return Integer.highestOneBit((int) (plan.every() - iterations % plan.every()));
  }

  /** Returns whether a checkpoint is due after a chunk of steps. */
  boolean isDueWithin(long iterations) {
    return plan != null
        && (plan.unit() == Checkpoint.Unit.STEPS ? iterations % plan.every() == 0 : isTime(plan));
  }

  /** Returns whether a checkpoint is due after an epoch, counted from 0. */
  boolean isDueAfter(int epoch) {
    return plan != null
        && (plan.unit() == Checkpoint.Unit.EPOCHS ? (epoch + 1) % plan.every() == 0 : isTime(plan));
  }

  private boolean isTime(Checkpoint due) {
    return due.unit() == Checkpoint.Unit.SECONDS
        && System.nanoTime() - savedNanos >= due.every() * 1_000_000_000L;
  }

  /**
   * Copies the state and has it written.
   *
   * @throws SinterException when the one before could not be written, and training is to end then
   */
  void save(Place place, History history) {
    CheckpointFolder target = folder;
    if (target == null) {
      return; // rank 0 of a group writes
    }
    finishPending();
    TrainingCheckpoint checkpoint = snapshot(place, history);
    if (writer == null) {
      writer =
          Executors.newSingleThreadExecutor(
              task -> {
                Thread thread = new Thread(task, "sinter-checkpoint");
                thread.setDaemon(true);
                return thread;
              });
    }
    pending = writer.submit(() -> target.write(checkpoint));
    savedNanos = System.nanoTime();
  }

  private TrainingCheckpoint snapshot(Place place, History history) {
    TrainingState state = model.state();
    Map<State.Block, Map<String, Tensor>> blocks = new LinkedHashMap<>();
    TrainingCheckpoint.BLOCKS.forEach(block -> blocks.put(block, state.block(block)));
    List<OfCallback> states = new ArrayList<>();
    for (Callback callback : callbacks) {
      CallbackState own = callback.state();
      if (own != null) {
        states.add(new OfCallback(callback.getClass().getName(), own));
      }
    }
    return new TrainingCheckpoint(
        training,
        model.backend().name(),
        blocks,
        state.iterations(),
        state.epochs(),
        state.learningRate(),
        state.seed(),
        state.inputScale(),
        place,
        history.record(),
        states);
  }

  private void finishPending() {
    Future<?> writing = pending;
    pending = null;
    if (writing == null || plan == null) {
      return;
    }
    boolean interrupted = false;
    try {
      while (true) {
        try {
          writing.get();
          return;
        } catch (InterruptedException e) {
          interrupted = true; // ends the training at its next chunk; the file is finished first
        }
      }
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof SinterException problem)) {
        throw new IllegalStateException(e.getCause());
      }
      if (plan.onFailure() == Checkpoint.OnFailure.STOP) {
        throw problem;
      }
      LOG.warn("{} The training goes on; the checkpoints before stay.", problem.getMessage());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Waits for the last checkpoint. */
  @Override
  public void close() {
    try {
      finishPending();
    } finally {
      if (writer != null) {
        writer.shutdown();
      }
    }
  }
}
