package dev.sinter.onednn;

import dev.sinter.backend.host.HostSamples;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.io.TimingCache;
import dev.sinter.onednn.Primitives.PrimitiveStep;
import dev.sinter.onednn.SparseProducts.Layer;
import dev.sinter.program.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Chooses which columns of a dataset the products of a first layer treat as dense. The ways are
 * timed once for a shape, a density and a number of threads, on {@value #ROWS} samples of the
 * dataset and on separate memory; the choice is kept on disk for later processes, so that the same
 * training gives the same bits again.
 */
final class SparseChoice {
  /** A share of samples: columns of at least this density are dense. */
  private enum Way {
    DENSE("dense", 0),
    SIXTH("sparse below density 1/6", 1 / 6.0),
    ALL("sparse", 2);

    private final String text;
    private final double share;

    Way(String text, double share) {
      this.text = text;
      this.share = share;
    }

    int width(ColumnDensity density) {
      return density.columnsFrom(share);
    }
  }

  private static final String AUTO = "auto";
  private static final String OFF = "off";
  private static final int ROWS = 128;
  private static final int FEWEST_RUNS = 4;
  private static final int MOST_RUNS = 30;
  private static final long TIMING_NANOS = 30_000_000;

  /** Below, the products are too small a part of a step. */
  private static final int FEWEST_WEIGHTS = 1 << 15;

  /** Above, no way but the dense one was ever the fastest. */
  private static final double DENSEST = 0.5;

  /** What gathering and transposing a value outside the matrix takes, measured. */
  private static final double NANOS_PER_VALUE = 5;

  /** Sparse products must win by this factor, since the order of sums changes with them. */
  private static final double ADVANTAGE = 1.05;

  private final int threads;
  private final TimingCache choices;
  private final String option;

  /**
   * Creates a chooser.
   *
   * @param option auto, off, or the density from which columns are dense, whatever it costs
   * @throws InputException for another option
   */
  SparseChoice(int threads, TimingCache choices, String option) {
    this.threads = threads;
    this.choices = choices;
    this.option = option == null ? AUTO : option.toLowerCase(Locale.ROOT);
    if (!this.option.equals(AUTO) && !this.option.equals(OFF) && !(share(this.option) >= 0)) {
      throw InputException.of(
          "option " + SparseInputs.OPTION,
          "auto, off, or a density of at least 0",
          option,
          "Leave the option out to let Sinter choose");
    }
  }

  private static double share(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return Double.NaN;
    }
  }

  /**
   * Returns the number of columns, the densest first, that dense products take.
   *
   * @param weights [I, U]
   * @return from 1 to I; I for dense products alone
   */
  int width(HostSamples samples, ColumnDensity density, Shape weights) {
    if (option.equals(OFF)) {
      return weights.rows();
    }
    if (!option.equals(AUTO)) {
      return density.columnsFrom(share(option));
    }
    if (weights.size() < FEWEST_WEIGHTS || density.mean() > DENSEST || density.samples() < ROWS) {
      return weights.rows();
    }
    String key =
        String.format(
            Locale.ROOT,
            "first layer %d x %d, density %.2f, %d threads",
            weights.rows(),
            weights.columns(),
            density.mean(),
            threads);
    Way known = way(choices.get(key));
    if (known == null) {
      Way fastest = fastest(samples, density, weights);
      if (fastest == null) { // no memory for a timing now: maybe later
        return weights.rows();
      }
      known = way(choices.putIfAbsent(key, fastest.text));
      if (known == null) { // kept by another version
        choices.put(key, fastest.text);
        known = fastest;
      }
    }
    return known.width(density);
  }

  private static Way way(String text) {
    return Arrays.stream(Way.values())
        .filter(way -> way.text.equals(text))
        .findFirst()
        .orElse(null);
  }

  /** Returns the fastest way; null if there is no memory to time it. */
  private Way fastest(HostSamples samples, ColumnDensity density, Shape weights) {
    NativeOwner owner = new NativeOwner();
    Threads.set(threads);
    try {
      return fastest(samples, density, weights, owner);
    } catch (RunException | OutOfMemoryError e) { // the training itself may do with less
      return null;
    } finally {
      Threads.set(Threads.standard());
      owner.run();
    }
  }

  /** Times each way in turns, and returns the one whose fastest run was the fastest. */
  private static Way fastest(
      HostSamples samples, ColumnDensity density, Shape weights, NativeOwner owner) {
    HostSamples some = some(samples);
    Primitives primitives = new Primitives(owner);
    Layer layer = layer(weights, owner);
    InnerProducts products = new InnerProducts(primitives);
    PrimitiveStep forward =
        products.forward(
            Matrix.of(layer.x()),
            Matrix.of(layer.weights()),
            null,
            Matrix.of(layer.output()),
            new PostOps());
    PrimitiveStep gradWeights =
        products.gradWeights(
            Matrix.of(layer.x()), Matrix.of(layer.dz()), Matrix.of(layer.dWeights()), null);
    List<Candidate> candidates = new ArrayList<>();
    candidates.add(
        new Candidate(
            Way.DENSE,
            0,
            () -> {
              forward.execute();
              gradWeights.execute();
            }));
    for (Way way : Way.values()) {
      int width = way.width(density);
      if (width < weights.rows()) {
        Candidate sparse = sparse(way, some, density, width, layer, primitives, owner);
        if (sparse == null) {
          return Way.DENSE;
        }
        candidates.add(sparse);
      }
    }
    primitives.finish();
    candidates.forEach(candidate -> candidate.products.run()); // fills the caches
    long start = System.nanoTime();
    for (int run = 0;
        run < FEWEST_RUNS || run < MOST_RUNS && System.nanoTime() - start < TIMING_NANOS;
        run++) {
      candidates.forEach(Candidate::time);
    }
    Candidate best = candidates.get(0);
    for (Candidate candidate : candidates) {
      if (candidate.nanos * ADVANTAGE < best.nanos) {
        best = candidate;
      }
    }
    return best.way;
  }

  /** Products to time. */
  private static final class Candidate {
    private final Way way;
    private final double gather; // ns
    private final Runnable products;
    private double nanos = Double.POSITIVE_INFINITY; // of the fastest run, with the gather

    Candidate(Way way, double gather, Runnable products) {
      this.way = way;
      this.gather = gather;
      this.products = products;
    }

    void time() {
      long start = System.nanoTime();
      products.run();
      nanos = Math.min(nanos, System.nanoTime() - start + gather);
    }
  }

  private static Layer layer(Shape weights, NativeOwner owner) {
    Shape x = new Shape(ROWS, weights.rows());
    Shape output = new Shape(ROWS, weights.columns());
    long floats = x.replicaStride() + 2L * weights.replicaStride() + 2L * output.replicaStride();
    Arena memory = new Arena(owner, floats);
    return new Layer(
        memory.take(x),
        memory.take(weights),
        null,
        memory.take(output),
        memory.take(output),
        memory.take(weights),
        null);
  }

  /** Returns a batch of samples at equal distances. */
  private static HostSamples some(HostSamples samples) {
    Tensor x = samples.x();
    long rows = x.dimension(0);
    int columns = x.size() / x.dimension(0);
    Tensor some;
    if (x.type() == Tensor.Type.UINT8) {
      byte[] values = new byte[ROWS * columns];
      for (int i = 0; i < ROWS; i++) {
        int from = (int) (i * rows / ROWS) * columns;
        System.arraycopy(x.bytes(), from, values, i * columns, columns);
      }
      some = Tensor.ofBytes(values, ROWS, columns);
    } else {
      float[] values = new float[ROWS * columns];
      for (int i = 0; i < ROWS; i++) {
        int from = (int) (i * rows / ROWS) * columns;
        System.arraycopy(x.floats(), from, values, i * columns, columns);
      }
      some = Tensor.of(values, ROWS, columns);
    }
    return HostSamples.of(some, null, null, samples.scale(), samples.offset(), true);
  }

  /** Prepares the products of a batch; null where they are not fast. */
  private static Candidate sparse(
      Way way,
      HostSamples samples,
      ColumnDensity density,
      int width,
      Layer layer,
      Primitives primitives,
      NativeOwner owner) {
    SparseSamples divided = new SparseSamples(samples, density, width);
    int[] rows = IntStream.range(0, ROWS).toArray();
    int values = divided.divide(samples.x(), rows, 0, ROWS);
    SparseProducts products =
        new SparseProducts(
            layer.narrow(width), new PostOps(), Math.max(1, values), primitives, owner);
    if (!products.isFast()) {
      return null;
    }
    products.gather(divided, rows, 0, samples.table(), samples.scale());
    return new Candidate(
        way,
        values * NANOS_PER_VALUE,
        () -> {
          products.forward();
          products.gradWeights();
        });
  }
}
