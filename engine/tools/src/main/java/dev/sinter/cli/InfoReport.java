package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.backend.Backends;
import dev.sinter.backend.Details;
import dev.sinter.bench.Environment;
import dev.sinter.bench.Machine;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The content of {@code sinter info}.
 *
 * @param candidates best first
 * @param details the libraries and settings of each backend, in the same order
 * @param openMpRuntimes the files mapped after loading all these backends; empty if unknown
 * @param environment the variables read by thread pools and kernels
 */
record InfoReport(
    List<Backends.Candidate> candidates,
    List<Details> details,
    Optional<List<String>> openMpRuntimes,
    Map<String, String> environment) {
  /** Asks the backends, and then what that has mapped into the process. */
  static InfoReport of(List<Backends.Candidate> candidates) {
    List<Details> details =
        candidates.stream()
            .map(each -> each.probe().usable() ? each.provider().details() : Details.NONE)
            .toList();
    return new InfoReport(
        candidates,
        details,
        MappedLibraries.openMpRuntimes(),
        Environment.relevant(System.getenv()));
  }

  /** Returns one sentence per problem. */
  List<String> hints() {
    List<String> hints = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      String name = candidates.get(i).name();
      details.get(i).hints().forEach(hint -> hints.add("backend " + name + ": " + hint));
    }
    int runtimes = openMpRuntimes.map(List::size).orElse(0);
    if (runtimes > 1) {
      hints.add(
          runtimes
              + " OpenMP runtimes are mapped; if more than one is used, their threads compete for the cores"
              + (candidates.size() > 1
                  ? ": compare \"sinter info --backend NAME\", which loads one backend alone"
                  : ""));
    }
    return hints;
  }

  void print(PrintWriter out) {
    out.println(Machine.system() + ", " + java());
    out.println(Machine.cores() + " cores");
    out.println();
    table(out);
    for (int i = 0; i < candidates.size(); i++) {
      Map<String, String> values = details.get(i).values();
      if (!values.isEmpty()) {
        out.println();
        out.println(candidates.get(i).name());
        values.forEach((name, value) -> out.printf("  %-15s %s%n", name, value));
      }
    }
    out.println();
    openMpRuntimes.ifPresentOrElse(
        files ->
            out.println(
                "OpenMP runtimes in this process: "
                    + files.size()
                    + String.join("", files.stream().map(file -> "\n  " + file).toList())),
        () -> out.println("OpenMP runtimes in this process: unknown on this system"));
    if (!environment.isEmpty()) {
      out.println(
          environment.entrySet().stream()
              .map(entry -> entry.getKey() + "=" + entry.getValue())
              .collect(Collectors.joining(" ", "environment: ", "")));
    }
    hints().forEach(hint -> out.println("hint: " + hint));
  }

  private void table(PrintWriter out) {
    out.printf(
        Locale.ROOT, "%-10s %-6s %s%n", "backend", "usable", "device; versions, or the reason");
    String automatic = automatic().orElse("");
    for (Backends.Candidate candidate : candidates) {
      boolean usable = candidate.probe().usable();
      out.printf(
          Locale.ROOT,
          "%-10s %-6s %s%s%s%n",
          candidate.name(),
          usable ? "yes" : "no",
          usable ? candidate.probe().device() + "; " : "",
          candidate.probe().detail(),
          candidate.name().equals(automatic) ? "  <- auto" : "");
    }
  }

  /** Returns the backend that auto takes; empty if only some backends were queried. */
  private Optional<String> automatic() {
    return candidates.size() == 1 ? Optional.empty() : best(candidates);
  }

  /** Returns the first candidate that can run. */
  static Optional<String> best(List<Backends.Candidate> candidates) {
    return candidates.stream()
        .filter(candidate -> candidate.probe().usable())
        .map(Backends.Candidate::name)
        .findFirst();
  }

  ObjectNode toJson() {
    ObjectNode info = Json.object();
    info.put("system", Machine.system());
    info.put("java", java());
    info.put("cores", Machine.cores());
    ArrayNode backends = info.putArray("backends");
    for (int i = 0; i < candidates.size(); i++) {
      Backends.Candidate candidate = candidates.get(i);
      ObjectNode node = backends.addObject();
      node.put("name", candidate.name());
      node.put("rank", candidate.rank());
      node.put("usable", candidate.probe().usable());
      node.put("device", candidate.probe().device());
      node.put("detail", candidate.probe().detail());
      details.get(i).values().forEach(node.putObject("details")::put);
    }
    automatic().ifPresent(best -> info.put("auto", best));
    openMpRuntimes.ifPresentOrElse(
        files -> files.forEach(info.putArray("openmp_runtimes")::add),
        () -> info.putNull("openmp_runtimes"));
    environment.forEach(info.putObject("environment")::put);
    hints().forEach(info.putArray("hints")::add);
    return info;
  }

  static String java() {
    return "Java " + Machine.java();
  }
}
