package dev.sinter.cuda.check;

import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Probe;
import dev.sinter.cuda.check.Result.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Checks and measures the cuda backend on this machine, and writes gpu-report.json and
 * gpu-report.md. Exit codes: 0 all passed; 1 something failed; 2 nothing could be run.
 */
@Command(
    name = "gpu-check",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the contract, the recipes and the benchmarks of the cuda backend on this machine's GPU,",
      "beside PyTorch where python3 has it, and writes gpu-report.json and gpu-report.md."
    })
public final class GpuCheck implements Callable<Integer> {
  /** All phases together take less than 8 minutes. */
  private static final long LIMIT_SECONDS = 465;

  private static final int FAILURE = 1;
  private static final int USAGE = 2;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where reports and logs go. Default: ${DEFAULT-VALUE}.")
  private Path out = Path.of("gpu-report");

  @Option(
      names = "--rehearse",
      paramLabel = "BACKEND",
      description = {
        "Run the phases with another backend, smaller and without asking for accuracy, to see that",
        "they work: nothing of the report is then about a GPU."
      })
  private String rehearse;

  @Option(
      names = "--phases",
      paramLabel = "NAME",
      split = ",",
      description = "Only these: ${COMPLETION-CANDIDATES}. Default: all.")
  private List<Name> phases = List.of(Name.values());

  /** The phases in their order. */
  enum Name {
    machine,
    info,
    contract,
    recipes,
    determinism,
    benchmarks,
    sanitizer
  }

  /**
   * Runs the command.
   *
   * @param arguments see --help
   */
  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String... arguments) {
    return new CommandLine(new GpuCheck())
        .setExecutionExceptionHandler(
            (e, line, parsed) -> {
              line.getErr().println("gpu-check: " + e.getMessage());
              return FAILURE;
            })
        .execute(arguments);
  }

  @Override
  public Integer call() throws IOException {
    String backend = rehearse == null ? "cuda" : rehearse;
    Probe probe = probe(backend);
    if (!probe.usable()) {
      System.err.println(
          "gpu-check: backend "
              + backend
              + " cannot run here: "
              + probe.detail()
              + ". Run this on a machine with an NVIDIA GPU, or try it out with --rehearse"
              + " reference.");
      return USAGE;
    }
    Files.createDirectories(out);
    long end = System.nanoTime() + LIMIT_SECONDS * 1_000_000_000L;
    Phases all = new Phases(backend, rehearse != null, out, end);
    Map<Name, Consumer<Result>> bodies = new LinkedHashMap<>();
    bodies.put(Name.machine, all::machine);
    bodies.put(Name.info, all::info);
    bodies.put(Name.contract, all::contract);
    bodies.put(Name.recipes, all::recipes);
    bodies.put(Name.determinism, all::determinism);
    bodies.put(Name.benchmarks, all::benchmarks);
    bodies.put(Name.sanitizer, all::sanitizer);

    Report report = new Report(backend, probe.device(), rehearse != null);
    bodies.forEach(
        (name, body) -> {
          if (phases.contains(name)) {
            report.add(name.name(), run(name, body, end));
          }
        });
    report.write(out);
    System.out.println();
    report.table().forEach(System.out::println);
    System.out.println("reports: " + out.resolve("gpu-report.md") + ", .json; logs beside them");
    return report.failed() ? FAILURE : 0;
  }

  private static Report.Timed run(Name name, Consumer<Result> body, long end) {
    System.out.printf("%-12s ", name);
    System.out.flush();
    long start = System.nanoTime();
    Result result = new Result();
    try {
      if (start >= end) {
        result.fail("no time is left of " + LIMIT_SECONDS + " s");
      } else {
        body.accept(result);
      }
    } catch (RuntimeException e) { // a phase must not end the others
      result.fail("unexpected " + e);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "\b\b\b%s, %.0f s%n",
        result.status().name().toLowerCase(Locale.ROOT),
        seconds);
    List<String> shown = new ArrayList<>(result.lines());
    if (result.status() == Status.PASSED && shown.size() > 8) {
      shown = shown.subList(0, 8);
    }
    shown.forEach(line -> System.out.println("             " + line));
    return new Report.Timed(result, seconds);
  }

  private static Probe probe(String backend) {
    return ServiceLoader.load(BackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.name().equals(backend))
        .findFirst()
        .map(BackendProvider::probe)
        .orElseGet(() -> Probe.refused("no such backend is on the class path"));
  }
}
