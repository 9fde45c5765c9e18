package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Model;
import dev.sinter.backend.Backends;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.ProgramPrinter;
import dev.sinter.recipes.Recipe;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sinter info}: the machine, and each backend with the reason why it can or cannot run; or a
 * recipe's program.
 */
@Command(
    name = "info",
    description = "Shows this machine, the backends, and why each can or cannot run.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class InfoCommand implements Callable<Integer> {
  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Option(
      names = "--program",
      paramLabel = "RECIPE",
      description = "Print the recipe's training program and its memory plan.")
  private String recipeName;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (recipeName != null) {
      out.print(program(Recipe.of(recipeName)));
    } else if (json) {
      out.println(Json.print(toJson(Backends.survey())));
    } else {
      table(out, Backends.survey());
    }
    out.flush();
    return 0;
  }

  private static String program(Recipe recipe) {
    try (Model model = recipe.model(0)) {
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      return ProgramPrinter.print(model.trainingProgram(recipe.batchSize(), recipe.labelColumns()));
    }
  }

  private static void table(PrintWriter out, List<Backends.Candidate> candidates) {
    out.println(system() + ", " + java());
    out.println(cores() + " cores");
    out.println();
    out.printf(
        Locale.ROOT, "%-10s %-6s %s%n", "backend", "usable", "device; versions, or the reason");
    boolean first = true;
    for (Backends.Candidate candidate : candidates) {
      boolean usable = candidate.probe().usable();
      String device = usable ? candidate.probe().device() + "; " : "";
      String automatic = usable && first ? "  <- auto" : "";
      out.printf(
          Locale.ROOT,
          "%-10s %-6s %s%s%s%n",
          candidate.name(),
          usable ? "yes" : "no",
          device,
          candidate.probe().detail(),
          automatic);
      first &= !usable;
    }
  }

  private static ObjectNode toJson(List<Backends.Candidate> candidates) {
    ObjectNode info = Json.object();
    info.put("system", system());
    info.put("java", java());
    info.put("cores", cores());
    ArrayNode backends = info.putArray("backends");
    for (Backends.Candidate candidate : candidates) {
      ObjectNode node = backends.addObject();
      node.put("name", candidate.name());
      node.put("rank", candidate.rank());
      node.put("usable", candidate.probe().usable());
      node.put("device", candidate.probe().device());
      node.put("detail", candidate.probe().detail());
    }
    candidates.stream()
        .filter(candidate -> candidate.probe().usable())
        .findFirst()
        .ifPresent(best -> info.put("auto", best.name()));
    return info;
  }

  private static String system() {
    return System.getProperty("os.name") + " " + System.getProperty("os.arch");
  }

  private static String java() {
    return "Java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")";
  }

  private static int cores() {
    return Runtime.getRuntime().availableProcessors();
  }
}
