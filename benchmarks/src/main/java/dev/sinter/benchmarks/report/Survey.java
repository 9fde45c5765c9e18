package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.backend.Backends;
import dev.sinter.bench.Child;
import dev.sinter.bench.Command;
import dev.sinter.bench.Environment;
import dev.sinter.bench.Machine;
import dev.sinter.benchmarks.SinterTrainer;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.errors.SinterException;
import java.io.File;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What can be measured here, and on what.
 *
 * @param backends each with its device or the reason why it cannot run, as {@code sinter info} has
 *     it
 * @param usable trainers, best first
 * @param refused each of the other trainers with the reason
 */
record Survey(JsonNode backends, List<String> usable, Map<String, String> refused) {
  private static final long SECONDS = 120;
  private static final long PATIENCE_SECONDS = 20;

  /** Jars whose versions the results name, each after what it is called there. */
  private static final String[] LIBRARIES = {
    "oneDNN",
    "dnnl",
    "OpenBLAS",
    "openblas",
    "MKL",
    "mkl",
    "CUDA",
    "cuda",
    "ND4J",
    "nd4j-api",
    "JavaCPP",
    "javacpp",
    "JMH",
    "jmh-core",
    "DL4J",
    "deeplearning4j-nn",
    "DJL",
    "pytorch-engine",
    "DJL's PyTorch",
    "pytorch-native-cpu"
  };

  /** Prints {@link #look}, from a process of its own: it loads all natives. */
  public static void main(String[] arguments) {
    System.out.println(look());
  }

  /** Probes the backends, and opens each variant of those that can run. */
  static ObjectNode look() {
    ObjectNode json = ResultFile.MAPPER.createObjectNode();
    json.putArray("backends");
    json.putArray("variants");
    for (Backends.Candidate candidate : Backends.survey()) {
      boolean usable = candidate.probe().usable();
      ObjectNode backend = json.withArray("backends").addObject();
      backend.put("name", candidate.name()).put("rank", candidate.rank()).put("usable", usable);
      backend.put("device", candidate.probe().device()).put("detail", candidate.probe().detail());
      if (usable) {
        candidate.provider().details().values().forEach(backend.putObject("details")::put);
        for (String variant : SinterTrainer.variants(candidate.name())) {
          String reason = refusal(SinterTrainer.of(variant));
          json.withArray("variants").addObject().put("name", variant).put("refused", reason);
        }
      }
    }
    return json;
  }

  /** Opens a trainer's backend; returns why that is not possible, or an empty text. */
  private static String refusal(SinterTrainer trainer) {
    try {
      Backends.open(trainer.backend(), trainer.options(0));
      return "";
    } catch (SinterException refused) {
      return refused.getMessage();
    }
  }

  /**
   * Finds out.
   *
   * @throws RunException when no backend runs
   */
  static Survey here(Path log) {
    Command command = Report.java("survey", Survey.class.getName(), List.of()).log(log).lines();
    Child.Ended ended = command.run(SECONDS);
    for (String line : ended.output().lines().toList()) {
      try {
        if (line.startsWith("{\"backends\":")) { // what a library prints is no answer
          return of(ResultFile.MAPPER.readTree(line));
        }
      } catch (JsonProcessingException cutOff) {
        break;
      }
    }
    throw new RunException(
        "scripts/bench: expected to hear which backends run, received %s. See %s."
            .formatted(ended.reason(), log));
  }

  /** Reads what {@link #look} says. */
  static Survey of(JsonNode json) {
    List<String> usable = new ArrayList<>();
    Map<String, String> refused = new LinkedHashMap<>();
    for (JsonNode backend : json.path("backends")) {
      String reason = backend.path("usable").asBoolean() ? "" : backend.path("detail").asText();
      String name = backend.path("name").asText();
      sort(name, reason, usable, refused);
      for (JsonNode variant : json.path("variants")) {
        String variantName = variant.path("name").asText();
        if (SinterTrainer.of(variantName).backend().equals(name)) {
          sort(variantName, variant.path("refused").asText(), usable, refused);
        }
      }
    }
    if (usable.isEmpty()) {
      throw new RunException(
          "scripts/bench: expected a backend that runs, found none. See scripts/sinter info.");
    }
    return new Survey(json.path("backends"), usable, refused);
  }

  private static void sort(
      String trainer, String reason, List<String> usable, Map<String, String> refused) {
    if (reason.isEmpty()) {
      usable.add(trainer);
    } else {
      refused.put(trainer, trainer + " cannot run here: " + reason);
    }
  }

  /** Returns why trainers of this build are left out, a line each. */
  List<String> leftOut() {
    return refused.entrySet().stream()
        .filter(entry -> SinterTrainer.isInBuild(SinterTrainer.of(entry.getKey()).backend()))
        .map(Map.Entry::getValue)
        .toList();
  }

  /**
   * Returns the trainers to measure.
   *
   * @param named by the user; empty for all
   * @param peers who are measured as well
   * @throws InputException when one that was named cannot be measured
   */
  List<String> choose(List<String> named, List<String> peers) {
    List<String> all = new ArrayList<>(usable);
    all.addAll(peers);
    for (String trainer : named) {
      String backend = SinterTrainer.of(trainer).backend();
      String reason = refused.getOrDefault(trainer, refused.get(backend));
      if (reason != null) {
        throw new InputException("--trainers " + trainer + ": " + reason + ".");
      }
      if (!all.contains(trainer)) {
        throw InputException.of(
            "--trainers",
            "some of " + String.join(", ", all),
            "\"" + trainer + "\"",
            Plan.PEERS.contains(trainer) ? "Add --peers" : "Correct the name");
      }
    }
    return named.isEmpty() ? all : named;
  }

  /**
   * Describes the machine: processor, memory, versions, environment, commit. It names no host and
   * no user.
   *
   * @param trainers whose environment is noted
   */
  ObjectNode machine(List<String> trainers) {
    ObjectNode machine = ResultFile.MAPPER.createObjectNode();
    machine.put("cpu", Machine.cpu());
    String query = "--query-gpu=name,driver_version";
    String gpu = first("nvidia-smi", query, "--format=csv,noheader");
    if (!gpu.isEmpty()) {
      machine.put("gpu", gpu);
    }
    machine.put("cores", Machine.cores());
    machine.put("memory_gib", Math.round(10.0 * Machine.memoryBytes() / (1L << 30)) / 10.0);
    machine.put("os", Machine.os());
    machine.put("jdk", System.getProperty("java.vm.name") + " " + Machine.java());
    ObjectNode libraries = machine.putObject("libraries");
    for (int i = 0; i < LIBRARIES.length; i += 2) {
      String version = version(LIBRARIES[i + 1]);
      if (!version.isEmpty()) {
        libraries.put(LIBRARIES[i], version);
      }
    }
    ObjectNode environment = machine.putObject("environment");
    for (String trainer : trainers) {
      Environment.of(Report.natives(trainer)).forEach(environment.putObject(trainer)::put);
    }
    machine.set("backends", backends);
    String root = Report.root().toString();
    String commit = first("git", "-C", root, "rev-parse", "--short=12", "HEAD");
    machine.put("commit", commit.isEmpty() ? "unknown" : commit);
    machine.put("dirty", !first("git", "-C", root, "status", "--porcelain").isEmpty());
    machine.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    return machine;
  }

  /** Returns the version of a jar on the class path, as its file is named; empty without one. */
  private static String version(String artifact) {
    Pattern name = Pattern.compile(Pattern.quote(artifact) + "-([0-9].*)\\.jar");
    String version = "";
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Matcher matcher = name.matcher(new File(entry).getName());
      if (matcher.matches()
          && (version.isEmpty() || matcher.group(1).length() < version.length())) {
        version = matcher.group(1); // the shortest: others end in a classifier
      }
    }
    return version;
  }

  /** Returns the versions of NumPy and PyTorch that python3 has, or an empty text. */
  static String python() {
    String script =
        "import importlib.metadata as m\n"
            + "has = {d.metadata['Name'].lower(): d.version for d in m.distributions()}\n"
            + "print(', '.join(n + ' ' + has[n] for n in ('numpy', 'torch') if n in has))";
    return first("python3", "-c", script);
  }

  private static String first(String... command) {
    return Command.of(command).firstLine(PATIENCE_SECONDS);
  }
}
