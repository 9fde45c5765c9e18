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
import java.util.function.Function;
import java.util.function.LongUnaryOperator;

/**
 * Samples per second of whole epochs: Sinter, then PyTorch on the same device, then Sinter again,
 * with clocks and power beside them.
 */
final class Benchmarks {
  private static final double SECONDS = 1.0;

  private static final List<String> TRAININGS =
      List.of(
          "mnist-dense:128:float32:fused",
          "mnist-dense:128:float32:cudnn",
          "mnist-dense:128:tf32:fused",
          "mnist-dense:128:bf16:fused",
          "mnist-dense:1024:float32:fused",
          "mnist-dense:8192:float32:fused",
          "mnist-dense:8192:tf32:fused",
          "mnist-dense:8192:bf16:fused",
          "mnist-sigmoid:100:float32:fused",
          "digits01:32:float32:fused");

  /** What counts most first: the rest may be cut by the time limit. */
  private static final List<String> PEERS =
      List.of(
          "mnist-dense:128:float32:eager",
          "mnist-dense:128:float32:graph",
          "mnist-dense:128:float32:gemm",
          "mnist-dense:8192:float32:graph",
          "mnist-dense:8192:float32:gemm",
          "mnist-dense:8192:tf32:graph",
          "mnist-dense:8192:tf32:gemm",
          "mnist-sigmoid:100:float32:eager",
          "mnist-sigmoid:100:float32:graph",
          "digits01:32:float32:eager",
          "digits01:32:float32:graph",
          "mnist-dense:128:tf32:eager",
          "mnist-dense:128:tf32:graph",
          "mnist-dense:128:tf32:gemm",
          "mnist-dense:1024:float32:graph",
          "mnist-dense:1024:float32:gemm",
          "mnist-dense:8192:float32:eager",
          "mnist-dense:8192:tf32:eager",
          "copy",
          "replay",
          "mnist-dense:128:float32:compile",
          "mnist-dense:8192:float32:compile",
          "mnist-dense:128:tf32:compile",
          "mnist-dense:8192:tf32:compile",
          "mnist-sigmoid:100:float32:compile",
          "digits01:32:float32:compile");

  private final ObjectMapper mapper = new ObjectMapper();
  private final String backend;
  private final boolean rehearsal;
  private final Function<String, Path> log;
  private final LongUnaryOperator limit;

  /**
   * Measures nothing yet.
   *
   * @param log gives the path of a process's log
   * @param limit gives the seconds a process may take, of those it asks for
   */
  Benchmarks(
      String backend, boolean rehearsal, Function<String, Path> log, LongUnaryOperator limit) {
    this.backend = backend;
    this.rehearsal = rehearsal;
    this.log = log;
    this.limit = limit;
  }

  void run(Result result) {
    Command sampling =
        Command.of(
                "nvidia-smi",
                "--query-gpu=clocks.sm,clocks.mem,power.draw,temperature.gpu,utilization.gpu",
                "--format=csv,noheader,nounits",
                "-lms",
                "500")
            .log(log.apply("clocks"));
    Map<String, JsonNode> measured = new LinkedHashMap<>();
    Child sampler = sampling.start();
    try (sampler) {
      sinter(result, measured, "sinter-1");
      torch(result, measured);
      sinter(result, measured, "sinter-2");
    }
    clocks(result, sampler.output());
    ObjectNode details = result.details().putObject("samples_per_second");
    measured.forEach(details::set);
    compare(result, measured);
  }

  private void sinter(Result result, Map<String, JsonNode> measured, String name) {
    String data = System.getenv().getOrDefault("SINTER_DATA", "");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                backend,
                Double.toString(rehearsal ? 0.1 : SECONDS),
                Integer.toString(rehearsal ? 600 : 0),
                Files.isDirectory(Path.of(data, "mnist")) ? data : ""));
    TRAININGS.stream()
        .filter(work -> !rehearsal || work.endsWith(":float32:fused"))
        .forEach(arguments::add);
    Ended ended =
        Phases.java(Speed.class.getName(), arguments)
            .forBackend(backend)
            .log(log.apply(name))
            .run(limit.applyAsLong(60));
    if (!ended.succeeded()) {
      result.fail(name + ": " + ended.reason());
    }
    lines(ended).forEach(line -> keep(result, measured, name, line));
  }

  private void torch(Result result, Map<String, JsonNode> measured) {
    Path script = log.apply("torch").resolveSibling("torch_peer.py");
    try (InputStream source = Benchmarks.class.getResourceAsStream("torch_peer.py")) {
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
    command.addAll(PEERS);
    Ended ended = Command.of(command).log(log.apply("torch")).run(limit.applyAsLong(110));
    List<JsonNode> lines = lines(ended);
    if (lines.isEmpty()) {
      result.say("no PyTorch beside Sinter: " + ended.reason());
    } else if (!ended.succeeded()) {
      result.say("PyTorch: " + ended.failure() + "; what it measured until then counts");
    }
    for (JsonNode line : lines) {
      if (line.has("torch")) {
        result.details().set("torch", line);
        result.say(
            "PyTorch " + line.path("torch").asText() + ", CUDA " + line.path("cuda").asText());
      } else {
        keep(result, measured, "torch", line);
      }
    }
  }

  /** Keeps a line; of Sinter's two runs the slower one counts. */
  private void keep(Result result, Map<String, JsonNode> measured, String name, JsonNode line) {
    String work = line.path("work").asText();
    String key = (name.startsWith("sinter") ? "sinter " : name + " ") + work;
    if (line.has("error")) {
      String text = key + ": " + line.path("error").asText();
      // Tensor cores or cuDNN may be missing; what runs must be right.
      boolean refused = line.path("refused").asBoolean() && !work.endsWith(":float32:fused");
      boolean optional = name.equals("torch") || refused;
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

  private List<JsonNode> lines(Ended ended) {
    List<JsonNode> lines = new ArrayList<>();
    ended
        .output()
        .lines()
        .filter(line -> line.startsWith("{"))
        .forEach(
            line -> {
              try {
                lines.add(mapper.readTree(line));
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
  private void compare(Result result, Map<String, JsonNode> measured) {
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
    String dense = "sinter mnist-dense:128:float32:fused";
    target(result, measured, dense, null, 8e6, "samples/s, the goal");
    target(result, measured, dense, "torch mnist-dense:128:float32:eager", 20, "times eager");
    target(result, measured, dense, "torch mnist-dense:128:float32:graph", 3, "times a graph");
    for (String precision : List.of("float32", "tf32")) {
      String large = "mnist-dense:8192:" + precision;
      target(
          result,
          measured,
          "sinter " + large + ":fused",
          "torch " + large + ":gemm",
          0.6,
          "of the ceiling");
    }
    target(result, measured, "sinter mnist-sigmoid:100:float32:fused", null, 1e7, "samples/s");
    target(result, measured, "sinter digits01:32:float32:fused", null, 2e6, "samples/s");
  }

  /** Speed is reported, not judged: a slow device does not fail a check. */
  private static void target(
      Result result,
      Map<String, JsonNode> measured,
      String of,
      String to,
      double wanted,
      String unit) {
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
