package dev.sinter.cuda.check;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.bench.Child.Ended;
import dev.sinter.bench.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The phases with tools of the CUDA toolkit: compute-sanitizer and ncu, where they are found. */
final class Tools {
  static final String SANITIZER = "compute-sanitizer";
  static final String NCU = "ncu";

  private static final Pattern CLEAN = Pattern.compile("SUMMARY: 0 (errors|hazards)");
  private static final Pattern CSV_FIELD = Pattern.compile("\"((?:[^\"]|\"\")*)\",?");

  /** A step of mnist-dense has about six kernels. */
  private static final String PROFILED_LAUNCHES = "24";

  /** What is asked of ncu, and how the report names it. */
  private static final Map<String, String> METRICS = new LinkedHashMap<>();

  static {
    METRICS.put("gpu__time_duration.sum", "ns");
    METRICS.put("launch__registers_per_thread", "registers");
    METRICS.put("sm__warps_active.avg.pct_of_peak_sustained_active", "occupancy, %");
    METRICS.put("dram__bytes.sum", "DRAM bytes");
    METRICS.put("lts__t_bytes.sum", "L2 bytes");
  }

  private final Phases phases;
  private final boolean rehearsal;

  Tools(Phases phases, boolean rehearsal) {
    this.phases = phases;
    this.rehearsal = rehearsal;
  }

  /** Returns where a tool is, or null. */
  static String path(String name) {
    List<Path> folders = new ArrayList<>();
    for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
      folders.add(Path.of(folder));
    }
    folders.addAll(subfolders("/usr/local", "cuda*", "bin"));
    folders.addAll(subfolders("/opt/nvidia/nsight-compute", "*", ""));
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .map(Path::toString)
        .findFirst()
        .orElse(null);
  }

  private static List<Path> subfolders(String parent, String pattern, String child) {
    List<Path> found = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(Path.of(parent), pattern)) {
      entries.forEach(entry -> found.add(entry.resolve(child)));
    } catch (IOException e) {
      // no such folder
    }
    return found;
  }

  /** A program with choices and kernels of its own: under a tool, timing would choose wrongly. */
  private Command tool(List<String> words, String title) {
    return Command.of(words)
        .variable("XDG_CACHE_HOME", phases.folder("tools-cache").toString())
        .log(phases.log(title));
  }

  private String usable(Result result, String tool) {
    String path = path(tool);
    if (path == null || rehearsal) {
      result.skip(
          path == null
              ? tool + " is neither in PATH nor in /usr/local/cuda*/bin"
              : "a rehearsal has no GPU");
      return null;
    }
    return path;
  }

  /** Every small case and two short trainings, without errors, races or wrong barriers. */
  void sanitizer(Result result) {
    String path = usable(result, SANITIZER);
    if (path == null) {
      return;
    }
    List<String> cases = SmokeCase.all().stream().map(SmokeCase::name).toList();
    Map<String, List<String>> programs = new LinkedHashMap<>();
    programs.put("small-cases", phases.smoke(null, cases).words());
    programs.put("mnist-dense", training("mnist-dense", "384"));
    programs.put("digits01", training("digits01", "96"));
    boolean[] known = new boolean[1];
    programs.forEach(
        (name, words) -> {
          for (String tool : List.of("memcheck", "racecheck", "synccheck")) {
            List<String> command = new ArrayList<>(List.of(path, "--tool", tool));
            command.addAll(List.of("--error-exitcode", "9", "--target-processes", "all"));
            command.addAll(List.of("--report-api-errors", "no")); // libraries ask and are refused
            command.addAll(words);
            String title = tool + "-" + name;
            Ended ended = tool(command, title).run(phases.limit(60));
            known[0] |= judge(result, title, ended);
          }
        });
    if (!known[0]) {
      result.skip("compute-sanitizer does not work here");
    }
  }

  private List<String> training(String recipe, String samples) {
    Path json = phases.log("unused").resolveSibling("tools.json");
    List<String> options = List.of("--limit", samples, "--epochs", "1");
    return Phases.java(Phases.SINTER, phases.command(recipe, json, options)).words();
  }

  /** Fails for what the sanitizer found; returns false where it did not work. */
  static boolean judge(Result result, String name, Ended ended) {
    String summary = "";
    boolean clean = true;
    for (String line : ended.output().lines().filter(e -> e.contains("SUMMARY")).toList()) {
      summary = line.replace("=", "").strip();
      clean &= CLEAN.matcher(line).find();
    }
    if (!clean) {
      result.fail(name + ": " + summary);
      return true;
    }
    boolean works = ended.succeeded() && !summary.isEmpty();
    result.say(name + ": " + (works ? summary : "nothing is known: " + ended.reason()));
    return works;
  }

  /** The kernels of the first steps of mnist-dense, with the clocks as they are. */
  void ncu(Result result) {
    String path = usable(result, NCU);
    if (path == null) {
      return;
    }
    Path csv = phases.log("ncu").resolveSibling("ncu.csv");
    List<String> command = new ArrayList<>(List.of(path, "--csv", "--page", "raw"));
    command.addAll(List.of("--clock-control", "none", "--cache-control", "none"));
    command.addAll(List.of("--print-units", "base", "--target-processes", "all"));
    command.addAll(List.of("--launch-count", PROFILED_LAUNCHES, "--log-file", csv.toString()));
    command.addAll(List.of("--metrics", String.join(",", METRICS.keySet())));
    command.addAll(training("mnist-dense", "1280"));
    // Once without ncu: what it makes slower is not to be timed, nor are its launches to be
    // measured.
    tool(training("mnist-dense", "1280"), "before-ncu").run(phases.limit(60));
    Ended ended = tool(command, "ncu").run(phases.limit(60));
    List<String> lines = List.of();
    try {
      lines = Files.exists(csv) ? Files.readAllLines(csv) : lines;
    } catch (IOException e) {
      result.say(csv + " cannot be read: " + e.getMessage());
    }
    if (!profile(result, lines)) {
      String reason =
          lines.stream()
              .filter(line -> line.startsWith("==ERROR=="))
              .findFirst()
              .orElseGet(ended::reason);
      result.skip("ncu measured nothing: " + reason);
    }
  }

  /** Says what a raw CSV page of ncu holds, kernel by kernel; returns false if it holds nothing. */
  static boolean profile(Result result, List<String> csv) {
    List<List<String>> rows =
        csv.stream().filter(line -> line.startsWith("\"")).map(Tools::fields).toList();
    int names = rows.isEmpty() ? -1 : rows.get(0).indexOf("Kernel Name");
    if (names < 0 || rows.size() < 3) {
      return false;
    }
    int grids = rows.get(0).indexOf("Grid Size");
    List<Integer> columns = METRICS.keySet().stream().map(rows.get(0)::indexOf).toList();
    Map<String, List<double[]>> kernels = new LinkedHashMap<>();
    for (List<String> row : rows.subList(2, rows.size())) { // below names and units
      double[] values =
          columns.stream().mapToDouble(c -> c < 0 ? Double.NaN : number(row.get(c))).toArray();
      String grid = grids < 0 ? "" : " " + row.get(grids).replace(" ", ""); // one name, many sizes
      kernels.computeIfAbsent(row.get(names) + grid, name -> new ArrayList<>()).add(values);
    }
    result.say(line("kernel", i -> List.copyOf(METRICS.values()).get(i), "launches"));
    ObjectNode details = result.details().putObject("kernels");
    kernels.forEach(
        (name, launches) -> {
          double[] means = new double[METRICS.size()];
          Arrays.setAll(
              means, i -> launches.stream().mapToDouble(v -> v[i]).average().getAsDouble());
          String count = Integer.toString(launches.size());
          result.say(line(name, i -> String.format(Locale.ROOT, "%,.0f", means[i]), count));
          ObjectNode kernel = details.putObject(name).put("launches", launches.size());
          List<String> titles = List.copyOf(METRICS.values());
          for (int i = 0; i < means.length; i++) {
            kernel.put(titles.get(i), means[i]);
          }
        });
    return true;
  }

  private static String line(String name, IntFunction<String> value, String launches) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%-28s", name));
    for (int i = 0; i < METRICS.size(); i++) {
      line.append(String.format(Locale.ROOT, " %13s", value.apply(i)));
    }
    return line.append(String.format(Locale.ROOT, " %8s", launches)).toString();
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text.replace(",", ""));
    } catch (NumberFormatException e) { // n/a
      return Double.NaN;
    }
  }

  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    Matcher matcher = CSV_FIELD.matcher(line);
    while (matcher.find()) {
      fields.add(matcher.group(1));
    }
    return fields;
  }
}
