package dev.sinter.cuda.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.bench.Child;
import dev.sinter.bench.Child.Ended;
import dev.sinter.bench.Command;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Samples per second of whole epochs: Sinter, then PyTorch on the same device, then Sinter again,
 * with clocks and power beside them.
 */
final class Benchmarks {
  private static final double SECONDS = 1.0;

  private static final String DENSE = "mnist-dense:128:float32";

  /** What is measured first, and must fit in a short time. */
  private static final Works FIRST =
      new Works(
          List.of(DENSE + ":fused", "mnist-dense:128:tf32:fused"),
          List.of(DENSE + ":graph", DENSE + ":graphs", DENSE + ":eager"),
          List.of(DENSE + ":scan"));

  /** What counts most first: the rest may be cut by the time limit. */
  private static final Works REST =
      new Works(
          List.of(
              "mnist-sigmoid:100:float32:fused",
              "digits01:32:float32:fused",
              "mnist-dense:8192:float32:fused",
              "mnist-dense:8192:tf32:fused",
              "mnist-dense:128:bf16:fused",
              "mnist-dense:128:float32:cudnn",
              "mnist-dense:1024:float32:fused",
              "mnist-dense:8192:bf16:fused"),
          List.of(
              DENSE + ":gemm",
              "mnist-dense:128:tf32:graphs",
              "mnist-dense:8192:float32:gemm",
              "mnist-dense:8192:tf32:gemm",
              "mnist-sigmoid:100:float32:eager",
              "mnist-sigmoid:100:float32:graphs",
              "digits01:32:float32:eager",
              "digits01:32:float32:graphs",
              DENSE + ":compile",
              DENSE + ":compiled",
              "mnist-dense:8192:float32:graphs",
              "mnist-dense:8192:tf32:graphs",
              "copy",
              "replay",
              "mnist-dense:128:tf32:eager",
              "mnist-dense:128:tf32:graph",
              "mnist-dense:128:tf32:gemm",
              "mnist-sigmoid:100:float32:graph",
              "digits01:32:float32:graph",
              "mnist-dense:1024:float32:graphs",
              "mnist-dense:1024:float32:gemm",
              "mnist-dense:8192:float32:eager",
              "mnist-dense:8192:tf32:eager",
              "mnist-dense:8192:float32:compiled",
              "mnist-dense:8192:tf32:compiled",
              "mnist-dense:128:tf32:compiled",
              "mnist-sigmoid:100:float32:compiled",
              "digits01:32:float32:compiled",
              "mnist-dense:8192:float32:compile",
              "mnist-dense:8192:tf32:compile",
              "mnist-dense:128:tf32:compile",
              "mnist-sigmoid:100:float32:compile",
              "digits01:32:float32:compile"),
          List.of(
              "mnist-dense:128:tf32:scan",
              "mnist-sigmoid:100:float32:scan",
              "digits01:32:float32:scan",
              "mnist-dense:8192:float32:scan",
              "mnist-dense:8192:tf32:scan",
              "mnist-dense:1024:float32:scan"));

  /** The ways of peers in the table, each with its column's title. */
  private static final Map<String, String> WAYS = new LinkedHashMap<>();

  static {
    WAYS.put("torch eager", "eager");
    WAYS.put("torch compile", "compile");
    WAYS.put("torch graph", "graph");
    WAYS.put("torch graphs", "steps/graph");
    WAYS.put("torch compiled", "compiled");
    WAYS.put("jax scan", "JAX scan");
    WAYS.put("torch gemm", "products");
  }

  /** What Sinter, PyTorch and JAX measure. */
  private record Works(List<String> sinter, List<String> torch, List<String> jax) {}

  static final ObjectMapper MAPPER = new ObjectMapper();

  private final Map<String, JsonNode> measured = new LinkedHashMap<>();
  private final String backend;
  private final boolean rehearsal;
  private final Phases phases;

  /** Measures nothing yet. */
  Benchmarks(Phases phases, String backend, boolean rehearsal) {
    this.phases = phases;
    this.backend = backend;
    this.rehearsal = rehearsal;
  }

  /** Measures mnist-dense at its batch size, and its peers. */
  void first(Result result) {
    run(result, "speed", FIRST);
  }

  /** Measures everything else. */
  void rest(Result result) {
    run(result, "benchmarks", REST);
  }

  private void run(Result result, String phase, Works works) {
    Command sampling =
        Command.of(
                "nvidia-smi",
                "--query-gpu=clocks.sm,clocks.mem,power.draw,temperature.gpu,utilization.gpu",
                "--format=csv,noheader,nounits",
                "-lms",
                "500")
            .log(phases.log(phase + "-clocks"));
    Child sampler = sampling.start();
    try (sampler) {
      long start = System.nanoTime();
      sinter(result, works.sinter, phase + "-sinter-1");
      long again = 2 + (System.nanoTime() - start) / 1_000_000_000L; // kept for the second run
      peer(result, "torch", phase, works.torch, phases.limit(110 + again) - again);
      peer(result, "jax", phase, works.jax, phases.limit(60 + again) - again);
      sinter(result, works.sinter, phase + "-sinter-2");
    }
    clocks(result, sampler.output());
    ObjectNode details = result.details().putObject("samples_per_second");
    measured.forEach(details::set);
    compare(result);
  }

  private void sinter(Result result, List<String> works, String name) {
    String data = System.getenv().getOrDefault("SINTER_DATA", "");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                backend,
                Double.toString(rehearsal ? 0.1 : SECONDS),
                Integer.toString(rehearsal ? 600 : 0),
                Files.isDirectory(Path.of(data, "mnist")) ? data : ""));
    works.stream()
        .filter(work -> !rehearsal || work.endsWith(":float32:fused"))
        .forEach(arguments::add);
    Ended ended =
        Phases.java(Speed.class.getName(), arguments)
            .forBackend(backend)
            .log(phases.log(name))
            .run(phases.limit(60));
    if (!ended.succeeded() && !phases.cut(result, name, ended)) {
      result.fail(name + ": " + ended.reason());
    }
    lines(ended).forEach(line -> keep(result, "sinter", line));
  }

  /** Runs PyTorch or JAX: a script of that name, which prints a line each. */
  private void peer(Result result, String name, String phase, List<String> works, long seconds) {
    Path log = phases.log(phase + "-" + name);
    Path script = log.resolveSibling(name + "_peer.py");
    try (InputStream source = Benchmarks.class.getResourceAsStream(name + "_peer.py")) {
      Files.write(script, source.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<String> command = new ArrayList<>(List.of("python3", script.toString()));
    command.addAll(List.of("--seconds", Double.toString(SECONDS)));
    Path mnist = Path.of(System.getenv().getOrDefault("SINTER_DATA", ""), "mnist");
    if (Files.isDirectory(mnist)) {
      command.addAll(List.of("--mnist", mnist.toString()));
    }
    command.addAll(works);
    Ended ended = Command.of(command).log(log).run(Math.max(1, seconds));
    List<JsonNode> lines = lines(ended);
    if (lines.isEmpty()) {
      result.say("no " + name + " beside Sinter: " + ended.reason());
    } else if (!ended.succeeded()) {
      result.say(name + ": " + ended.failure() + "; what it measured until then counts");
    }
    for (JsonNode line : lines) {
      if (line.has("work")) {
        keep(result, name, line);
      } else {
        result.details().set(name, line);
        result.say(name + " " + line.path(name).asText() + " on " + line.path("device").asText());
      }
    }
  }

  /** Keeps a line; of Sinter's two runs the slower one counts. */
  private void keep(Result result, String name, JsonNode line) {
    String work = line.path("work").asText();
    String key = name + " " + work;
    if (line.has("error")) {
      String text = key + ": " + line.path("error").asText();
      // Tensor cores or cuDNN may be missing; what runs must be right.
      boolean refused = line.path("refused").asBoolean() && !work.endsWith(":float32:fused");
      boolean optional = !name.equals("sinter") || refused;
      if (optional) {
        result.say(text);
      } else {
        result.fail(text);
      }
      return;
    }
    JsonNode before = measured.get(key);
    if (before == null || line.path("median").asDouble() < before.path("median").asDouble()) {
      measured.put(key, line);
    }
  }

  /** Returns the lines of JSON that a process has printed. */
  static List<JsonNode> lines(Ended ended) {
    List<JsonNode> lines = new ArrayList<>();
    ended
        .output()
        .lines()
        .filter(line -> line.startsWith("{"))
        .forEach(
            line -> {
              try {
                lines.add(MAPPER.readTree(line));
              } catch (JsonProcessingException e) {
                // the last line of a process that was ended
              }
            });
    return lines;
  }

  private static void clocks(Result result, String samples) {
    String[] names = {"SM clock, MHz", "memory clock, MHz", "power, W", "temperature, C"};
    for (int i = 0; i < names.length; i++) {
      int column = i;
      double[] values =
          samples
              .lines()
              .map(line -> line.split(","))
              .filter(parts -> parts.length == 5 && parts[column].strip().matches("[\\d.]+"))
              .mapToDouble(parts -> Double.parseDouble(parts[column].strip()))
              .sorted()
              .toArray();
      if (values.length > 0) {
        result.say(
            String.format(
                Locale.ROOT,
                "%s: %.0f to %.0f, median %.0f",
                names[i],
                values[0],
                values[values.length - 1],
                values[values.length / 2]));
        result.details().putArray(names[i]).add(values[0]).add(values[values.length - 1]);
      }
    }
  }

  /** Rates side by side, and what was aimed at. */
  private void compare(Result result) {
    ratios(measured).forEach(result::say);
    result.say("samples/s, medians of whole epochs; of Sinter's two runs the slower one:");
    measured.forEach(
        (key, line) ->
            result.say(
                String.format(
                    Locale.ROOT,
                    "  %-44s %,14.0f  (%,.0f to %,.0f)",
                    key,
                    line.path("median").asDouble(),
                    line.path("lowest").asDouble(),
                    line.path("highest").asDouble())));
    if (rehearsal) {
      return;
    }
    String dense = "sinter " + DENSE + ":fused";
    String tf32 = "sinter mnist-dense:128:tf32:fused";
    target(result, dense, null, 8e6, "samples/s, the goal of the graphs");
    target(result, dense, null, 16e6, "samples/s, the goal of the persistent kernel");
    target(result, dense, "torch " + DENSE + ":eager", 20, "times eager");
    target(result, dense, "torch " + DENSE + ":graph", 4, "times a graph of the whole step");
    target(result, tf32, null, 25e6, "samples/s, the goal with tf32");
    for (String precision : List.of("float32", "tf32")) {
      String large = "mnist-dense:8192:" + precision;
      String ceiling = "torch " + large + ":gemm";
      target(result, "sinter " + large + ":fused", ceiling, 0.6, "of the ceiling");
    }
    target(result, "sinter mnist-sigmoid:100:float32:fused", null, 1e7, "samples/s");
    target(result, "sinter digits01:32:float32:fused", null, 2e6, "samples/s");
  }

  /** Returns a table: how many times as fast as each peer Sinter is, on the same work. */
  static List<String> ratios(Map<String, JsonNode> measured) {
    List<String> lines = new ArrayList<>();
    StringBuilder head = new StringBuilder("times as fast as PyTorch's ways and JAX's:\n");
    head.append(String.format(Locale.ROOT, "  %-24s %12s", "", "Sinter"));
    WAYS.values().forEach(title -> head.append(String.format(Locale.ROOT, " %11s", title)));
    head.toString().lines().forEach(lines::add);
    measured.forEach(
        (key, line) -> {
          if (!key.startsWith("sinter ") || !key.endsWith(":fused")) {
            return;
          }
          String work = key.substring("sinter ".length(), key.length() - ":fused".length());
          double rate = line.path("median").asDouble();
          StringBuilder row =
              new StringBuilder(String.format(Locale.ROOT, "  %-24s %,12.0f", work, rate));
          for (String way : WAYS.keySet()) {
            String[] parts = way.split(" ");
            JsonNode peer = measured.get(parts[0] + " " + work + ":" + parts[1]);
            String ratio =
                peer == null
                    ? "-"
                    : String.format(Locale.ROOT, "%.2f", rate / peer.path("median").asDouble());
            row.append(String.format(Locale.ROOT, " %11s", ratio));
          }
          lines.add(row.toString());
        });
    return lines;
  }

  /** Speed is reported, not judged: a slow device does not fail a check. */
  private void target(Result result, String of, String to, double wanted, String unit) {
    JsonNode line = measured.get(of);
    JsonNode other = to == null ? null : measured.get(to);
    if (line == null || (to != null && other == null)) {
      return;
    }
    double value =
        line.path("median").asDouble() / (other == null ? 1 : other.path("median").asDouble());
    String text =
        String.format(
            Locale.ROOT,
            other == null ? "%s: %,.0f %s, aimed at %,.0f" : "%s: %.2f %s, aimed at %.2f",
            of,
            value,
            unit,
            wanted);
    result.say((value >= wanted ? "reached  " : "missed   ") + text);
    ObjectNode target = result.details().withArray("targets").addObject();
    target.put("of", of).put("to", to).put("value", value).put("aimed_at", wanted);
  }
}
