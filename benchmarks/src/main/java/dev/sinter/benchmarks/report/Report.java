package dev.sinter.benchmarks.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sinter.Fit;
import dev.sinter.backend.BackendOptions;
import dev.sinter.bench.Command;
import dev.sinter.benchmarks.SinterTrainer;
import dev.sinter.benchmarks.StreamBenchmark;
import dev.sinter.errors.InputException;
import dev.sinter.errors.SinterException;
import dev.sinter.io.AtomicFile;
import dev.sinter.recipes.Recipe;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.knowm.xchart.CategoryChart;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/**
 * The command line behind {@code scripts/bench}: quick, full, compare, table, stream, scale and
 * jmh.
 *
 * <p>Exit codes: 0; 2 for what the user can mend in the command or its input; 1 for a failure at
 * run time, and if something that was planned has no result. Either way standard error has one
 * message, for a mistake in the command with its help.
 */
@CommandLine.Command(
    name = "scripts/bench",
    description = "Measures how fast Sinter trains here, and compares machines.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "  jmh      Runs JMH with any arguments: scripts/bench jmh -h.",
      "",
      "Start with: scripts/bench quick"
    })
public final class Report {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss", Locale.ROOT);
  private static final String OUT = "Default: benchmarks/results/<date>.";
  private static final Pattern JMH_TRAINER = Pattern.compile("(?:-p)?trainer=(.+)");

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  private boolean help;

  /** What quick and full have in common. */
  static final class Measured {
    @Option(names = "--out", paramLabel = "DIR", description = OUT)
    private Path out;

    @Option(names = "--trainers", paramLabel = "NAME", split = ",", description = "Default: all.")
    private List<String> trainers = List.of();

    @Option(
        names = "--recipes",
        paramLabel = "NAME",
        split = ",",
        description = "Default: all but mnist-convnet, which only Sinter's backends and djl train.")
    private List<String> recipes =
        Recipe.ALL.stream().filter(each -> !each.isLarge()).map(Recipe::name).toList();

    @Option(names = "--batches", paramLabel = "N", split = ",", description = "Batch sizes.")
    private List<Integer> batches = List.of();

    @Option(names = "--threads", paramLabel = "N", split = ",", description = "0: it chooses.")
    private List<Integer> threads = List.of();

    @Option(names = "--peers", description = "Also DL4J, DJL, and python3's PyTorch and NumPy.")
    private boolean peers;
  }

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    List<String> words = List.of(arguments);
    boolean jmh = !words.isEmpty() && words.get(0).equals("jmh");
    System.exit(
        jmh
            ? jmh(words.subList(1, words.size()))
            : run(
                new PrintWriter(System.out, true, UTF_8),
                new PrintWriter(System.err, true, UTF_8),
                arguments));
  }

  /** Runs a command; returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(new Report())
        .setOut(out)
        .setErr(err)
        .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, err))
        .execute(arguments);
  }

  private static int failed(Exception failure, PrintWriter err) throws Exception {
    if (failure instanceof SinterException known) {
      err.println("scripts/bench: " + known.getMessage());
      return known instanceof InputException ? 2 : 1;
    }
    if (failure instanceof CancellationException) {
      err.println("scripts/bench: interrupted");
      return 1;
    }
    throw failure; // a defect: picocli prints its stack trace and returns 1
  }

  @CommandLine.Command(
      sortOptions = false,
      description = "Measures each network at its own batch size: about three minutes on 2 cores.")
  int quick(@Mixin Measured measured) {
    return measure(measured, false);
  }

  @CommandLine.Command(
      sortOptions = false,
      description =
          "Measures every network, batch size from 32 to 4096 (on a GPU to 16384), thread count and trainer: hours.")
  int full(@Mixin Measured measured) {
    return measure(measured, true);
  }

  private int measure(Measured measured, boolean full) {
    PrintWriter text = spec.commandLine().getOut();
    measured.batches.forEach(Fit.epochs(1)::batchSize); // each refuses what is wrong
    measured.threads.forEach(BackendOptions.DEFAULT::threads);
    measured.recipes.forEach(Recipe::of);
    Survey survey = Survey.here(root().resolve("benchmarks/target/bench-log.txt"));
    List<String> trainers =
        survey.choose(measured.trainers, measured.peers ? Plan.PEERS : List.of());
    Plan plan = Plan.of(trainers, measured.recipes, measured.batches, measured.threads, full);
    List<String> leftOut = measured.trainers.isEmpty() ? survey.leftOut() : List.of();
    leftOut.forEach(line -> text.println("left out: " + line));
    text.println(plan.summary());
    Path folder = folder(measured.out);
    Measurement measurement = new Measurement(folder, text, survey.machine(trainers), leftOut);
    boolean complete = measurement.run(plan, measured.peers);
    ResultFile result = ResultFile.read(folder.resolve("result.json"));
    write(folder, "table", Table.of(result), "chart", result.rows());
    return complete ? 0 : 1;
  }

  @CommandLine.Command(
      sortOptions = false,
      description = "Puts two result files, of two machines for example, side by side.")
  int compare(
      @Parameters(paramLabel = "A.json", index = "0", description = "What is compared with.")
          Path a,
      @Parameters(paramLabel = "B.json", index = "1", description = "What may win; may be A.json.")
          Path b,
      @Option(names = "--a", split = ",", description = "A's trainers that count. Default: all.")
          List<String> trainersOfA,
      @Option(names = "--b", split = ",", description = "B's trainers that count. Default: all.")
          List<String> trainersOfB,
      @Option(names = "--out", paramLabel = "DIR", description = OUT) Path out) {
    Comparison comparison =
        Comparison.of(
            ResultFile.read(a),
            trainersOfA == null ? List.of() : trainersOfA,
            ResultFile.read(b),
            trainersOfB == null ? List.of() : trainersOfB);
    write(folder(out), "compare", Table.of(comparison), "compare", comparison.rows());
    return 0;
  }

  @CommandLine.Command(
      sortOptions = false,
      description = "Writes the table and the chart of a result file, or of JMH's own JSON.")
  int table(
      @Parameters(paramLabel = "FILE", description = "result.json, or what jmh -rf json wrote.")
          Path file,
      @Option(names = "--out", paramLabel = "DIR", description = OUT) Path out) {
    ResultFile result = ResultFile.read(file);
    String table = Table.of(result);
    write(folder(out), "table", table, "chart", result.rows());
    return 0;
  }

  @CommandLine.Command(
      sortOptions = false,
      description =
          "Trains on a stream larger than memory: its peak memory, and how long training waits.")
  int stream(
      @Option(names = "--backend", paramLabel = "NAME", defaultValue = "onednn") String backend,
      @Option(
              names = "--threads",
              paramLabel = "N",
              defaultValue = "0",
              description = "Threads of the backend; 0: it chooses.")
          int threads,
      @Option(
              names = "--gigabytes",
              paramLabel = "N",
              defaultValue = "10",
              description = "The size of the samples; 10 takes about a minute on 2 cores.")
          double gigabytes) {
    List<String> options = List.of("-Xmx256m", "-XX:+UseSerialGC", "-Djava.awt.headless=true");
    String main = StreamBenchmark.class.getName();
    return Command.java(options, main, List.of(backend, "" + threads, "" + gigabytes))
        .forBackend(backend)
        .onOurStreams()
        .run(TimeUnit.DAYS.toSeconds(1))
        .exit();
  }

  @CommandLine.Command(
      sortOptions = false,
      description = {
        "Simulates trainings on 1 to 1024 machines; or measures what the simulation needs.",
        "With a measurement, prints lines for the files beside dev.sinter.benchmarks.scale:",
        "compute NAME THREADS ROWS..., machine, samples RECIPE, local RECIPE WORKERS EVERY."
      })
  int scale(
      @Option(
              names = "--out",
              paramLabel = "DIR",
              defaultValue = "benchmarks/results/scale",
              description = "The folder for tables and figures: ${DEFAULT-VALUE}.")
          Path out,
      @Parameters(paramLabel = "MEASUREMENT", arity = "0..*") List<String> measurement) {
    List<String> words = measurement == null ? List.of("" + out) : measurement;
    String main = "Scale";
    if (measurement != null) {
      boolean machine = List.of("compute", "machine").contains(words.get(0));
      main = machine ? "MeasureMachine" : "Measure";
    }
    List<String> options = List.of("-XX:+UseSerialGC", "-Djava.awt.headless=true");
    return Command.java(options, "dev.sinter.benchmarks.scale." + main, words)
        .forBackend("onednn")
        .onOurStreams()
        .run(TimeUnit.DAYS.toSeconds(1))
        .exit();
  }

  /** Prints a table and writes it; beside it the chart, if there is something to draw. */
  private void write(Path folder, String name, String table, String chart, List<Row> rows) {
    write(folder.resolve(name + ".md"), table);
    List<CategoryChart> panels = Chart.panels(rows);
    if (!panels.isEmpty()) {
      AtomicFile.write(folder.resolve(chart + ".png"), out -> Chart.write(panels, out));
    }
    PrintWriter text = spec.commandLine().getOut();
    text.printf("%n%s%nWritten to %s%n", table, folder);
    text.flush();
  }

  /** Writes a text file. */
  static void write(Path file, String text) {
    AtomicFile.write(file, out -> out.write(text.getBytes(UTF_8)));
  }

  /** Runs JMH here, with the environment that its one trainer wants; several share nd4j's. */
  private static int jmh(List<String> arguments) {
    String trainer = "onednn"; // the parameter's default
    for (String argument : arguments) {
      Matcher matcher = JMH_TRAINER.matcher(argument);
      if (matcher.matches()) {
        trainer = matcher.group(1).contains(",") ? "nd4j" : matcher.group(1);
      }
    }
    List<String> words = new ArrayList<>(arguments);
    words.remove("--peers"); // the script's own
    return java(trainer, "org.openjdk.jmh.Main", words)
        .onOurStreams()
        .run(TimeUnit.DAYS.toSeconds(30))
        .exit();
  }

  /**
   * Returns the command of a JVM for a trainer: with the environment that its natives train fastest
   * with and a JavaCPP cache of its own, since links that one backend leaves there change which
   * library another one loads.
   */
  static Command java(String trainer, String main, List<String> arguments) {
    Path caches = root().resolve("benchmarks/target/javacpp");
    Path cache = caches.resolve(SinterTrainer.of(trainer).backend());
    List<String> options =
        List.of("-Djava.awt.headless=true", "-Dorg.bytedeco.javacpp.cachedir=" + cache);
    return Command.java(options, main, arguments).forBackend(natives(trainer));
  }

  /** Returns the backend whose natives a trainer uses: DL4J runs on nd4j's. */
  static String natives(String trainer) {
    return trainer.equals("dl4j") ? "nd4j" : SinterTrainer.of(trainer).backend();
  }

  /** Returns the project's folder, which the script names. */
  static Path root() {
    return Path.of(System.getProperty("sinter.root", "")).toAbsolutePath().normalize();
  }

  /**
   * Creates the folder for results.
   *
   * @param chosen by the user, or null for a new one named by date and time
   * @throws InputException when it cannot be created
   */
  private static Path folder(Path chosen) {
    Path results = root().resolve("benchmarks/results");
    Path folder = chosen == null ? results.resolve(LocalDateTime.now().format(STAMP)) : chosen;
    try {
      return Files.createDirectories(folder);
    } catch (IOException problem) {
      throw InputException.of(
          "--out " + folder,
          "a folder that can be created",
          "an error (" + problem + ")",
          "Choose another folder");
    }
  }
}
