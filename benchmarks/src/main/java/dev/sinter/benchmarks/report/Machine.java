package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import dev.sinter.benchmarks.SinterTrainer;
import dev.sinter.errors.RunException;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Describes the machine that a result was measured on: processor, memory, versions, environment,
 * commit. It names no host and no user.
 */
final class Machine {
  private static final long SECONDS = 20;

  /** What the result files call a library, and its Maven coordinates. */
  private static final Map<String, String> LIBRARIES = new LinkedHashMap<>();

  static {
    LIBRARIES.put("oneDNN", "org.bytedeco/dnnl");
    LIBRARIES.put("OpenBLAS", "org.bytedeco/openblas");
    LIBRARIES.put("MKL", "org.bytedeco/mkl");
    LIBRARIES.put("CUDA", "org.bytedeco/cuda");
    LIBRARIES.put("ND4J", "org.nd4j/nd4j-api");
    LIBRARIES.put("JavaCPP", "org.bytedeco/javacpp");
    LIBRARIES.put("JMH", "org.openjdk.jmh/jmh-core");
    LIBRARIES.put("DL4J", "org.deeplearning4j/deeplearning4j-nn");
    LIBRARIES.put("DJL", "ai.djl.pytorch/pytorch-engine");
    LIBRARIES.put("DJL's PyTorch", "ai.djl.pytorch/pytorch-native-cpu");
  }

  private Machine() {}

  /**
   * Describes this machine.
   *
   * @param root the project's folder
   * @param trainers whose environment is noted
   * @param backends what {@code sinter info --json} said, or a missing node
   * @param log of the commands that are asked
   */
  static ObjectNode describe(Path root, List<String> trainers, JsonNode backends, Path log) {
    ObjectNode machine = ResultFile.newObject();
    machine.put("cpu", cpu(log));
    String gpu =
        first(log, "nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader");
    if (!gpu.isEmpty()) {
      machine.put("gpu", gpu);
    }
    machine.put("cores", Runtime.getRuntime().availableProcessors());
    machine.put("memory_gib", memoryGib());
    machine.put(
        "os",
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch"));
    machine.put(
        "jdk",
        System.getProperty("java.vm.name")
            + " "
            + Runtime.version()
            + " ("
            + System.getProperty("java.vendor")
            + ")");
    ObjectNode libraries = machine.putObject("libraries");
    LIBRARIES.forEach(
        (name, coordinates) -> {
          String version = version(coordinates);
          if (!version.isEmpty()) {
            libraries.put(name, version);
          }
        });
    ObjectNode environment = machine.putObject("environment");
    for (String trainer : trainers) {
      ObjectNode variables = environment.putObject(trainer);
      ChildProcess.relevantEnvironment(trainer).forEach(variables::put);
    }
    if (!backends.isMissingNode()) {
      machine.set("backends", backends);
    }
    commit(root, log, machine);
    machine.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    return machine;
  }

  private static void commit(Path root, Path log, ObjectNode machine) {
    String folder = root.toString();
    String commit = first(log, "git", "-C", folder, "rev-parse", "--short=12", "HEAD");
    machine.put("commit", commit.isEmpty() ? "unknown" : commit);
    if (!commit.isEmpty()) {
      machine.put("dirty", !first(log, "git", "-C", folder, "status", "--porcelain").isEmpty());
    }
  }

  private static String cpu(Path log) {
    String name = "";
    try {
      if (Files.isReadable(Path.of("/proc/cpuinfo"))) {
        name =
            Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
      }
    } catch (IOException unreadable) {
      name = "";
    }
    if (name.isEmpty() && System.getProperty("os.name").startsWith("Mac")) {
      name = first(log, "sysctl", "-n", "machdep.cpu.brand_string");
    }
    if (name.isEmpty()) {
      name = System.getenv().getOrDefault("PROCESSOR_IDENTIFIER", ""); // Windows
    }
    return name.isEmpty()
        ? "unknown " + System.getProperty("os.arch")
        : name.replaceAll("\\s+", " ");
  }

  private static double memoryGib() {
    long bytes =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
    return Math.round(10.0 * bytes / (1L << 30)) / 10.0;
  }

  /** Returns the version that a jar's Maven properties or its file name say, or an empty text. */
  private static String version(String coordinates) {
    String resource = "/META-INF/maven/" + coordinates + "/pom.properties";
    try (InputStream in = Machine.class.getResourceAsStream(resource)) {
      Properties properties = new Properties();
      if (in != null) {
        properties.load(in);
      }
      return properties.getProperty("version", versionOfJar(coordinates));
    } catch (IOException | IllegalArgumentException damaged) {
      return versionOfJar(coordinates);
    }
  }

  private static String versionOfJar(String coordinates) {
    String artifact = coordinates.substring(coordinates.indexOf('/') + 1);
    Pattern jar = Pattern.compile(Pattern.quote(artifact) + "-([0-9].*)\\.jar");
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      Matcher matcher = jar.matcher(new File(entry).getName());
      if (matcher.matches()) {
        return matcher.group(1);
      }
    }
    return "";
  }

  /** Returns the versions of NumPy and PyTorch that python3 has, or an empty text. */
  static String python(Path log) {
    String script =
        "import importlib.metadata as m\n"
            + "has = {d.metadata['Name'].lower(): d.version for d in m.distributions()}\n"
            + "print(', '.join(n + ' ' + has[n] for n in ('numpy', 'torch') if n in has))";
    return first(log, "python3", "-c", script);
  }

  /** Returns the first line a command prints, or an empty text where it is missing or fails. */
  static String first(Path log, String... command) {
    List<String> lines = new ArrayList<>();
    try {
      int code = ChildProcess.run(List.of(command), command[0], log, SECONDS, lines::add);
      return code == 0 && !lines.isEmpty() ? lines.get(0).strip() : "";
    } catch (RunException absent) {
      return "";
    }
  }

  /** Asks the command line which backends can run; missing where it fails. */
  static JsonNode backends(Path root, Path log) {
    List<String> command = ChildProcess.java(root, "info");
    command.addAll(List.of("dev.sinter.cli.Main", "info", "--json"));
    StringBuilder json = new StringBuilder();
    try {
      ChildProcess.run(command, "nd4j", log, 60, line -> json.append(line).append('\n'));
      return new ObjectMapper().readTree(json.toString()).path("backends");
    } catch (RunException | IOException problem) {
      return ResultFile.newObject().path("backends");
    }
  }

  /** Sums a machine block up in one line, for titles: what is missing in it is left out. */
  static String title(JsonNode machine) {
    List<String> parts = new ArrayList<>();
    add(parts, machine.path("cpu").asText());
    add(parts, machine.path("gpu").asText());
    if (machine.path("cores").asInt() > 0) {
      parts.add(machine.path("cores").asInt() + " cores");
    }
    add(parts, commit(machine));
    return parts.isEmpty() ? "unknown machine" : String.join(", ", parts);
  }

  /** Returns the commit with its flag, or an empty text. */
  static String commit(JsonNode machine) {
    String commit = machine.path("commit").asText();
    String changes = machine.path("dirty").asBoolean() ? " with changes" : "";
    return commit.isEmpty() ? "" : "commit " + commit + changes;
  }

  /**
   * Lists a machine block's entries, in order, as name and text; backends of the CPU are left to
   * the JSON.
   */
  static Map<String, String> entries(JsonNode machine) {
    Map<String, String> entries = new LinkedHashMap<>();
    for (String name : List.of("cpu", "gpu", "cores", "memory_gib", "os", "jdk")) {
      put(entries, name.equals("memory_gib") ? "memory, GiB" : name, machine.path(name).asText());
    }
    machine.path("backends").forEach(backend -> addGpu(entries, backend));
    put(entries, "libraries", pairs(machine.path("libraries"), " "));
    machine
        .path("environment")
        .properties()
        .forEach(
            trainer ->
                put(entries, "environment, " + trainer.getKey(), pairs(trainer.getValue(), "=")));
    put(entries, "commit", commit(machine).replaceFirst("^commit ", ""));
    put(entries, "date", machine.path("date").asText());
    return entries;
  }

  /** A GPU's backend says of itself what it is, and with which driver and libraries. */
  private static void addGpu(Map<String, String> entries, JsonNode backend) {
    String name = backend.path("name").asText();
    if (backend.path("usable").asBoolean() && SinterTrainer.of(name).isGpu()) {
      String details = pairs(backend.path("details"), " ");
      put(
          entries,
          "backend " + name,
          String.join(
              "; ", backend.path("device").asText(), backend.path("detail").asText(), details));
    }
  }

  private static String pairs(JsonNode object, String between) {
    List<String> pairs = new ArrayList<>();
    object
        .properties()
        .forEach(field -> pairs.add(field.getKey() + between + field.getValue().asText()));
    return String.join(", ", pairs);
  }

  private static void put(Map<String, String> entries, String name, String value) {
    if (!value.isEmpty()) {
      entries.put(
          name.length() <= 4
              ? name.replace("cpu", "CPU")
                  .replace("gpu", "GPU")
                  .replace("jdk", "JDK")
                  .replace("os", "OS")
              : name,
          value);
    }
  }

  private static void add(List<String> parts, String part) {
    if (!part.isEmpty()) {
      parts.add(part.replaceAll("\\((R|TM)\\)", "").strip());
    }
  }
}
