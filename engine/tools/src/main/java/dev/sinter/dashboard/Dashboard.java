package dev.sinter.dashboard;

import com.sun.net.httpserver.HttpServer;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A page with runs on this machine: curves during training, figures, a comparison, and a pad to
 * draw digits on.
 *
 * <p>Served only on 127.0.0.1, by daemon threads. It only reads the runs.
 */
public final class Dashboard implements AutoCloseable {
  /** The default port. */
  public static final int DEFAULT_PORT = 8765;

  private static final Logger LOG = LoggerFactory.getLogger(Dashboard.class);
  private static final int MAX_PORT = 65_535;
  private static final int THREADS = 8;
  private static final int WAITING = 64; // requests; more are refused
  private static final long TICK_MILLIS = 100;

  private final HttpServer server;
  private final RunBoard board;
  private final EventStream pages = new EventStream();
  private final DigitReader reader = new DigitReader();
  private final ThreadPoolExecutor requests;
  private final ScheduledExecutorService clock;

  private Dashboard(HttpServer server, Path runs, LiveRun live) {
    this.server = server;
    board = new RunBoard(runs, live, pages);
    requests =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING),
            daemon("sinter-dashboard-request"));
    requests.allowCoreThreadTimeOut(true);
    server.setExecutor(requests);
    server.createContext("/", new Routes(server.getAddress().getPort(), board, pages, reader));
    clock = Executors.newSingleThreadScheduledExecutor(daemon("sinter-dashboard-clock"));
    clock.scheduleWithFixedDelay(this::tick, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void tick() {
    try {
      board.tick();
    } catch (RuntimeException problem) {
      LOG.warn("dashboard: {}", problem.toString()); // an exception would stop all further ticks
    }
  }

  /**
   * Starts serving.
   *
   * @param port 0 takes a free one
   * @param runs a folder of run folders, or null; it may appear later
   * @param live a training in this process, or null
   * @throws InputException if the port is in use or not allowed
   */
  public static Dashboard start(int port, Path runs, LiveRun live) {
    if (port < 0 || port > MAX_PORT) {
      throw InputException.of("--port", "0 to " + MAX_PORT, port, "Correct the number");
    }
    // Read once, when the server class loads: time limit in seconds for a client that never ends
    // its request; do not read the rest of a refused request; send small messages at once.
    System.getProperties().putIfAbsent("sun.net.httpserver.maxReqTime", "20");
    System.getProperties().putIfAbsent("sun.net.httpserver.drainAmount", "0");
    System.getProperties().putIfAbsent("sun.net.httpserver.nodelay", "true");
    try {
      InetAddress loopback = InetAddress.getByAddress("127.0.0.1", new byte[] {127, 0, 0, 1});
      HttpServer server = HttpServer.create(new InetSocketAddress(loopback, port), WAITING);
      Dashboard dashboard = new Dashboard(server, runs, live);
      server.start();
      return dashboard;
    } catch (BindException taken) {
      throw InputException.of(
          "--port " + port,
          "a free port",
          "one that cannot be used (" + taken.getMessage() + ")",
          "End the other program, or choose another port; 0 takes any free one",
          taken);
    } catch (IOException problem) {
      throw new RunException(
          "dashboard: expected to listen on 127.0.0.1, received an error (%s). Run without --dashboard."
              .formatted(problem),
          problem);
    }
  }

  static ThreadFactory daemon(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Returns the address of the page. */
  public URI address() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
  }

  int openPages() {
    return pages.pages();
  }

  /** Stops serving: sends the last news to the pages and closes the connections. */
  @Override
  public void close() {
    clock.shutdownNow();
    board.lastTick();
    pages.close();
    server.stop(0);
    requests.shutdownNow();
    reader.close();
  }
}
