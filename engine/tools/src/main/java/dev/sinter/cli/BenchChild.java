package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.backend.BackendOptions;
import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.errors.SinterException;
import dev.sinter.recipes.Recipe;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The JVM that {@code sinter bench} starts for a backend: it measures the recipes one by one and
 * writes a line of JSON each to standard output, after one about the data. It ends when its
 * standard input does, so it never outlives the command.
 */
public final class BenchChild {
  /** Marks our lines among those that native libraries may print. */
  static final String MARK = "sinter-bench ";

  private BenchChild() {}

  /**
   * Measures.
   *
   * @param arguments backend, threads, seconds a cell, the folder that holds mnist/ or nothing,
   *     recipes
   */
  public static void main(String[] arguments) {
    endWith(System.in);
    PrintStream lines = System.out;
    System.setOut(System.err);
    try {
      String backend = arguments[0];
      BackendOptions options =
          new BackendOptions(0, Integer.parseInt(arguments[1]), BackendOptions.FLOAT32);
      double seconds = Double.parseDouble(arguments[2]);
      List<Recipe> recipes = List.of(arguments).stream().skip(4).map(Recipe::of).toList();
      Path dataDir = arguments[3].isEmpty() ? null : Path.of(arguments[3]);
      Mnist mnist =
          Mnist.load(MnistOptions.defaults().withOffline(true).withDataDir(dataDir, "--data"));
      send(lines, Json.object().put("data", mnist.note()));
      for (Recipe recipe : recipes) {
        send(lines, measure(backend, options, recipe, seconds, mnist).toJson());
      }
      System.exit(0);
    } catch (SinterException problem) {
      int code = Main.exitCode(problem);
      send(lines, Json.object().put("error", problem.getMessage()).put("exit_code", code));
      System.exit(code);
    }
  }

  private static BenchCell measure(
      String backend, BackendOptions options, Recipe recipe, double seconds, Mnist mnist) {
    try {
      return new BenchMeasurement(backend, options, recipe, seconds)
          .run(recipe.fromMnist(mnist, 0).train());
    } catch (SinterException problem) {
      return BenchCell.failed(backend, recipe.name(), problem.getMessage());
    } catch (OutOfMemoryError | RuntimeException problem) {
      return BenchCell.failed(backend, recipe.name(), "unexpected " + problem);
    }
  }

  private static void send(PrintStream lines, ObjectNode node) {
    lines.writeBytes((MARK + node + "\n").getBytes(StandardCharsets.UTF_8));
    lines.flush();
  }

  /** Ends this JVM when a stream ends: whoever held its other side is gone. */
  private static void endWith(InputStream stream) {
    BenchProcess.startDaemon(
        "parent",
        () -> {
          try {
            while (stream.read() >= 0) {}
          } catch (IOException gone) {
            // as good as the end
          }
          Runtime.getRuntime().halt(Main.FAILURE);
        });
  }
}
