package dev.sinter.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A client of a dashboard: the page, or an impostor. */
final class Page implements Closeable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_MILLIS = 30_000;

  private final URI dashboard;
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<Closeable> open = new ArrayList<>();

  Page(Dashboard dashboard) {
    this.dashboard = dashboard.address();
  }

  int port() {
    return dashboard.getPort();
  }

  HttpResponse<byte[]> get(String path, String... headers) {
    return send(request(path, headers).GET().build());
  }

  HttpResponse<byte[]> method(String method, String path) {
    return send(request(path).method(method, HttpRequest.BodyPublishers.noBody()).build());
  }

  HttpResponse<byte[]> post(String path, String body, String... headers) {
    return send(
        request(path, headers)
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
            .build());
  }

  /** Posts strokes as the page does. */
  HttpResponse<byte[]> predict(String run, String body) {
    return post("/api/runs/" + run + "/predict", body, "Content-Type", "application/json");
  }

  private HttpRequest.Builder request(String path, String... headers) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(at(path)));
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    return builder.timeout(Duration.ofMillis(PATIENCE_MILLIS));
  }

  private String at(String path) {
    return "http://127.0.0.1:" + port() + path;
  }

  private HttpResponse<byte[]> send(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    } catch (InterruptedException stop) {
      throw new IllegalStateException(stop);
    }
  }

  static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException problem) {
      throw new UncheckedIOException(text, problem);
    }
  }

  JsonNode json(HttpResponse<byte[]> response) {
    return json(text(response));
  }

  /** Sends raw bytes; returns the complete response until the server closes. */
  String raw(String request) {
    try (Socket socket = new Socket("127.0.0.1", port())) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Opens the events as a browser does, and does not read them. */
  Socket silentEvents() {
    try {
      Socket socket = new Socket("127.0.0.1", port());
      open.add(socket);
      socket.setSoTimeout(PATIENCE_MILLIS);
      String request = "GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:" + port() + "\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return socket;
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Opens the events and waits for the response. */
  Events events() {
    try {
      HttpResponse<InputStream> response =
          client.send(
              HttpRequest.newBuilder(URI.create(at("/api/events"))).build(),
              HttpResponse.BodyHandlers.ofInputStream());
      Events events = new Events(response);
      open.add(events);
      return events;
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    } catch (InterruptedException stop) {
      throw new IllegalStateException(stop);
    }
  }

  @Override
  public void close() throws IOException {
    for (Closeable each : open) {
      each.close();
    }
  }

  /** One stream of events, read according to the standard. */
  static final class Events implements Closeable {
    final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    /** An event's name and its data; comments and settings have no name. */
    record Event(String name, String data) {}

    private Events(HttpResponse<InputStream> response) {
      this.response = response;
      this.lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** Returns the next block, or null at the end of the stream. */
    Event next() {
      try {
        String name = "";
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.isEmpty()) {
            return new Event(name, data.toString());
          } else if (line.startsWith("event: ")) {
            name = line.substring("event: ".length());
          } else if (line.startsWith("data: ")) {
            data.append(line.substring("data: ".length()));
          } else if (!line.startsWith(":") && !line.startsWith("retry: ")) {
            throw new AssertionError("no line of server-sent events: " + line);
          }
        }
        return null;
      } catch (IOException ended) {
        return null;
      }
    }

    /** Returns the data of the next event with the given name. */
    JsonNode next(String name) {
      for (Event event = next(); event != null; event = next()) {
        if (event.name.equals(name)) {
          return json(event.data);
        }
      }
      throw new AssertionError("the stream ended before an event " + name);
    }

    @Override
    public void close() throws IOException {
      response.body().close();
    }
  }
}
