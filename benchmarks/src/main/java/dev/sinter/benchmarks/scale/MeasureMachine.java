package dev.sinter.benchmarks.scale;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.backend.BackendOptions;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures what a step takes on this machine, without any wait for others, and what a message costs
 * there. Prints lines for compute.csv and machine.csv. Arguments: {@code compute NAME THREADS
 * ROWS...}, or {@code machine}.
 */
final class MeasureMachine {
  private static final int STEPS = 300;
  private static final int LARGE_STEPS = 10;
  private static final int RUNS = 2000;
  private static final int QUANTILES = 50;

  /** Two layers of as many units, 20 million weights: a fifth of the large network. */
  static final String LARGE = "dense-20m";

  private static final int LARGE_UNITS = 3162;

  /** Of what a process sums between two waits: gradients are more than anything else. */
  private static final Comparator<List<Integer>> BY_FLOATS =
      Comparator.comparing(MeasureMachine::floats);

  private MeasureMachine() {}

  private static int floats(List<Integer> pieces) {
    return pieces.stream().mapToInt(Integer::intValue).sum();
  }

  /** Measures. */
  public static void main(String[] arguments) throws IOException {
    if (arguments[0].equals("machine")) {
      machine();
      return;
    }
    int threads = Integer.parseInt(arguments[2]);
    for (String rows : Arrays.asList(arguments).subList(3, arguments.length)) {
      compute(arguments[1], threads, Integer.parseInt(rows));
    }
  }

  /** A group of one that notes when the pieces of the gradients come. */
  private static final class Alone implements ProcessGroup {
    private final List<List<Long>> times = new ArrayList<>(); // by step, in ns since the last
    private final List<List<Integer>> floats = new ArrayList<>();
    private List<Long> pieces = new ArrayList<>();
    private List<Integer> lengths = new ArrayList<>();
    private long last = System.nanoTime();

    @Override
    public int rank() {
      return 0;
    }

    @Override
    public int size() {
      return 1;
    }

    @Override
    public String transport() {
      return "none";
    }

    @Override
    public void begin(float[] values, int from, int length) {
      pieces.add(System.nanoTime() - last);
      lengths.add(length);
    }

    @Override
    public void await() {
      times.add(pieces);
      floats.add(lengths);
      pieces = new ArrayList<>();
      lengths = new ArrayList<>();
      last = System.nanoTime();
    }

    @Override
    public void close() {
      // nothing is open
    }
  }

  private static void compute(String name, int threads, int rows) {
    boolean large = name.equals(LARGE);
    Recipe recipe = Recipe.of(large ? "mnist-dense" : name);
    Dataset data =
        large
            ? zeros(LARGE_STEPS * rows)
            : recipe.fromMnist(Mnist.load(MnistOptions.defaults()), 0).train();
    Optimizer optimizer = Optimizer.of(large ? "adam" : recipe.optimizer());
    Alone sums = new Alone();
    Alone averages = new Alone();
    try (Model model = large ? large() : recipe.model(0)) {
      BackendOptions options = BackendOptions.DEFAULT.threads(threads);
      model.backend("onednn", options.option("onednn.sparse", "off"));
      model.compile(optimizer, large ? Loss.MEAN_SQUARED_ERROR : recipe.loss());
      Fit fit = Fit.epochs(1).batchSize(rows).stepsPerEpoch(1).verbose(0);
      model.fit(data, fit.group(averages).averageEvery(1));
      int steps = Math.min(large ? LARGE_STEPS : STEPS, data.size() / rows);
      fit =
          Fit.epochs(large ? 1 : 1 + STEPS / 4 / steps)
              .batchSize(rows)
              .stepsPerEpoch(steps)
              .verbose(0);
      model.fit(data, fit.group(sums));
    }
    List<Integer> floats = sums.floats.stream().max(BY_FLOATS).orElseThrow(); // not an agreement
    List<List<Long>> steps =
        IntStream.range(0, sums.times.size())
            .filter(step -> sums.floats.get(step).equals(floats))
            .mapToObj(sums.times::get)
            .toList();
    List<List<Long>> warm = steps.subList(steps.size() / 5, steps.size());
    String ready =
        IntStream.range(0, floats.size())
            .mapToObj(piece -> micros(quantile(warm, piece, 0.5)))
            .collect(Collectors.joining(";"));
    int pieces = floats.size() - 1;
    double median = quantile(warm, pieces, 0.5);
    int averaged = floats(averages.floats.stream().max(BY_FLOATS).orElseThrow());
    String lengths = floats.stream().map(String::valueOf).collect(Collectors.joining(";"));
    System.out.printf("%s,%d,%d,%s,%s,%d%n", name, threads, rows, ready, lengths, averaged);
    String spread =
        IntStream.range(0, QUANTILES)
            .mapToObj(i -> quantile(warm, pieces, (i + 0.5) / QUANTILES) / median)
            .map(share -> String.format(Locale.ROOT, "%.3f", share))
            .collect(Collectors.joining(";"));
    System.out.printf("spread %s %d %d,%s%n", name, threads, rows, spread);
  }

  private static String micros(double nanos) {
    return String.format(Locale.ROOT, "%.1f", nanos / 1e3);
  }

  private static double quantile(List<List<Long>> steps, int piece, double share) {
    long[] sorted = steps.stream().mapToLong(step -> step.get(piece)).sorted().toArray();
    return sorted[(int) (share * sorted.length)];
  }

  private static Model large() {
    List<Layer> layers = new ArrayList<>(List.of(new Input(LARGE_UNITS)));
    for (int layer = 0; layer < 2; layer++) {
      layers.add(new Dense(LARGE_UNITS).relu());
    }
    return Sequential.of(layers.toArray(Layer[]::new));
  }

  private static Dataset zeros(int rows) {
    Tensor zeros = Tensor.of(new float[rows * LARGE_UNITS], rows, LARGE_UNITS);
    return Dataset.of(zeros, zeros);
  }

  private static void machine() throws IOException {
    try (ServerSocketChannel server = ServerSocketChannel.open()) {
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      try (SocketChannel near = SocketChannel.open(server.getLocalAddress());
          SocketChannel far = server.accept()) {
        near.setOption(StandardSocketOptions.TCP_NODELAY, true);
        far.setOption(StandardSocketOptions.TCP_NODELAY, true);
        ByteBuffer message = ByteBuffer.allocateDirect(1600);
        print("message us", median(() -> move(near, far, message)) / 1e3);
      }
    }
    float[] sum = new float[1 << 16];
    FloatBuffer term =
        ByteBuffer.allocateDirect(sum.length * Float.BYTES).order(LITTLE_ENDIAN).asFloatBuffer();
    print("add ns", median(() -> add(sum, term)) / sum.length);
  }

  /** Some work that is timed. */
  private interface Work {
    void run() throws IOException;
  }

  /** Returns the median nanoseconds of the later of many runs. */
  private static double median(Work work) throws IOException {
    long[] times = new long[RUNS];
    for (int run = 0; run < RUNS; run++) {
      long start = System.nanoTime();
      work.run();
      times[run] = System.nanoTime() - start;
    }
    return Arrays.stream(times).skip(RUNS / 2).sorted().skip(RUNS / 4).findFirst().orElseThrow();
  }

  /** Sends and receives a message in one thread: what it costs when nobody waits. */
  private static void move(SocketChannel near, SocketChannel far, ByteBuffer message)
      throws IOException {
    near.write(message);
    message.clear();
    while (message.hasRemaining()) {
      far.read(message);
    }
    message.clear();
  }

  private static void add(float[] sum, FloatBuffer term) {
    float[] values = new float[sum.length];
    term.get(0, values);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += values[i];
    }
  }

  private static void print(String name, double value) {
    System.out.printf(Locale.ROOT, "%s,%.3f%n", name, value);
  }
}
