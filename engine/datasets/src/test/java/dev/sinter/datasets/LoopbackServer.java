package dev.sinter.datasets;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

/** A small HTTP server on 127.0.0.1 that can reproduce every failure of a mirror. */
final class LoopbackServer implements AutoCloseable {
  /** A request: its path, the first byte asked for (-1: all), and its number, from 0. */
  record Request(String path, int from, int number) {}

  /**
   * A response; a body longer than {@code sent} is cut there, then the connection is closed or
   * held.
   */
  record Reply(int status, String headers, byte[] body, int sent, boolean stalls) {
    static Reply whole(byte[] body) {
      return new Reply(200, "", body, body.length, false);
    }

    static Reply status(int status) {
      return new Reply(status, "", new byte[0], 0, false);
    }

    /** Answers with the requested range, or with everything. */
    static Reply ranged(byte[] body, Request request) {
      if (request.from < 0) {
        return whole(body);
      }
      if (request.from >= body.length) {
        return status(416);
      }
      byte[] rest = Arrays.copyOfRange(body, request.from, body.length);
      String range = "bytes " + request.from + "-" + (body.length - 1) + "/" + body.length;
      return new Reply(206, "Content-Range: " + range + "\r\n", rest, rest.length, false);
    }

    Reply cutAt(int count) {
      return new Reply(status, headers, body, Math.min(count, body.length), false);
    }

    Reply stallingAt(int count) {
      return new Reply(status, headers, body, Math.min(count, body.length), true);
    }
  }

  private final ServerSocket socket;
  private final Function<Request, Reply> replies;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch stopped = new CountDownLatch(1);

  LoopbackServer(Function<Request, Reply> replies) throws IOException {
    this.replies = replies;
    socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
    start(this::accept);
  }

  URI folder() {
    return URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/mnist/");
  }

  List<Request> requests() {
    return requests;
  }

  /** Returns the address of a folder on a port that refuses connections. */
  static URI refusing() throws IOException {
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return URI.create("http://127.0.0.1:" + closed.getLocalPort() + "/");
    }
  }

  @Override
  public void close() throws IOException {
    stopped.countDown();
    socket.close();
  }

  private void accept() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        start(() -> serve(client));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket client) {
    try (client) {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(client.getInputStream(), StandardCharsets.ISO_8859_1));
      String path = in.readLine().split(" ")[1];
      int from = -1;
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        if (line.toLowerCase(Locale.ROOT).startsWith("range: bytes=")) {
          from = Integer.parseInt(line.substring("range: bytes=".length()).replace("-", ""));
        }
      }
      Request request = new Request(path, from, requests.size());
      requests.add(request);
      Reply reply = replies.apply(request);
      OutputStream out = client.getOutputStream();
      if (reply != null) {
        String head =
            "HTTP/1.1 "
                + reply.status
                + " x\r\nContent-Length: "
                + reply.body.length
                + "\r\n"
                + reply.headers
                + "Connection: close\r\n\r\n";
        out.write(head.getBytes(StandardCharsets.ISO_8859_1));
        out.write(reply.body, 0, reply.sent);
        out.flush();
      }
      if (reply == null || reply.stalls) {
        stopped.await();
      }
    } catch (IOException | InterruptedException e) {
      // The client went away, or the test is over.
    }
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work, "loopback-server");
    thread.setDaemon(true);
    thread.start();
  }
}
