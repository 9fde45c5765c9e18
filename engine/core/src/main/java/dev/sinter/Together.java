package dev.sinter;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.data.Tensor;
import dev.sinter.distributed.Parts;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.InputException;
import dev.sinter.program.State;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A training together with other processes, as its trainer sees it: what all processes have to do
 * at the same place, and what they decide together.
 */
final class Together {
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;

  private final ProcessGroup group;
  private final Parts parts;
  private final CompiledModel compiled;
  private final Agreement agreement;
  private final GroupSteps steps;
  private final long rows;
  private final boolean validates;
  private boolean halted; // on all processes

  /**
   * Checks with the others that they train the same model in the same way.
   *
   * @throws InputException on all processes when they do not, or when one has other rows than
   *     {@link Parts} gives it
   */
  Together(
      ProcessGroup group,
      CompiledModel compiled,
      Engine engine,
      FitData data,
      Fit options,
      Targets targets) {
    this.group = group;
    this.compiled = compiled;
    this.agreement = new Agreement(group);
    agreement.requireEqual(options(compiled, data, options));
    this.parts = new Parts(data.batchSize(), group.size());
    requireAveraged(options.averageEvery(), options.checkpoint());
    long[] rowsByRank = agreement.gather(data.samples().size());
    this.rows = Arrays.stream(rowsByRank).sum();
    for (int rank = 0; rank < rowsByRank.length; rank++) {
      if (rowsByRank[rank] != parts.rowsOf(rank, rows)) {
        throw InputException.of(
            "fit, group, rank " + rank,
            "%s of %s rows".formatted(parts.rowsOf(rank, rows), rows),
            rowsByRank[rank],
            "Deal out the rows as Parts says");
      }
    }
    long[] validating = agreement.gather(data.validation() == null ? 0 : 1);
    this.validates = Arrays.stream(validating).sum() > 0;
    this.steps = new GroupSteps(group, parts, engine, targets, options.averageEvery());
  }

  /** Checkpoints hold the state of all processes: they come where it is equal. */
  private static void requireAveraged(int averageEvery, @Nullable Checkpoint checkpoint) {
    if (averageEvery > 0
        && checkpoint != null
        && checkpoint.unit() == Checkpoint.Unit.STEPS
        && checkpoint.every() % averageEvery != 0) {
      throw InputException.of(
          "fit, group, checkpoint",
          "a multiple of the %s steps between averages".formatted(averageEvery),
          checkpoint.every() + " steps",
          "Correct one of the two");
    }
  }

  /** Returns what must be the same on all processes. */
  private static SortedMap<String, String> options(CompiledModel model, FitData data, Fit options) {
    SortedMap<String, String> same = Checkpointer.describe(model, data.batchSize(), options);
    TrainingState state = model.state();
    same.put("epochs", options.initialEpoch() + " to " + options.epochs());
    same.put("scale of the inputs", "" + data.samples().inputScale());
    same.put("weighted samples", "" + data.samples().isWeighted());
    same.put("learning rate", "" + state.learningRate());
    same.put("counters", "" + state.iterations() + ", " + state.epochs());
    same.put("resume", "" + (options.resume() != null));
    Checkpoint checkpoint = options.checkpoint();
    same.put(
        "checkpoint",
        checkpoint == null
            ? "none"
            : "every %s %s".formatted(checkpoint.every(), checkpoint.unit()));
    CRC32 crc = new CRC32();
    for (State.Block block : TrainingCheckpoint.BLOCKS) {
      for (Map.Entry<String, Tensor> array : state.block(block).entrySet()) {
        for (float value : array.getValue().toFloats()) {
          int bits = Float.floatToIntBits(value);
          for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
            crc.update(bits >> shift);
          }
        }
      }
    }
    same.put("values of the weights", "checksum %08x".formatted(crc.getValue()));
    return same;
  }

  /** Returns the number of samples of all processes. */
  long rows() {
    return rows;
  }

  boolean isFirst() {
    return group.rank() == 0;
  }

  /** Returns the seed of this process's shuffles and random operations; on rank 0 the model's. */
  long seed() {
    return compiled.state().seed() ^ group.rank() * GOLDEN_RATIO;
  }

  SampleCursor cursor(Windows samples) {
    return new PartCursor(samples, parts, group.rank(), rows);
  }

  List<Engine.Request> requests() {
    return steps.requests(rows);
  }

  /** Gives the checkpoint of rank 0 to all. */
  @Nullable TrainingCheckpoint resumed(@Nullable TrainingCheckpoint own) {
    return agreement.fromRank0(own);
  }

  int stepsAtOnce(long iterations) {
    return steps.atOnce(iterations);
  }

  /** Runs a chunk; training is halted at its end where one process wants that. */
  void run(int batch, Feed feed, Chunk chunk, float[] results) {
    halted |= steps.run(batch, feed, chunk, results, wantsHalt());
  }

  private boolean wantsHalt() {
    return compiled.isTrainingHalted();
  }

  /** Returns whether all processes end the training at once. */
  boolean isHalted() {
    return halted;
  }

  /** Returns whether one of the processes ends the training after this epoch. Asked by all. */
  boolean isStopped() {
    double[] sums =
        agreement.sum(List.of(compiled.isTrainingStopped() ? 1.0 : 0.0, wantsHalt() ? 1.0 : 0.0));
    halted |= sums[1] > 0;
    return sums[0] > 0;
  }

  /** Returns whether some process has validation data. */
  boolean validates() {
    return validates;
  }

  /** Replaces the results of a validation by those of all processes. */
  void sum(StepResults results) {
    List<Double> own = new ArrayList<>(results.sums());
    own.add((double) results.samples());
    own.add(wantsHalt() ? 1.0 : 0.0);
    double[] all = agreement.sum(own);
    boolean cut = all[all.length - 1] > 0;
    halted |= cut;
    results.replace(all, cut ? 0 : (long) all[all.length - 2]);
  }

  double waitingSeconds() {
    return steps.waitingSeconds();
  }
}
