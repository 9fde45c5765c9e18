package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.benchmarks.report.Plan.Choice;
import dev.sinter.errors.InputException;
import dev.sinter.recipes.Recipe;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What {@code quick} and {@code full} have in common: choose, plan, measure, report. */
@Command(sortOptions = false)
abstract class MeasureCommand implements Callable<Integer> {
  /** Those who train without Sinter, in Java. */
  static final List<String> PEERS = List.of("dl4j", "djl");

  private static final List<String> PYTHON = List.of("pytorch", "numpy");

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder of the results. Default: benchmarks/results/<date-time>.")
  private Path out;

  @Option(
      names = "--baseline",
      paramLabel = "TRAINER",
      description = "Who the ratios are taken against. Default: dl4j, else nd4j.")
  private String baseline;

  @Option(
      names = "--trainers",
      paramLabel = "NAME",
      split = ",",
      description = "Default: every backend that runs here, and with --peers dl4j and djl.")
  private List<String> trainers = List.of();

  @Option(
      names = "--recipes",
      paramLabel = "NAME",
      split = ",",
      description = "Default: mnist-dense, mnist-sigmoid, digits01.")
  private List<String> recipes = List.of();

  @Option(names = "--batches", paramLabel = "N", split = ",", description = "Batch sizes.")
  private List<Integer> batches = List.of();

  @Option(
      names = "--threads",
      paramLabel = "N",
      split = ",",
      description = "Thread counts; 0 lets the trainer choose.")
  private List<Integer> threads = List.of();

  @Option(
      names = "--peers",
      description = "Measure DL4J, DJL, and PyTorch and NumPy where python3 has them, too.")
  private boolean peers;

  @Option(names = "--plan", description = "Print what would be measured, and for how long.")
  private boolean planOnly;

  /** Makes the plan for a machine. */
  abstract Plan plan(Choice choice, int cores);

  @Override
  public Integer call() {
    PrintWriter text = spec.commandLine().getOut();
    requireAtLeast(1, "--batches", batches);
    requireAtLeast(0, "--threads", threads);
    List<String> names =
        recipes.isEmpty() ? Recipe.ALL.stream().map(Recipe::name).toList() : recipes;
    names.forEach(Recipe::of); // refuses unknown names
    Path log = Report.root().resolve("benchmarks/target/bench-log.txt");
    JsonNode backends = Machine.backends(Report.root(), log);
    Trainers found = Trainers.find(backends, Report.root(), log);
    List<String> who = found.choose(trainers, peers ? PEERS : List.of());
    checkBaseline(who);
    int cores = Runtime.getRuntime().availableProcessors();
    Plan plan = plan(new Choice(who, names, batches, threads), cores);
    List<String> leftOut = trainers.isEmpty() ? found.leftOut() : List.of();
    leftOut.forEach(line -> text.println("left out: " + line));
    text.print(plan);
    text.flush();
    if (planOnly) {
      return 0;
    }
    Path folder = Report.folder(out, "");
    return new Measurement(Report.root(), folder, text, backends)
        .leaveOut(leftOut)
        .run(plan, peers, baseline);
  }

  /** Finds out before hours of measuring that nobody could be compared with. */
  private void checkBaseline(List<String> who) {
    List<String> all = new ArrayList<>(who);
    if (peers) {
      all.addAll(PYTHON);
    }
    if (baseline != null && !all.contains(baseline)) {
      throw InputException.of(
          "--baseline",
          "one of those measured: " + String.join(", ", all),
          "\"" + baseline + "\"",
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

  /** {@code quick}. */
  @Command(
      name = "quick",
      description =
          "Measures each network at its own batch size: under three minutes on 2 cores, under eight with a GPU.")
  static final class Quick extends MeasureCommand {
    @Override
    Plan plan(Choice choice, int cores) {
      return Plan.quick(choice);
    }
  }

  /** {@code full}. */
  @Command(
      name = "full",
      description =
          "Measures every network, batch size from 32 to 4096 (on a GPU to 16384), thread count and trainer: hours. See --plan.")
  static final class Full extends MeasureCommand {
    @Override
    Plan plan(Choice choice, int cores) {
      return Plan.full(choice, cores);
    }
  }
}
