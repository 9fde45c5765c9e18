package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Fit;
import dev.sinter.dashboard.Dashboard;
import dev.sinter.dashboard.LiveRun;
import dev.sinter.data.Dataset;
import dev.sinter.errors.InputException;
import dev.sinter.recipes.Task;
import dev.sinter.report.Terminal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Option;

/**
 * The options of {@code train} that serve a page.
 *
 * <p>On a terminal, the page stays after the training until Ctrl-C, because a short training would
 * end before the page is opened. Elsewhere it ends with the training, as a script expects.
 */
final class TrainDashboard {
  @Option(
      names = "--dashboard",
      description =
          "Serve a page with the training on this machine, and with --out the other runs"
              + " next to it. On a terminal it stays until Ctrl-C. The test set is then evaluated"
              + " after each epoch as well.")
  private boolean wanted;

  @Option(
      names = "--port",
      paramLabel = "N",
      description =
          "The port of the dashboard on 127.0.0.1; 0 takes a free one. Default: "
              + Dashboard.DEFAULT_PORT
              + ".")
  private Integer port;

  private Dashboard dashboard; // null if --dashboard is absent
  private LiveRun live;

  boolean isWanted() {
    return wanted;
  }

  /** Refuses options that do not fit together. */
  void check() {
    if (port != null && !wanted) {
      throw InputException.of(
          "--port " + port, "--dashboard with it", "none", "Add --dashboard, or leave it out");
    }
  }

  /**
   * Starts serving if requested, and prints the address.
   *
   * @param test the test set of the task, or null
   * @param out the folder of the run, or null
   * @return the fit with the callback that updates the page
   */
  Fit begin(
      Task task, ObjectNode configuration, Fit fit, Dataset test, Path out, PrintWriter text) {
    if (!wanted) {
      return fit;
    }
    Path folder = out == null ? null : out.toAbsolutePath().normalize();
    String name = folder == null ? task.name() : folder.getFileName().toString();
    live = new LiveRun(folder, name, task.name(), configuration);
    dashboard =
        Dashboard.start(
            port == null ? Dashboard.DEFAULT_PORT : port,
            folder == null ? null : folder.getParent(),
            live);
    DashboardCommand.closeAtExit(dashboard);
    text.println("dashboard at " + dashboard.address());
    text.flush();
    return (fit.validationSplit() > 0 ? fit : fit.validationData(test)).callback(live);
  }

  void finish(RunResult result) {
    if (live != null) {
      live.finished(result.toJson());
    }
  }

  /** Shows the reason of a failed training, and stops serving. */
  void fail(Throwable cause) {
    if (live != null) {
      live.failed(String.valueOf(cause.getMessage()));
      dashboard.close();
    }
  }

  /** On a terminal, serves until Ctrl-C; elsewhere, stops. */
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
