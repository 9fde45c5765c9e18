package dev.sinter.cli;

import dev.sinter.dashboard.Dashboard;
import dev.sinter.errors.InputException;
import dev.sinter.runs.RunFolder;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code sinter dashboard}: serves a page with runs until Ctrl-C. */
@Command(
    name = "dashboard",
    description =
        "Serves a page with runs on this machine: curves, also of running trainings,"
            + " figures, a comparison, and a pad to draw digits on. Ctrl-C ends it.",
    sortOptions = false)
final class DashboardCommand extends Subcommand {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder of the runs written by train --out DIR/NAME. Default: runs.")
  private Path runs = Path.of("runs");

  @Option(
      names = "--port",
      paramLabel = "N",
      description = "The port on 127.0.0.1; 0 takes a free one. Default: ${DEFAULT-VALUE}.")
  private int port = Dashboard.DEFAULT_PORT;

  @Override
  void run() throws InterruptedException {
    if (RunFolder.isRun(runs)) {
      throw new InputException(
          "--out %s: expected a folder of runs, received a run. Name its parent folder: --out %s."
              .formatted(runs, runs.toAbsolutePath().normalize().getParent()));
    }
    RunFolder.list(runs); // throws if the folder is missing
    Dashboard dashboard = Dashboard.start(port, runs, null);
    closeAtExit(dashboard);
    out().println("dashboard of " + runs + " at " + dashboard.address() + "  (Ctrl-C ends it)");
    out().flush();
    new CountDownLatch(1).await();
  }

  /** Closes the dashboard at exit, so that pages learn of the end in any case. */
  static void closeAtExit(Dashboard dashboard) {
    Runtime.getRuntime().addShutdownHook(new Thread(dashboard::close, "sinter-dashboard-end"));
  }
}
