package dev.sinter.benchmarks.report;

import dev.sinter.bench.Command;
import dev.sinter.bench.Machine;
import dev.sinter.benchmarks.SinterTrainer;
import dev.sinter.errors.InputException;
import dev.sinter.errors.SinterException;
import dev.sinter.io.AtomicFile;
import dev.sinter.recipes.Recipe;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/**
 * The command line behind {@code scripts/bench}: quick, full, compare, table and jmh.
 *
 * <p>Exit codes: 0; 2 for what the user can mend in the command or its input; 1 for a failure at
 * run time, and if something that was planned has no result. Either way one message on standard
 * error.
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
public final class Report implements Callable<Integer> {
  private static final int USAGE = 2;
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd-HHmmss", Locale.ROOT);
  private static final String BASELINE =
      "The trainer that ratios are taken against. Default: dl4j, else nd4j.";
  private static final String OUT = "Default: benchmarks/results/<date> with the command's name.";
  private static final List<String> PYTHON = List.of("pytorch", "numpy");
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
    @Option(
        names = "--out",
        paramLabel = "DIR",
        description = "Default: benchmarks/results/<date>.")
    private Path out;

    @Option(names = "--baseline", paramLabel = "NAME", description = BASELINE)
    private String baseline;

    @Option(names = "--trainers", paramLabel = "NAME", split = ",", description = "Default: all.")
    private List<String> trainers = List.of();

    @Option(names = "--recipes", paramLabel = "NAME", split = ",", description = "Default: all.")
    private List<String> recipes = Recipe.ALL.stream().map(Recipe::name).toList();

    @Option(names = "--batches", paramLabel = "N", split = ",", description = "Batch sizes.")
    private List<Integer> batches = List.of();

    @Option(names = "--threads", paramLabel = "N", split = ",", description = "0: it chooses.")
    private List<Integer> threads = List.of();

    @Option(names = "--peers", description = "Also DL4J, DJL, and python3's PyTorch and NumPy.")
    private boolean peers;

    @Option(names = "--plan", description = "Print what would be measured, and for how long.")
    private boolean planOnly;
  }

  /** Runs a command and exits with its code. */
  public static void main(String[] arguments) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    List<String> words = List.of(arguments);
    boolean jmh = !words.isEmpty() && words.get(0).equals("jmh");
    System.exit(jmh ? jmh(words.subList(1, words.size())) : run(out, err, arguments));
  }

  /** Runs a command; returns its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    return new CommandLine(new Report())
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler(Report::badArguments)
        .setExecutionExceptionHandler((failure, command, parsed) -> failed(failure, err))
        .execute(arguments);
  }

  /** Without a command: says what is missing. */
  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    err.println("scripts/bench: expected a command: quick, full, compare, table or jmh");
    err.println("Try: scripts/bench --help");
    return USAGE;
  }

  private static int badArguments(ParameterException problem, String[] arguments) {
    PrintWriter err = problem.getCommandLine().getErr();
    err.println("scripts/bench: " + problem.getMessage());
    err.println("Try: " + problem.getCommandLine().getCommandSpec().qualifiedName() + " --help");
    return USAGE;
  }

  private static int failed(Exception failure, PrintWriter err) throws Exception {
    if (failure instanceof SinterException known) {
      err.println("scripts/bench: " + known.getMessage());
      return known instanceof InputException ? USAGE : 1;
    }
    throw failure; // a defect: picocli prints its stack trace and returns 1
  }

  @CommandLine.Command(
      sortOptions = false,
      description =
          "Measures each network at its own batch size: under three minutes on 2 cores, under eight with a GPU.")
  int quick(@Mixin Measured measured) {
    return measure(measured, false);
  }

  @CommandLine.Command(
      sortOptions = false,
      description =
          "Measures every network, batch size from 32 to 4096 (on a GPU to 16384), thread count and trainer: hours. See --plan.")
  int full(@Mixin Measured measured) {
    return measure(measured, true);
  }

  private int measure(Measured measured, boolean full) {
    PrintWriter text = spec.commandLine().getOut();
    requireAtLeast(1, "--batches", measured.batches);
    requireAtLeast(0, "--threads", measured.threads);
    measured.recipes.forEach(Recipe::of); // refuses unknown names
    Survey survey = Survey.here(root().resolve("benchmarks/target/bench-log.txt"));
    List<String> trainers =
        survey.choose(measured.trainers, measured.peers ? Plan.PEERS : List.of());
    checkBaseline(measured, trainers);
    Plan.Choice choice =
        new Plan.Choice(trainers, measured.recipes, measured.batches, measured.threads);
    Plan plan = Plan.of(choice, full, Machine.cores());
    List<String> leftOut = measured.trainers.isEmpty() ? survey.leftOut() : List.of();
    leftOut.forEach(line -> text.println("left out: " + line));
    text.print(plan);
    text.flush();
    if (measured.planOnly) {
      return 0;
    }
    return new Measurement(folder(measured.out, ""), text, survey.machine(trainers), leftOut)
        .run(plan, measured.peers, measured.baseline);
  }

  /** Finds out before hours of measuring that nobody could be compared with. */
  private static void checkBaseline(Measured measured, List<String> trainers) {
    List<String> all = new ArrayList<>(trainers);
    all.addAll(measured.peers ? PYTHON : List.of());
    if (measured.baseline != null && !all.contains(measured.baseline)) {
      throw InputException.of(
          "--baseline",
          "one of those measured: " + String.join(", ", all),
          "\"" + measured.baseline + "\"",
          "Correct the name");
    }
  }

  private static void requireAtLeast(int least, String option, List<Integer> values) {
    for (int value : values) {
      if (value < least) {
        throw InputException.of(option, "numbers of at least " + least, value, "Correct the value");
      }
    }
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
    Path folder = folder(out, "-compare");
    print(write(folder, "compare", Table.of(comparison), Chart.of(comparison)));
    return 0;
  }

  @CommandLine.Command(
      sortOptions = false,
      description = "Writes the table and the chart of a result file, or of JMH's own JSON.")
  int table(
      @Parameters(paramLabel = "FILE", description = "result.json, or what jmh -rf json wrote.")
          Path file,
      @Option(names = "--baseline", paramLabel = "NAME", description = BASELINE) String baseline,
      @Option(names = "--out", paramLabel = "DIR", description = OUT) Path out) {
    ResultFile result = ResultFile.read(file);
    Table.baseline(result, baseline);
    print(write(result, folder(out, "-table"), baseline));
    return 0;
  }

  private void print(String text) {
    spec.commandLine().getOut().print(text);
    spec.commandLine().getOut().flush();
  }

  /** Writes table.md and chart.png; returns the table. */
  static String write(ResultFile result, Path folder, String baseline) {
    return write(folder, "", Table.of(result, baseline), Chart.of(result));
  }

  /** Writes both, or none of them; returns the table, and where it lies. */
  private static String write(Path folder, String name, String table, Chart chart) {
    Path markdown = folder.resolve(name.isEmpty() ? "table.md" : name + ".md");
    Path picture = folder.resolve(name.isEmpty() ? "chart.png" : name + ".png");
    byte[] text = table.getBytes(StandardCharsets.UTF_8);
    byte[] png = chart.png();
    AtomicFile.write(Map.of(markdown, out -> out.write(text), picture, out -> out.write(png)));
    return "%s%nWritten: %s and %s in %s%n"
        .formatted(table, markdown.getFileName(), picture.getFileName(), folder);
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
   * @param suffix of that name
   * @throws InputException when it cannot be created
   */
  private static Path folder(Path chosen, String suffix) {
    Path results = root().resolve("benchmarks/results");
    String name = LocalDateTime.now().format(STAMP) + suffix;
    Path folder = chosen == null ? results.resolve(name) : chosen;
    String received = "one that cannot be written to";
    try {
      Files.createDirectories(folder);
      if (Files.isWritable(folder)) {
        return folder;
      }
    } catch (IOException problem) {
      received = "an error (" + problem + ")";
    }
    String expected = "a folder that can be created and written to";
    throw InputException.of("--out " + folder, expected, received, "Choose another folder");
  }
}
