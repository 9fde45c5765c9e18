package dev.sinter.benchmarks.report;

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
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What can be measured here, and on what.
 *
 * @param backends best first: backends, and variants of those that can run, each with its device or
 *     the reason why it cannot run
 */
record Survey(JsonNode backends) {
  private static final long SECONDS = 120;
  private static final long PATIENCE_SECONDS = 20;

  /** Prints the backends in one line, from a process of its own: it loads all natives. */
  public static void main(String[] arguments) {
    ObjectNode json = ResultFile.MAPPER.createObjectNode();
    for (Backends.Candidate candidate : Backends.survey()) {
      boolean usable = candidate.probe().usable();
      ObjectNode backend = json.withArray("backends").addObject();
      backend.put("name", candidate.name()).put("rank", candidate.rank()).put("usable", usable);
      backend.put("device", candidate.probe().device()).put("detail", candidate.probe().detail());
      if (usable) {
        candidate.provider().details().values().forEach(backend.putObject("details")::put);
        candidate.probe().versions().forEach(backend.putObject("versions")::put);
        for (String variant : SinterTrainer.variants(candidate.name())) {
          String reason = refusal(SinterTrainer.of(variant));
          ObjectNode more = json.withArray("backends").addObject().put("name", variant);
          more.put("usable", reason.isEmpty()).put("detail", reason);
        }
      }
    }
    System.out.println("\n" + json);
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
      if (ended.succeeded() && line.startsWith("{\"backends\":")) { // else a library printed it
        return new Survey(ResultFile.json(log.toString(), line).path("backends"));
      }
    }
    String text = "scripts/bench: expected to hear which backends run, received %s. See %s.";
    throw new RunException(text.formatted(ended.reason(), log));
  }

  /** Returns the names of those that can run. */
  private List<String> usable() {
    List<String> usable = new ArrayList<>();
    backends.forEach(backend -> usable.add(backend.path("name").asText()));
    usable.removeAll(refused().keySet());
    return usable;
  }

  /** Returns the reason of each that cannot run. */
  private Map<String, String> refused() {
    Map<String, String> refused = new LinkedHashMap<>();
    for (JsonNode backend : backends) {
      if (!backend.path("usable").asBoolean()) {
        String reason = " cannot run here: " + backend.path("detail").asText();
        refused.put(backend.path("name").asText(), backend.path("name").asText() + reason);
      }
    }
    return refused;
  }

  /** Returns why trainers of this build are left out, a line each. */
  List<String> leftOut() {
    Map<String, String> inBuild = refused();
    inBuild.keySet().removeIf(name -> !SinterTrainer.isInBuild(SinterTrainer.of(name).backend()));
    return List.copyOf(inBuild.values());
  }

  /**
   * Returns the trainers to measure.
   *
   * @param named by the user; empty for all
   * @param peers who are measured as well
   * @throws InputException when one that was named cannot be measured
   */
  List<String> choose(List<String> named, List<String> peers) {
    List<String> all = usable();
    all.addAll(peers);
    for (String trainer : named) {
      if (!all.contains(trainer)) {
        String backend = SinterTrainer.of(trainer).backend();
        String reason = refused().getOrDefault(trainer, refused().get(backend));
        throw InputException.of(
            "--trainers",
            "some of " + String.join(", ", all),
            "\"" + trainer + "\"" + (reason == null ? "" : " (" + reason + ")"),
            Plan.PEERS.contains(trainer) ? "Add --peers" : "Choose one of them");
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
    machine.put("cores", Machine.cores());
    machine.put("memory_gib", Math.round(10.0 * Machine.memoryBytes() / (1L << 30)) / 10.0);
    machine.put("os", Machine.os());
    machine.put("jdk", System.getProperty("java.vm.name") + " " + Machine.java());
    ObjectNode libraries = machine.putObject("libraries");
    backends.forEach(backend -> libraries.setAll(backend.withObject("/versions")));
    ObjectNode devices = machine.putObject("devices");
    for (JsonNode backend : backends) {
      String device = backend.path("device").asText();
      String text = Row.joined(device, backend.path("detail").asText());
      devices.put(backend.path("name").asText(), text);
    }
    ObjectNode environment = machine.putObject("environment");
    for (String trainer : trainers) {
      Environment.of(Report.natives(trainer)).forEach(environment.putObject(trainer)::put);
    }
    machine.set("backends", backends);
    String root = Report.root().toString();
    machine.put("commit", first("git", "-C", root, "rev-parse", "--short=12", "HEAD"));
    machine.put("dirty", !first("git", "-C", root, "status", "--porcelain").isEmpty());
    machine.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    return machine;
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
