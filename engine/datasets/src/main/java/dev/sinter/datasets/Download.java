package dev.sinter.datasets;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import dev.sinter.io.FileInput;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Downloads files from the first mirror that delivers them completely, within time limits.
 *
 * <p>Bytes go to a file named ".part", which a later attempt resumes (HTTP Range). A complete file
 * is verified ({@link RemoteFile}) and moved to its place atomically. A 5xx or 429 response and a
 * broken or stalled transfer are retried on the same mirror; after any other response, a damaged
 * file or repeated failures, the next mirror is tried. An unreachable mirror is not tried again.
 * One object serves one search on one thread.
 *
 * <p>Errors: {@link IOException} with one line that states the answer of each mirror.
 */
final class Download {
  /**
   * Time limits.
   *
   * @param connect for a name lookup, and for a connection
   * @param stall for the next bytes
   * @param idle for the whole search, without a single byte received
   * @param total for the whole search
   * @param pause before a second attempt; doubled before each later one
   * @param attempts per mirror and file
   */
  record Limits(
      Duration connect,
      Duration stall,
      Duration idle,
      Duration total,
      Duration pause,
      int attempts) {
    /** Without a network, gives up after at most 8 s; a slow network gets enough time. */
    static Limits standard() {
      return new Limits(
          Duration.ofSeconds(2),
          Duration.ofSeconds(4),
          Duration.ofSeconds(8),
          Duration.ofMinutes(10),
          Duration.ofMillis(300),
          3);
    }
  }

  /** A failure after which the mirror is not tried again for this file. */
  private static final class MirrorFailure extends Exception {
    private static final long serialVersionUID = 1L;

    MirrorFailure(String message) {
      super(message);
    }
  }

  private static final long SLACK_BYTES = 1 << 16; // compression may add bytes

  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int RANGE_NOT_SATISFIABLE = 416;
  private static final int TOO_MANY_REQUESTS = 429;
  private static final int SERVER_ERROR = 500;

  private final List<URI> mirrors;
  private final Limits limits;
  private final long startNanos = System.nanoTime();
  private final Set<URI> unreachable = new HashSet<>();
  private final Set<String> failures = new LinkedHashSet<>();
  private long lastByteNanos = startNanos;
  private @Nullable Connection connection; // null until the first fetch: it takes time to load

  /**
   * Creates a search; does not connect yet.
   *
   * @param mirrors folders, each ending in '/'
   */
  Download(List<URI> mirrors, Limits limits) {
    this.mirrors = List.copyOf(mirrors);
    this.limits = limits;
  }

  /**
   * Downloads one file to {@code target}, compressed as on the mirror.
   *
   * @throws IOException if no mirror delivered it, or it could not be written
   */
  void fetch(RemoteFile file, Path target) throws IOException {
    if (connection == null) {
      connection = new Connection(mirrors, limits);
    }
    Path part = target.resolveSibling(target.getFileName() + ".part");
    if (Files.exists(part) && file.isIntact(part)) { // complete: only the move is missing
      Files.move(part, target, ATOMIC_MOVE, REPLACE_EXISTING);
      return;
    }
    boolean first = true;
    for (URI mirror : mirrors) {
      if (unreachable.contains(mirror) || patience().isZero()) {
        continue;
      }
      if (!first) {
        Files.deleteIfExists(part); // begun on another mirror, which may compress differently
      }
      first = false;
      try {
        fetchFrom(connection, mirror.resolve(file.zippedName()), mirror, file, part);
        Files.move(part, target, ATOMIC_MOVE, REPLACE_EXISTING);
        return;
      } catch (MirrorFailure e) {
        failures.add(mirror.getHost() + ": " + e.getMessage());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
    if (patience().isZero()) {
      failures.add(
          "gave up after " + Duration.ofNanos(System.nanoTime() - startNanos).toSeconds() + " s");
    }
    throw new IOException(String.join("; ", failures));
  }

  private void fetchFrom(Connection from, URI address, URI mirror, RemoteFile file, Path part)
      throws IOException, MirrorFailure, InterruptedException {
    String failure = "no attempt";
    for (int attempt = 0; attempt < limits.attempts && !patience().isZero(); attempt++) {
      if (attempt > 0) {
        long pauseMillis = limits.pause.toMillis() << (attempt - 1);
        Thread.sleep(Math.min(pauseMillis, patience().toMillis()));
      }
      long begun = Files.exists(part) ? Files.size(part) : 0;
      HttpResponse<Flow.Publisher<List<ByteBuffer>>> response;
      try {
        response = from.get(address, begun, patience());
      } catch (Connection.Unreachable e) {
        unreachable.add(mirror);
        throw new MirrorFailure(FileInput.reason(e));
      } catch (IOException e) {
        failure = FileInput.reason(e);
        continue;
      }
      try (ResponseBody body = new ResponseBody()) {
        response.body().subscribe(body);
        failure = receive(response, body, begun, part, file.sizeBytes() + SLACK_BYTES);
      }
      if (failure == null) {
        if (file.isIntact(part)) {
          return;
        }
        Files.delete(part);
        failure = "a damaged " + file.zippedName();
        if (begun == 0) {
          break; // complete but wrong, and not because of an old beginning
        }
      }
    }
    throw new MirrorFailure(failure);
  }

  /**
   * Appends the body of a response to the part; returns null if it is complete, else the failure.
   */
  private @Nullable String receive(
      HttpResponse<?> response, ResponseBody body, long begun, Path part, long maxBytes)
      throws IOException, MirrorFailure, InterruptedException {
    int status = response.statusCode();
    if (status == RANGE_NOT_SATISFIABLE && begun > 0) {
      Files.delete(part);
      return "HTTP " + status;
    }
    if (status >= SERVER_ERROR || status == TOO_MANY_REQUESTS) {
      return "HTTP " + status;
    }
    if (status != OK && status != PARTIAL) {
      throw new MirrorFailure("HTTP " + status);
    }
    String range = response.headers().firstValue("Content-Range").orElse("");
    if (status == PARTIAL && !range.startsWith("bytes " + begun + "-")) {
      Files.deleteIfExists(part);
      return "a range that was not asked for (" + range + ")";
    }
    try (FileChannel out =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      out.truncate(status == OK ? 0 : begun); // a server may ignore the range and send all
      out.position(out.size());
      return append(body, out, maxBytes);
    }
  }

  private @Nullable String append(ResponseBody body, FileChannel out, long maxBytes)
      throws IOException, MirrorFailure, InterruptedException {
    while (true) {
      List<ByteBuffer> blocks;
      try {
        blocks = body.next(shorter(limits.stall, patience()));
      } catch (IOException e) {
        return FileInput.reason(e);
      }
      if (blocks == null) {
        return null;
      }
      for (ByteBuffer block : blocks) {
        while (block.hasRemaining()) {
          out.write(block);
        }
      }
      lastByteNanos = System.nanoTime();
      if (out.size() > maxBytes) {
        throw new MirrorFailure("more bytes than the file has");
      }
    }
  }

  /** Returns how long the search may still wait for the next byte; zero if it must give up. */
  private Duration patience() {
    long now = System.nanoTime();
    Duration idle = limits.idle.minusNanos(now - lastByteNanos);
    Duration total = limits.total.minusNanos(now - startNanos);
    Duration left = shorter(idle, total);
    return left.toMillis() <= 0 ? Duration.ZERO : left;
  }

  static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
