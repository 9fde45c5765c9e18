package dev.sinter.spark.cli;

import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/**
 * Where a Spark cluster is. Immutable.
 *
 * @param url as Spark takes it
 */
record Master(String url) {
  private static final String STANDALONE = "spark://";
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  /** Returns whether all work is done in this process. */
  boolean isInThisProcess() {
    return url.equals("local") || url.startsWith("local[");
  }

  /** Returns whether all processes are on this machine. */
  boolean isOnThisMachine() {
    if (isInThisProcess() || url.startsWith("local-cluster[")) {
      return true;
    }
    try {
      String host = url.startsWith(STANDALONE) ? new URI(url).getHost() : null;
      return host != null && InetAddress.getByName(host).isLoopbackAddress();
    } catch (URISyntaxException | IOException unknown) {
      return false;
    }
  }

  /**
   * Refuses a standalone master that does not answer: Spark itself would try for minutes.
   *
   * @throws InputException if the address is none
   * @throws RunException if nobody answers there
   */
  void requireAnswer() {
    if (!url.startsWith(STANDALONE)) {
      return;
    }
    IOException problem = null;
    for (String address : url.substring(STANDALONE.length()).split(",")) { // several, for failover
      int colon = address.lastIndexOf(':');
      int port = colon < 1 || !address.matches(".*:\\d{1,5}") ? -1 : port(address, colon);
      if (port < 1 || port > 65_535) {
        throw InputException.of(
            "Spark's master", "spark://HOST:PORT", url, "Name host and port of the master");
      }
      try (Socket socket = new Socket()) {
        socket.connect(
            new InetSocketAddress(address.substring(0, colon), port), (int) PATIENCE.toMillis());
        return;
      } catch (IOException failed) {
        problem = failed;
      }
    }
    throw RunException.of(
        "Spark's master " + url,
        "an answer within " + PATIENCE.toSeconds() + " s",
        String.valueOf(problem),
        "Start it, or correct the address",
        problem);
  }

  private static int port(String address, int colon) {
    return Integer.parseInt(address.substring(colon + 1));
  }
}
