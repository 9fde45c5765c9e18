package dev.sinter.benchmarks.scale;

import static java.util.Locale.ROOT;

import dev.sinter.benchmarks.scale.Cluster.Link;
import dev.sinter.benchmarks.scale.Simulation.Compute;
import dev.sinter.benchmarks.scale.Simulation.Failures;
import dev.sinter.benchmarks.scale.Simulation.Stragglers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Simulates trainings on 1 to 1024 machines: the time to a target against their number. Writes
 * tables and figures into the folder that is the only argument. {@code docs/scale.md} says what is
 * measured, modelled and assumed.
 */
public final class Scale {
  private static final int MOST = 1024;
  private static final int THREADS = 1; // of a worker
  private static final int LAYERS = 10; // of the large network

  /** The network that is only modelled: ten layers of 3162 units, 100 million weights. */
  static final String LARGE = "dense-100m";

  private static final long SEED = 1;
  private static final int LOCAL_STEPS = 16;
  private static final double DAY = 86_400;

  /** Assumed: what each Ethernet of so many Gbit/s adds to the measured latency of the software. */
  private static final Map<Integer, Double> ETHERNET =
      new TreeMap<>(Map.of(1, 30e-6, 10, 15e-6, 25, 10e-6, 100, 5e-6));

  /** Assumed: of an Ethernet's bits, those that are left to TCP's payload. */
  private static final double PAYLOAD = 0.94;

  /** Assumed: the slowest machine takes 5 % longer; one step in 1 000 has a pause of 20 ms. */
  private static final double SLOWNESS = 0.05;

  private static final double PAUSE_CHANCE = 1e-3;
  private static final double PAUSE_SECONDS = 0.02;

  /** Assumed: a machine fails every 90 days; a restart takes a minute; disks write 200 MB/s. */
  private static final double FAILURE_SECONDS = 90 * DAY;

  private static final double RESTART_SECONDS = 60;
  private static final double DISK = 200e6;

  /** Assumed, of the large network: samples in small batches, and where batches get too large. */
  private static final double LARGE_SAMPLES = 50e6;

  private static final double LARGE_CRITICAL = 4096;

  /**
   * What is trained.
   *
   * @param fixed the batch size of strong scaling
   * @param each the batch size for each machine of weak scaling
   * @param samples to the target, by batch size
   * @param local samples with local SGD, by machines with the batch size {@code each}
   */
  private record Work(
      String name, int fixed, int each, Compute compute, Curve samples, Curve local) {}

  /** An all-reduce, simulated. */
  record Sum(
      long floats, String network, int each, AllReduce algorithm, int workers, double seconds) {
    static final String HEAD = "floats,network,workers_a_machine,algorithm,workers,ms";

    @Override
    public String toString() {
      String format = "%d,%s,%d,%s,%d,%.3f";
      return String.format(
          ROOT, format, floats, network, each, algorithm.label(), workers, seconds * 1e3);
    }
  }

  /** A training, with the mean step's time, and what it would be without network or stragglers. */
  record Row(
      String work,
      String mode,
      String network,
      AllReduce algorithm,
      int machines,
      int batch,
      double samples,
      double compute,
      double unconnected,
      double step,
      double seconds) {
    static final String HEAD =
        "work,mode,network,algorithm,machines,batch,samples,"
            + "compute_ms,stragglers_ms,network_ms,seconds";

    @Override
    public String toString() {
      return String.format(
          ROOT,
          "%s,%s,%s,%s,%d,%d,%.0f,%.4f,%.4f,%.4f,%.4g",
          work,
          mode,
          network,
          algorithm.label(),
          machines,
          batch,
          samples,
          compute * 1e3,
          (unconnected - compute) * 1e3,
          (step - unconnected) * 1e3,
          seconds);
    }
  }

  private final Measured measured = new Measured();
  private final double add = measured.machine("add ns") * 1e-9;
  private final Link loopback =
      new Link(
          "loopback",
          measured.machine("latency us") * 1e-6,
          measured.machine("message us") * 1e-6,
          measured.machine("MB/s") * 1e6);

  /** Runs the simulation. */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    Scale scale = new Scale();
    List<Sum> sums = scale.sums();
    List<Row> rows = scale.trainings();
    write(folder.resolve("all-reduce.csv"), Sum.HEAD, sums);
    write(folder.resolve("training.csv"), Row.HEAD, rows);
    Map<String, Curve> samples = new TreeMap<>();
    scale.works().forEach(work -> samples.put(work.name, work.samples));
    ScaleFigures.write(folder, sums, rows, samples);
  }

  private static void write(Path file, String head, List<?> rows) throws IOException {
    List<String> lines = new ArrayList<>(List.of(head));
    rows.forEach(row -> lines.add(row.toString()));
    Files.write(file, lines);
  }

  private static IntStream counts() {
    return IntStream.iterate(1, count -> count <= MOST, count -> 2 * count);
  }

  /** Returns Ethernets, as fast as the measured software lets them be, and one that does not. */
  private List<Link> networks() {
    List<Link> links = new ArrayList<>();
    ETHERNET.forEach(
        (gigabits, latency) -> {
          double wire = gigabits * 1e9 / 8 * PAYLOAD;
          double bytesPerSecond = Math.min(wire, loopback.bytesPerSecond());
          double both = loopback.latency() + latency;
          String name = gigabits + " Gbit/s";
          links.add(new Link(name, both, loopback.messageSeconds(), bytesPerSecond));
        });
    links.add(new Link("100 Gbit/s offloaded", 5e-6, 1e-6, 100e9 / 8 * PAYLOAD));
    return links;
  }

  /** All-reduces alone: one worker a machine, and eight. */
  private List<Sum> sums() {
    List<Sum> sums = new ArrayList<>();
    for (long floats : new long[] {407_050, 100_000_000}) {
      for (Link network : networks()) {
        for (int each : new int[] {1, 8}) {
          for (AllReduce algorithm : AllReduce.values()) {
            for (int workers : counts().filter(count -> count > each).toArray()) {
              Cluster cluster = new Cluster(workers, each, network, loopback, add);
              double[] done = algorithm.done(cluster, new double[1][workers], new long[] {floats});
              double seconds = Simulation.last(done);
              sums.add(new Sum(floats, network.name(), each, algorithm, workers, seconds));
            }
          }
        }
      }
    }
    return sums;
  }

  private List<Work> works() {
    List<Work> works = new ArrayList<>();
    Map<String, Integer> batches =
        new TreeMap<>(
            Map.of("mnist-dense", 128, "mnist-sigmoid", 100, "digits01", 32, "mnist-convnet", 128));
    batches.forEach(
        (name, batch) ->
            works.add(
                new Work(
                    name,
                    batch,
                    batch,
                    measured.compute(name, THREADS),
                    measured.samples(name),
                    measured.local(name, LOCAL_STEPS))));
    Map<Double, Double> samples = new TreeMap<>();
    for (double batch = 1; batch <= 1 << 16; batch *= 2) {
      samples.put(batch, LARGE_SAMPLES * (1 + batch / LARGE_CRITICAL));
    }
    Compute compute = large(measured.compute(MeasureMachine.LARGE, THREADS));
    Curve curve = Curve.logarithmic(samples);
    Curve none = Curve.logarithmic(Map.of());
    works.add(new Work(LARGE, 1024, 32, compute, curve, none));
    works.add(new Work(LARGE + " x100", 1024, 32, compute.faster(100), curve, none));
    return works;
  }

  /**
   * Returns the large network: as deep as five of those that were measured. A third of a step goes
   * forward; on the way back each layer's gradient is there after an equal time; then come the two
   * floats that all steps sum.
   */
  private static Compute large(Compute fifth) {
    Curve step = fifth.ready().get(fifth.ready().size() - 1).times(5);
    List<Curve> ready = new ArrayList<>();
    long[] floats = new long[LAYERS + 2];
    Arrays.fill(floats, 1);
    Arrays.fill(floats, 0, LAYERS, 5 * fifth.weights() / LAYERS);
    for (int piece = 0; piece < floats.length; piece++) {
      ready.add(step.times((1 + 2.0 * Math.min(piece + 1, LAYERS) / LAYERS) / 3));
    }
    return new Compute(ready, floats, 5 * fifth.averaged());
  }

  private List<Row> trainings() {
    return works().parallelStream().flatMap(work -> trainings(work).stream()).toList();
  }

  private List<Row> trainings(Work work) {
    List<Row> rows = new ArrayList<>();
    for (Link network : networks()) {
      for (AllReduce algorithm : List.of(AllReduce.DIRECT, AllReduce.HALVING)) {
        counts().forEach(count -> rows.addAll(trainings(work, network, algorithm, count)));
      }
    }
    return rows;
  }

  private List<Row> trainings(Work work, Link network, AllReduce algorithm, int count) {
    List<Row> rows = new ArrayList<>();
    Cluster cluster = new Cluster(count, 1, network, loopback, add);
    double fixed = work.samples.at(work.fixed);
    rows.add(training(work, "strong", cluster, algorithm, work.fixed, 0, fixed));
    int grown = work.each * count;
    rows.add(training(work, "weak", cluster, algorithm, grown, 0, work.samples.at(grown)));
    double averaged = count == 1 ? work.samples.at(grown) : work.local.at(count);
    rows.add(training(work, "local", cluster, algorithm, grown, LOCAL_STEPS, averaged));
    IntStream.iterate(work.fixed, batch -> batch <= 1 << 16, batch -> 4 * batch)
        .mapToObj(
            batch -> training(work, "best", cluster, algorithm, batch, 0, work.samples.at(batch)))
        .filter(row -> Double.isFinite(row.seconds))
        .min(Comparator.comparing(Row::seconds))
        .ifPresent(rows::add);
    rows.removeIf(row -> !Double.isFinite(row.seconds));
    return rows;
  }

  /** Simulates one; its time is NaN where there is less than a row for each machine, or no data. */
  private Row training(
      Work work,
      String mode,
      Cluster cluster,
      AllReduce algorithm,
      int batch,
      int averageEvery,
      double samples) {
    int machines = cluster.workers();
    Link none = new Link("none", 0, 0, Double.POSITIVE_INFINITY);
    Cluster free = new Cluster(machines, 1, none, none, 0);
    Stragglers some = new Stragglers(measured.spread(), SLOWNESS, PAUSE_CHANCE, PAUSE_SECONDS);
    double rows = (double) batch / machines;
    double compute = rows < 1 ? Double.NaN : work.compute.seconds(rows);
    boolean known = Double.isFinite(compute * samples);
    Simulation connected =
        new Simulation(work.compute, cluster, algorithm, some, batch, averageEvery, SEED);
    Simulation alone =
        new Simulation(work.compute, free, AllReduce.TREE, some, batch, averageEvery, SEED);
    double step = known ? connected.stepSeconds() : Double.NaN;
    double unconnected = known ? alone.stepSeconds() : Double.NaN;
    double checkpoint = work.compute.averaged() * Float.BYTES / DISK;
    Failures failures = new Failures(FAILURE_SECONDS, checkpoint, RESTART_SECONDS);
    double seconds = samples / batch * step;
    return new Row(
        work.name,
        mode,
        cluster.between().name(),
        algorithm,
        machines,
        batch,
        samples,
        compute,
        unconnected,
        step,
        known ? failures.seconds(seconds, machines, SEED) : Double.NaN);
  }
}
