package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Fit;
import dev.sinter.dashboard.Dashboard;
import dev.sinter.dashboard.LiveRun;
import dev.sinter.data.Dataset;
import dev.sinter.errors.InputException;
import dev.sinter.recipes.Recipe;
import dev.sinter.report.Terminal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Option;

/**
 * The options of {@code train} that show it on a page.
 *
 * <p>On a terminal the page stays after the training, until Ctrl-C: else a short one would be over
 * before it is opened. Elsewhere it ends with the training, as a script expects.
 */
final class TrainDashboard {
  @Option(
      names = "--dashboard",
      description =
          "Serve a page on this machine that shows the training, and with --out the other runs"
              + " beside it. On a terminal it stays until Ctrl-C. The test set is then evaluated"
              + " after each epoch as well.")
  private boolean wanted;

  @Option(
      names = "--port",
      paramLabel = "N",
      description =
          "Where the dashboard listens, on 127.0.0.1 alone; 0 takes a free one. Default: "
              + Dashboard.DEFAULT_PORT
              + ".")
  private Integer port;

  private Dashboard dashboard; // null without --dashboard
  private LiveRun live;

  /** Refuses options that do not fit together. */
  void check() {
    if (port != null && !wanted) {
      throw InputException.of(
          "--port " + port, "--dashboard with it", "none", "Add --dashboard, or leave it out");
    }
  }

  /**
   * Starts serving where it is wanted, and says where.
   *
   * @param test the recipe's test set, or null
   * @param out the run's folder, or null
   * @return the training that tells the page
   */
  Fit begin(
      Recipe recipe, ObjectNode configuration, Fit fit, Dataset test, Path out, PrintWriter text) {
    if (!wanted) {
      return fit;
    }
    Path folder = out == null ? null : out.toAbsolutePath().normalize();
    String name = folder == null ? recipe.name() : folder.getFileName().toString();
    live = new LiveRun(folder, name, recipe.name(), configuration);
    dashboard =
        Dashboard.start(
            port == null ? Dashboard.DEFAULT_PORT : port,
            folder == null ? null : folder.getParent(),
            live);
    DashboardCommand.closeAtExit(dashboard);
    text.println("dashboard at " + dashboard.address());
    text.flush();
    return fit.validationData(test).callback(live);
  }

  void finish(RunResult result) {
    if (live != null) {
      live.finished(result.toJson());
    }
  }

  /** Shows why the training failed, and ends serving. */
  void fail(Throwable cause) {
    if (live != null) {
      live.failed(String.valueOf(cause.getMessage()));
      dashboard.close();
    }
  }

  /** Serves until Ctrl-C on a terminal; ends elsewhere. */
  void serveOn(PrintWriter text) throws InterruptedException {
    if (dashboard == null) {
      return;
    }
    if (Terminal.detect().live()) {
      text.println("dashboard still at " + dashboard.address() + "  (Ctrl-C ends it)");
      text.flush();
      new CountDownLatch(1).await();
    }
    dashboard.close();
  }
}
