package dev.sinter.cuda.check;

import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Probe;
import dev.sinter.cuda.check.Result.Status;
import dev.sinter.cuda.driver.Platform.Survey;
import dev.sinter.cuda.record.Replay;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
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
      "Runs small cases, the contract, the recipes and the benchmarks of the cuda backend on this",
      "machine's GPU, beside PyTorch and JAX where python3 has them, and writes gpu-report.json and",
      "gpu-report.md after each phase."
    })
public final class GpuCheck implements Callable<Integer> {
  /** Without --minutes, all phases together take less than 8 minutes. */
  private static final long LIMIT_SECONDS = 465;

  /** The name of the backend that is checked. */
  static final String CUDA = "cuda";

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

  @Option(
      names = "--minutes",
      paramLabel = "N",
      description = {
        "Spend this time, on what counts most first. What does not fit is reported as skipped.",
        "Default: less than 8."
      })
  private double minutes;

  @Option(
      names = "--pack",
      paramLabel = "DIR",
      description = {
        "After each phase, pack reports, failed cases and logs into DIR: at most 8 files of 16 MiB."
      })
  private Path pack;

  @Option(
      names = "--replay",
      paramLabel = "FILE",
      description = {
        "Run no check: run a failed case, from the folder failures of a report, on the simulated",
        "device, and say where the two differ. Needs g++, no GPU."
      })
  private Path replay;

  /** The phases, what counts most first. */
  enum Name {
    machine(2, 60),
    info(3, 60),
    smoke(20, 60),
    contract(60, 250),
    recipes(30, 120),
    speed(30, 90),
    ncu(15, 45),
    sanitizer(20, 120),
    determinism(15, 60),
    benchmarks(40, 200);

    private final long leastSeconds;
    private final long mostSeconds;

    /**
     * Creates a phase.
     *
     * @param leastSeconds with less time left it does not begin
     * @param mostSeconds of 8 minutes; less of less
     */
    Name(long leastSeconds, long mostSeconds) {
      this.leastSeconds = leastSeconds;
      this.mostSeconds = mostSeconds;
    }

    /** Returns the seconds that it may take, of those that are left of all. */
    long seconds(double left, double all) {
      double share = mostSeconds * Math.min(1, all / LIMIT_SECONDS);
      return (long) Math.min(left, Math.max(leastSeconds, share));
    }
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
    if (replay != null) {
      Survey survey = SimulatedPlatform.standard().survey();
      if (!survey.usable()) {
        System.err.println("gpu-check: expected a simulated device, received: " + survey.detail());
        return USAGE;
      }
      Replay.run(replay).forEach(System.out::println);
      return 0;
    }
    String backend = rehearse == null ? CUDA : rehearse;
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
    double all = minutes > 0 ? 60 * minutes : LIMIT_SECONDS;
    long start = System.nanoTime();
    Phases bodies = new Phases(backend, rehearse != null, out);
    Report report = new Report(backend, probe.device(), rehearse != null);
    for (Name name : Name.values()) {
      if (phases.contains(name)) {
        report.begin(name.name());
        write(report);
        double left = all - (System.nanoTime() - start) / 1e9;
        report.add(name.name(), run(name, body(bodies, name), bodies, left, all));
        write(report);
      }
    }
    System.out.println();
    report.table().forEach(System.out::println);
    System.out.println("reports: " + out.resolve("gpu-report.md") + ", .json; logs beside them");
    return report.failed() ? FAILURE : 0;
  }

  private static Consumer<Result> body(Phases bodies, Name name) {
    return switch (name) {
      case machine -> bodies::machine;
      case info -> bodies::info;
      case smoke -> bodies::smoke;
      case contract -> bodies::contract;
      case recipes -> bodies::recipes;
      case speed -> bodies::speed;
      case ncu -> bodies::ncu;
      case sanitizer -> bodies::sanitizer;
      case determinism -> bodies::determinism;
      case benchmarks -> bodies::benchmarks;
    };
  }

  private void write(Report report) throws IOException {
    report.write(out);
    if (pack != null) {
      Pack.write(out, pack);
    }
  }

  private static Report.Timed run(
      Name name, Consumer<Result> body, Phases bodies, double left, double all) {
    System.out.printf("%-12s ", name);
    System.out.flush();
    long start = System.nanoTime();
    Result result = new Result();
    try {
      if (left < name.leastSeconds) {
        result.skip(
            String.format(
                Locale.ROOT,
                "needs %d s; %.0f s are left of %.0f s",
                name.leastSeconds,
                Math.max(0, left),
                all));
      } else {
        bodies.until(start + name.seconds(left, all) * 1_000_000_000L);
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
