package dev.sinter.cuda;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.List;

/**
 * How the blocks of one cooperative kernel share a network with one hidden layer: see
 * kernels/epoch.cu.
 *
 * @param network the operations of a training step
 * @param blocks of each replica; each owns {@code slice} hidden units
 * @param replicas trained by one launch; several launches train more
 * @param slice hidden units of a block: 1, 2 or a multiple of 4
 * @param warps of a block
 * @param rows of the batch that a warp computes at a time
 * @param split lanes that share the gradient of a weight
 * @param ring rows of bytes that wait in shared memory; 0 if they are read from the dataset
 * @param sharedBytes dynamic shared memory of a block
 */
record EpochPlan(
    Network network,
    int blocks,
    int replicas,
    int slice,
    int warps,
    int rows,
    int split,
    int ring,
    int sharedBytes) {
  /** Static shared memory, plus the part of each block that CUDA reserves. */
  static final int STATIC_BYTES = 6 << 10;

  private static final int MOST_OUTPUTS = 128;

  /** With more, a thread has fewer than 255 registers, and its sums leave them. */
  private static final int MOST_WARPS = 8;

  /** Clock cycles until a load from L2 arrives: an assumption. */
  private static final int CACHE_CYCLES = 300;

  /** The most sums that a thread holds in registers. */
  private static final int MOST_SUMS = 64;

  /** A plan, or the reason why there is none. */
  record Answer(EpochPlan plan, String reason) {
    private static Answer no(String reason) {
      return new Answer(null, reason);
    }
  }

  /** The operations of a training step of a network with one hidden layer. */
  record Network(
      Program program,
      Op.Gather gather,
      Op.Dense hidden,
      Op.Dense output,
      Op.CrossEntropy loss,
      Op.Update update) {
    int inputs() {
      return hidden.x().shape().columns();
    }

    /** Returns the inputs of a row in shared memory, with the padding of its last word. */
    int pitch() {
      return inFours(inputs());
    }

    int units() {
      return hidden.output().shape().columns();
    }

    int outputs() {
      return output.output().shape().columns();
    }

    int batch() {
      return program.batch();
    }

    UpdateRule rule() {
      return update.rule();
    }

    /** Returns the network of a program, or null if it is another one. */
    private static Network of(Program program) {
      List<Op> ops = program.simpleOps();
      List<Op.Dense> layers = of(ops, Op.Dense.class);
      List<Op.DenseGradWeights> weights = of(ops, Op.DenseGradWeights.class);
      List<Op.DenseGradInput> inputs = of(ops, Op.DenseGradInput.class);
      if (ops.size() != 8
          || layers.size() != 2
          || weights.size() != 2
          || inputs.size() != 1
          || of(ops, Op.Gather.class).size() != 1
          || of(ops, Op.CrossEntropy.class).size() != 1
          || of(ops, Op.Update.class).size() != 1) {
        return null;
      }
      Network found =
          new Network(
              program,
              of(ops, Op.Gather.class).get(0),
              layers.get(0),
              layers.get(1),
              of(ops, Op.CrossEntropy.class).get(0),
              of(ops, Op.Update.class).get(0));
      return found.isConnected(inputs.get(0), weights) ? found : null;
    }

    private boolean isConnected(Op.DenseGradInput back, List<Op.DenseGradWeights> gradients) {
      State state = program.state();
      return hidden.x().equals(gather.x())
          && output.x().equals(hidden.output())
          && Op.DenseLoss.fits(output, loss, back)
          && loss.y().equals(gather.y())
          && gradients.stream()
              .allMatch(g -> isOf(g, hidden, back.dx()) || isOf(g, output, loss.dz()))
          && state.parameters().size()
              == 2 + (hidden.bias() == null ? 0 : 1) + (output.bias() == null ? 0 : 1)
          && program.results().stream().allMatch(this::isResult);
    }

    private boolean isOf(Op.DenseGradWeights gradient, Op.Dense layer, Value dz) {
      State state = program.state();
      return gradient.x().equals(layer.x())
          && gradient.dz().equals(dz)
          && gradient.dWeights().equals(state.gradientOf(layer.weights()))
          && (gradient.dBias() == null
              ? layer.bias() == null
              : gradient.dBias().equals(state.gradientOf(layer.bias())));
    }

    private boolean isResult(Value value) {
      return value.equals(loss.loss()) || value.equals(loss.correct());
    }

    private static <T extends Op> List<T> of(List<Op> ops, Class<T> type) {
      return ops.stream().filter(type::isInstance).map(type::cast).toList();
    }
  }

  /** Returns the threads of a block. */
  int threads() {
    return 32 * warps;
  }

  /** Returns the hidden units that a thread computes at a time. */
  int tile() {
    return tile(slice);
  }

  private static int tile(int slice) {
    return Math.min(4, slice);
  }

  /** Plans a program for a device. */
  static Answer of(Program program, DeviceProperties device, Precision precision) {
    Network network = Network.of(program);
    if (network == null) {
      return Answer.no("it is not the training of one hidden layer with a cross-entropy");
    } else if (!device.cooperative()) {
      return Answer.no("the blocks of a kernel cannot wait for each other on this device");
    } else if (network.outputs() > MOST_OUTPUTS) {
      return Answer.no(network.outputs() + " outputs are more than " + MOST_OUTPUTS);
    }
    int room = device.sharedBytesPerBlock() - STATIC_BYTES;
    int least = Integer.MAX_VALUE;
    for (int replicas = Math.min(program.replicas(), device.multiprocessors());
        replicas > 0;
        replicas--) {
      int slice = slice(network.units(), device.multiprocessors() / replicas);
      int bytes = 4 * floats(network, slice);
      least = Math.min(least, bytes);
      if (bytes <= room) {
        return new Answer(of(network, replicas, slice, bytes, room, precision), "");
      }
    }
    return Answer.no(
        "a block of the network needs %s bytes of shared memory, this device has %s"
            .formatted(least, room));
  }

  /** Returns the hidden units of each block, if at most so many blocks share them. */
  private static int slice(int units, int blocks) {
    int slice = (units + blocks - 1) / blocks;
    return slice <= 2 ? slice : (slice + 3) / 4 * 4;
  }

  /** Returns the floats of a block in shared memory, without the ring: as in kernels/epoch.cu. */
  private static int floats(Network network, int slice) {
    int slots = network.rule().slots().size();
    int weights = network.pitch() * slice;
    int rest = inFours(slice * network.outputs() + slice + network.outputs());
    return (1 + slots) * (weights + rest)
        + rest
        + inFours(network.batch() * slice)
        + inFours(Math.max(network.batch() * network.outputs(), slice))
        + inFours(network.batch());
  }

  private static int inFours(int floats) {
    return (floats + 3) / 4 * 4;
  }

  private static EpochPlan of(
      Network network, int replicas, int slice, int bytes, int room, Precision precision) {
    int batch = network.batch();
    int rows = Math.min(2 * batch, (room - bytes) / network.pitch());
    int ring = rows < batch ? 0 : rows;
    int blocks = (network.units() + slice - 1) / slice;
    int shared = bytes + ring * network.pitch();
    EpochPlan best = null;
    for (int warps = 4; warps <= MOST_WARPS; warps++) {
      if (32 * warps < network.outputs()) {
        continue;
      }
      for (int split = 1; split <= 4; split *= 2) {
        int most = MOST_SUMS / tile(slice);
        int turns = (batch + warps * most - 1) / (warps * most);
        int each = (batch + warps * turns - 1) / (warps * turns);
        EpochPlan plan =
            new EpochPlan(network, blocks, replicas, slice, warps, each, split, ring, shared);
        if (best == null || plan.cycles(precision) < best.cycles(precision)) {
          best = plan;
        }
      }
    }
    return best;
  }

  /**
   * Estimates the clock cycles of the two large products of a step on one multiprocessor: the
   * instructions that its four schedulers issue, one per cycle, and waiting, which more warps hide.
   */
  double cycles(Precision precision) {
    int words = network.pitch() / 4;
    int batch = network.batch();
    double warpsOfScheduler = Math.ceil(warps / 4.0);
    double each = warpsOfScheduler + 0.5; // the wait of one warp, half hidden by the others
    if (precision != Precision.FLOAT32) {
      int deep = precision == Precision.BF16 ? 2 : 1;
      double units = Math.ceil(slice / 8.0);
      double forward = turns(batch, 16 * warps) * turns(words, 4) * (30 + 16.0 / deep);
      double gradient = turns(words, 8 * warps) * turns(batch, 8 * deep) * (24 * deep + 16);
      return units * each * (forward + gradient);
    }
    int tile = tile();
    double tiles = (double) slice / tile;
    double perRow = 1 + 8 + 4 * tile; // a load, four conversions at half speed, the sums
    double forward =
        turns(batch, rows * warps) * (turns(words, 32) * (4 + rows * perRow) + rows * tile);
    double gradient =
        turns(words * split, 32 * warps) * (turns(batch, split) * (2 + 8 + 4 * tile) + 40);
    int groups = // of loads that wait for L2: all rows of a word, or four rows
        turns(batch, rows * warps) * turns(words, 32)
            + turns(words * split, 32 * warps) * turns(batch, 4 * split);
    return tiles * (each * (forward + gradient) + (ring > 0 ? 0 : CACHE_CYCLES * groups));
  }

  private static int turns(int items, int atOnce) {
    return (items + atOnce - 1) / atOnce;
  }

  /**
   * Estimates the clock cycles of the rest of a step: the losses of the rows of a block, one after
   * another, and the gradients of the last layer.
   */
  double otherCycles() {
    int batch = network.batch();
    int outputs = network.outputs();
    double losses = turns(batch, blocks) * 2500.0;
    double shares = turns(batch * outputs, threads()) * (2.0 * slice + 20);
    double gradients =
        turns((slice + 1) * outputs, warps) * (turns(batch, 32) * 8 + 60.0)
            + turns(batch * outputs, threads()) * 20.0
            + turns(batch * slice, threads()) * (2.0 * outputs + 20);
    return losses + shares + gradients;
  }

  /** Returns the steps of one launch, which must stay far below 100 ms on every device. */
  int stepsPerLaunch() {
    // In ns, at 1 GHz: instructions wait for memory, and two barriers.
    double slow = 4 * (cycles(Precision.FLOAT32) + otherCycles()) + 20_000;
    return (int) Math.max(1, Math.min(2048, 50e6 / slow));
  }

  @Override
  public String toString() {
    return "one cooperative kernel for up to %s steps per launch: %s blocks of %s threads%s, each with %s hidden units and %s bytes of shared memory%s"
        .formatted(
            stepsPerLaunch(),
            blocks,
            threads(),
            network.program().replicas() == 1 ? "" : " for each of " + replicas + " networks",
            slice,
            sharedBytes,
            ring == 0
                ? "; rows are read from the dataset"
                : "; " + ring + " rows of bytes fit into it");
  }
}
