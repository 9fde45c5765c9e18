package dev.sinter.cuda.check;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.bench.Child;
import dev.sinter.bench.Child.Ended;
import dev.sinter.bench.Command;
import dev.sinter.bench.Machine;
import dev.sinter.cuda.PlatformProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The phases of a check; each runs processes of its own, with a log each, and a time limit. */
final class Phases {
  static final String SINTER = "dev.sinter.cli.Main";
  private static final String SIMULATED_CACHE = "sinter.simulated.cache";
  private static final String JUNIT = "org.junit.platform.console.ConsoleLauncher";
  private static final String TESTS = "dev.sinter.cuda.";
  private static final Pattern COUNT =
      Pattern.compile("\\[\\s*(\\d+) tests (found|skipped|successful|failed)\\s*\\]");

  /** Test classes that run beside each other; what looks at the device's memory runs alone. */
  private static final List<List<String>> CONTRACT =
      List.of(
          List.of("HardwareContractTest"),
          List.of("HardwareLibraryContractTest"),
          List.of("HardwareBlockContractTest"),
          List.of("HardwareEpochContractTest"),
          List.of("HardwareTf32ContractTest"),
          List.of("HardwareBf16ContractTest"),
          List.of("HardwareCudnnContractTest"),
          List.of("HardwareGoldenTest", "HardwareGradientTest"),
          List.of("HardwareProductTest"),
          List.of("HardwareTrainingTest"));

  private static final long CONTRACT_SECONDS = 250;
  private static final String MEMORY = "HardwareMemoryTest";

  /** The least test accuracy on the real MNIST. */
  private static final Map<String, Double> ACCURACY =
      Map.of("mnist-dense", 0.975, "mnist-sigmoid", 0.955, "digits01", 0.99);

  /** The folder of failed cases. */
  static final String FAILURES = "failures";

  private final ObjectMapper mapper = new ObjectMapper();
  private final String backend;
  private final boolean rehearsal;
  private final Path out;
  private final Benchmarks benchmarks;
  private long end; // of the phase, as System.nanoTime

  /** Runs nothing yet. */
  Phases(String backend, boolean rehearsal, Path out) {
    this.backend = backend;
    this.rehearsal = rehearsal;
    this.out = out;
    this.benchmarks = new Benchmarks(this, backend, rehearsal);
  }

  /** Sets the end of the next phase, as System.nanoTime. */
  void until(long time) {
    end = time;
  }

  /** Returns the seconds that a process may take: its own limit, or what is left of the phase. */
  long limit(long seconds) {
    return Math.max(1, Math.min(seconds, (end - System.nanoTime()) / 1_000_000_000L));
  }

  /** Returns whether the end of the phase has ended a process, and says so. */
  boolean cut(Result result, String name, Ended ended) {
    boolean cut = ended.exit() == -1 && limit(2) < 2;
    if (cut) {
      result.cut(name + ": " + ended.failure() + ", then the time of this phase was over");
    }
    return cut;
  }

  /** Returns a folder beside the reports. */
  Path folder(String name) {
    return out.resolve(name).toAbsolutePath();
  }

  Path log(String name) {
    Path path = out.resolve("logs").resolve(name + ".log");
    try {
      Files.createDirectories(path.getParent());
      Files.deleteIfExists(path); // of an earlier check
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return path;
  }

  /** A class of this class path in a JVM as scripts/sinter starts it. */
  static Command java(String main, List<String> arguments) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "-XX:+UseSerialGC",
                "-Xmx4g",
                "-Djava.awt.headless=true",
                "-Dslf4j.provider=dev.sinter.cli.Log",
                "-Dslf4j.internal.verbosity=WARN"));
    String cache = System.getProperty(SIMULATED_CACHE);
    if (cache != null) {
      options.add("-D" + SIMULATED_CACHE + "=" + cache);
    }
    return Command.java(options, main, arguments);
  }

  private Command sinter(String name, List<String> arguments) {
    return java(SINTER, arguments).forBackend(backend).log(log(name));
  }

  /** What the machine has: GPU and driver, CPU, toolkit, Python. */
  void machine(Result result) {
    result.say(
        String.join(
            ", ",
            Machine.system(),
            Machine.cpu(),
            Machine.cores() + " processors",
            "Java " + Machine.java()));
    Ended gpu =
        Command.of(
                "nvidia-smi",
                "--query-gpu=name,driver_version,memory.total,compute_cap,clocks.max.sm,"
                    + "clocks.max.mem,power.limit,persistence_mode",
                "--format=csv")
            .log(log("nvidia-smi"))
            .run(limit(20));
    if (gpu.succeeded()) {
      gpu.output().lines().forEach(result::say);
      result.details().put("nvidia_smi", gpu.output());
    } else {
      result.say("nvidia-smi: " + gpu.reason());
    }
    Ended python =
        Command.of(
                "python3",
                "-c",
                "import torch;print('PyTorch', torch.__version__, 'CUDA', torch.version.cuda)")
            .log(log("python"))
            .run(limit(60));
    result.say(python.succeeded() ? python.output().strip() : "python3: " + python.reason());
    result.details().put("torch", python.succeeded());
    result.details().put("java", Runtime.version().toString());
    for (String tool : List.of(Tools.SANITIZER, Tools.NCU)) {
      String path = Tools.path(tool);
      result.say(tool + ": " + (path == null ? "not found" : path));
    }
  }

  /** What Sinter finds here. */
  void info(Result result) {
    Ended info = sinter("info", List.of("info", "--json")).run(limit(60));
    if (!info.succeeded()) {
      if (!cut(result, "sinter info", info)) {
        result.fail("sinter info: " + info.reason());
      }
      return;
    }
    JsonNode json = json(info.output());
    result.details().set("info", json);
    for (JsonNode each : json.path("backends")) {
      if (each.path("name").asText().equals(backend)) {
        result.say(each.path("device").asText() + "; " + each.path("detail").asText());
        each.path("details")
            .properties()
            .forEach(e -> result.say(e.getKey() + ": " + e.getValue().asText()));
      }
    }
  }

  /** Every kernel once at small sizes, compared with the reference. */
  void smoke(Result result) {
    List<String> cases = SmokeCase.all().stream().map(SmokeCase::name).toList();
    int[] number = new int[1];
    Path failures = PlatformProvider.platform(backend) == null ? null : out.resolve(FAILURES);
    new SmokePhase(
            this::cut,
            (record, names) -> smoke(record, names).log(log("smoke-" + ++number[0])).run(limit(60)),
            failures)
        .run(result, cases);
  }

  /** Returns the command that runs small cases. */
  Command smoke(Path record, List<String> cases) {
    List<String> arguments =
        new ArrayList<>(List.of(backend, record == null ? "" : record.toString()));
    arguments.addAll(cases);
    return java(Smoke.class.getName(), arguments);
  }

  /** The tests under the tag cuda. */
  void contract(Result result) {
    int tests = 0;
    if (rehearsal) {
      tests = count(result, "memory", tests(List.of(MEMORY)), limit(60));
      result.skip("a rehearsal has no GPU: the tests of the tag cuda skip themselves");
    } else {
      Map<String, Child> running = new LinkedHashMap<>();
      for (List<String> classes : CONTRACT) {
        running.put(classes.get(0), tests(classes));
      }
      long start = System.nanoTime();
      for (Map.Entry<String, Child> each : running.entrySet()) {
        long taken = (System.nanoTime() - start) / 1_000_000_000L;
        tests +=
            count(
                result,
                each.getKey(),
                each.getValue(),
                limit(Math.max(1, CONTRACT_SECONDS - taken)));
      }
      tests += count(result, MEMORY, tests(List.of(MEMORY)), limit(60));
      if (tests == 0) {
        result.fail("no test has run");
      }
    }
    result.details().put("successful", tests);
  }

  private Child tests(List<String> classes) {
    List<String> arguments = new ArrayList<>(List.of("execute", "--disable-banner"));
    arguments.add("--details=summary");
    arguments.add("--include-tag=cuda");
    classes.forEach(name -> arguments.add("--select-class=" + TESTS + name));
    // A cache of their own: beside each other, they would time products wrongly for others.
    return java(JUNIT, arguments)
        .log(log(classes.get(0)))
        .variable("XDG_CACHE_HOME", folder("cache").toString())
        .start();
  }

  /** Waits for tests and says how they went; returns how many succeeded. */
  private int count(Result result, String name, Child child, long seconds) {
    Ended ended;
    try (child) {
      ended = child.await(seconds);
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    Matcher matcher = COUNT.matcher(ended.output());
    while (matcher.find()) {
      counts.put(matcher.group(2), Integer.parseInt(matcher.group(1)));
    }
    ObjectNode details = result.details().putObject(name);
    counts.forEach(details::put);
    int successful = counts.getOrDefault("successful", 0);
    String line =
        String.format(
            Locale.ROOT,
            "%s: %d passed, %d failed, %d skipped",
            name,
            successful,
            counts.getOrDefault("failed", 0),
            counts.getOrDefault("skipped", 0));
    if (ended.succeeded() && !counts.isEmpty()) {
      result.say(line);
    } else if (!cut(result, name, ended)) {
      result.fail(line + "; " + ended.reason());
      ended
          .output()
          .lines()
          .filter(each -> each.strip().startsWith("=>") || each.contains("MethodSource ["))
          .limit(12)
          .forEach(each -> result.say("  " + each.strip()));
    }
    return successful;
  }

  /** The three networks, and what else the backend offers on the first. */
  void recipes(Result result) {
    train(result, "mnist-dense", List.of());
    train(result, "mnist-sigmoid", List.of());
    train(result, "digits01", List.of());
    if (!rehearsal) {
      train(result, "mnist-dense", List.of("--precision", "tf32"));
      train(result, "mnist-dense", List.of("--precision", "bf16"));
      train(result, "mnist-dense", List.of("--cuda-ops", "cudnn"));
    }
  }

  private void train(Result result, String recipe, List<String> options) {
    String name = recipe + String.join("", options).replace("--", "-");
    Path json = out.resolve(name + ".json");
    List<String> arguments = command(recipe, json, options);
    if (rehearsal) {
      arguments.addAll(List.of("--epochs", "1", "--limit", "600"));
    }
    Ended ended = sinter(name, arguments).run(limit(90));
    if (!ended.succeeded()) {
      String reason = ended.reason();
      boolean missing = !options.isEmpty() && ended.exit() == 2; // cuDNN, or tensor cores
      if (missing) {
        result.say(name + ": not run: " + reason);
      } else if (!cut(result, name, ended)) {
        result.fail(name + ": " + reason);
      }
      return;
    }
    JsonNode run = read(json);
    result.details().set(name, run);
    double accuracy = run.path("test_accuracy").asDouble();
    String line =
        String.format(
            Locale.ROOT,
            "%-24s test accuracy %.4f, %,.0f samples/s, training %.3f s, data: %s",
            name,
            accuracy,
            run.path("samples_per_second").asDouble(),
            run.path("train_seconds").asDouble(),
            run.path("data").asText());
    boolean judged = !rehearsal && !run.path("data").asText().equals("generated");
    if (judged && accuracy < ACCURACY.get(recipe)) {
      result.fail(line + "; expected at least " + ACCURACY.get(recipe));
    } else {
      result.say(line);
    }
  }

  List<String> command(String recipe, Path json, List<String> options) {
    List<String> arguments = new ArrayList<>(List.of("train", recipe, "--backend", backend));
    arguments.addAll(List.of("--offline", "--verbose", "0", "--json", json.toString()));
    arguments.addAll(options);
    return arguments;
  }

  /** The same seed twice, in two processes: the same weights to the bit. */
  void determinism(Result result) {
    for (String recipe : List.of("mnist-dense", "digits01")) {
      List<Path> weights = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Path file = out.resolve("weights-" + recipe + "-" + i + ".npz");
        List<String> arguments =
            command(
                recipe,
                out.resolve("determinism.json"),
                List.of("--save-weights", file.toString(), "--epochs", "2"));
        if (rehearsal) {
          arguments.addAll(List.of("--limit", "600"));
        }
        Ended ended = sinter("determinism-" + recipe + i, arguments).run(limit(60));
        if (!ended.succeeded()) {
          if (!cut(result, recipe, ended)) {
            result.fail(recipe + ": " + ended.reason());
          }
          return;
        }
        weights.add(file);
      }
      try {
        long differs = Files.mismatch(weights.get(0), weights.get(1));
        if (differs >= 0) {
          result.fail(recipe + ": the weights of two runs differ, first at byte " + differs);
        } else {
          result.say(recipe + ": the same weights to the bit, twice");
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** What matters most: mnist-dense beside PyTorch's CUDA graphs and JAX's scan. */
  void speed(Result result) {
    benchmarks.first(result);
  }

  /** The other trainings, peers and ceilings. */
  void benchmarks(Result result) {
    benchmarks.rest(result);
  }

  /** Small cases, short trainings, under compute-sanitizer. */
  void sanitizer(Result result) {
    new Tools(this, rehearsal).sanitizer(result);
  }

  /** What a profiler says of the kernels of a step. */
  void ncu(Result result) {
    new Tools(this, rehearsal).ncu(result);
  }

  private JsonNode json(String text) {
    try {
      return mapper.readTree(text.substring(Math.max(0, text.indexOf('{'))));
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private JsonNode read(Path file) {
    try {
      return mapper.readTree(file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
