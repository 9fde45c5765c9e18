package dev.sinter;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.data.Tensor;
import dev.sinter.distributed.Parts;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.InputException;
import dev.sinter.program.State;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * A training together with other processes, as its trainer sees it: what all processes have to do
 * at the same place, and what they decide together.
 */
final class Together {
  private static final long GOLDEN_RATIO = 0x9E3779B97F4A7C15L;
  private static final int PIECE = 1 << 14; // floats of a checksum at a time

  private final ProcessGroup group;
  private final Parts parts;
  private final CompiledModel compiled;
  private final Agreement agreement;
  private final GroupSteps steps;
  private final long rows;
  private final boolean validates;
  private final SortedMap<String, String> training; // see there
  private boolean stopped; // on all processes, after an epoch
  private boolean halted; // on all processes, at once

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
    this.parts = new Parts(data.batchSize(), group.size());
    requireAveraged(options.averageEvery(), options.checkpoint());
    long[] rowsByRank = agreement.gather(data.samples().size());
    this.rows = Arrays.stream(rowsByRank).sum();
    SortedMap<String, String> same = options(compiled, data, rows, options);
    agreement.requireEqual(same);
    for (int rank = 0; rank < rowsByRank.length; rank++) {
      if (rowsByRank[rank] != parts.rowsOf(rank, rows)) {
        throw InputException.of(
            "fit, group, rank " + rank,
            "%s of %s rows".formatted(parts.rowsOf(rank, rows), rows),
            rowsByRank[rank],
            "Deal out the rows as Parts says");
      }
    }
    SampleSet validation = data.validation();
    long[] validating = agreement.gather(validation == null ? 0 : validation.size());
    this.validates = Arrays.stream(validating).sum() > 0;
    this.training = same;
    training.put("data", "checksums " + fingerprints(data.samples()));
    training.put("validation", "samples " + Arrays.toString(validating));
    this.steps = new GroupSteps(group, parts, engine, targets, rows, options.averageEvery());
  }

  /** Returns the checksums of the data of all processes, by rank. */
  private String fingerprints(SampleSet samples) {
    CRC32 crc = new CRC32();
    crc.update(samples.fingerprint().getBytes(StandardCharsets.UTF_8));
    return Arrays.stream(agreement.gather(crc.getValue()))
        .mapToObj("%08x"::formatted)
        .collect(Collectors.joining(" "));
  }

  /** Returns what a training must have in common with the one that it goes on from. */
  SortedMap<String, String> training() {
    return training;
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

  /** Returns what must be the same on all processes, and in a training that goes on. */
  private static SortedMap<String, String> options(
      CompiledModel model, FitData data, long rows, Fit options) {
    SortedMap<String, String> same = Checkpointer.describe(model, data.batchSize(), rows, options);
    int every = options.averageEvery();
    same.put("processes", options.group().size() + (every == 0 ? "" : ", averaged every " + every));
    same.put("class weights", options.classWeight().toString());
    same.put("scale of the inputs", "" + data.samples().inputScale());
    same.put("weighted samples", "" + data.samples().isWeighted());
    return same;
  }

  /** Returns what must be the same on all processes of one call of fit. */
  private SortedMap<String, String> call(Fit options, int epoch) {
    SortedMap<String, String> same = new TreeMap<>();
    same.put("epochs", epoch + " to " + options.epochs());
    same.put("epochs with a validation", options.validationEpochs());
    same.put("resume", "" + (options.resume() != null));
    same.put("backend", compiled.backend().name());
    Checkpoint checkpoint = options.checkpoint();
    same.put(
        "checkpoint",
        checkpoint == null
            ? "none"
            : "every %s %s".formatted(checkpoint.every(), checkpoint.unit()));
    TrainingState state = compiled.state();
    same.put("counters", state.iterations() + ", " + state.epochs());
    same.put("values of the weights", "checksum " + checksum(state));
    return same;
  }

  private static String checksum(TrainingState state) {
    CRC32 crc = new CRC32();
    for (State.Block block : TrainingCheckpoint.BLOCKS) {
      for (Tensor array : state.block(block).values()) {
        float[] floats = array.toFloats();
        ByteBuffer bytes = ByteBuffer.allocate(PIECE * Float.BYTES);
        for (int i = 0; i < floats.length; i += PIECE) {
          int length = Math.min(PIECE, floats.length - i);
          bytes.clear().asFloatBuffer().put(floats, i, length);
          crc.update(bytes.limit(length * Float.BYTES));
        }
      }
    }
    return "%08x".formatted(crc.getValue());
  }

  /**
   * Checks before the first epoch that all processes are at the same place, and asks whether one of
   * them has ended the training already.
   *
   * @throws InputException on all processes when they are not
   */
  void begin(Fit options, int epoch) {
    agreement.requireEqual(call(options, epoch));
    agree();
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

  /**
   * Asks after an epoch whether one of the processes ends the training; checks that no callback has
   * led them apart.
   *
   * @throws InputException on all processes when the learning rate is not the same on all of them
   */
  void agree() {
    double[] sums =
        agreement.sum(List.of(compiled.isTrainingStopped() ? 1.0 : 0.0, wantsHalt() ? 1.0 : 0.0));
    stopped |= sums[0] > 0;
    halted |= sums[1] > 0;
    SortedMap<String, String> same = new TreeMap<>();
    same.put("learning rate", "" + compiled.state().learningRate());
    agreement.requireEqual(same);
  }

  /** Returns whether one of the processes has ended the training, as all of them know. */
  boolean isStopped() {
    return stopped;
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
