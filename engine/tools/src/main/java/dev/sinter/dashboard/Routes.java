package dev.sinter.dashboard;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of the dashboard. No part of a request ever becomes a path: the files of the page
 * are a fixed table, and runs and figures are looked up by name among those found.
 *
 * <pre>
 * GET  /  /app.js  ...              the page
 * GET  /api/events                  news, as server-sent events: runs, progress, lost
 * GET  /api/runs                    all runs
 * GET  /api/runs/ID                 one, with its numbers by epoch
 * GET  /api/runs/ID/figures/NAME    a PNG
 * POST /api/runs/ID/predict         the prediction for drawn strokes
 * </pre>
 */
final class Routes implements HttpHandler {
  private static final Logger LOG = LoggerFactory.getLogger(Routes.class);
  private static final String SCRIPT = "text/javascript; charset=utf-8";
  private static final long MAX_FIGURE = 32 << 20;
  private static final byte[] PNG_SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private final RequestFilter gate;
  private final RunBoard board;
  private final EventStream pages;
  private final DigitReader reader;
  private final Map<String, Response> files = new HashMap<>();

  Routes(int port, RunBoard board, EventStream pages, DigitReader reader) {
    this.gate = new RequestFilter(port);
    this.board = board;
    this.pages = pages;
    this.reader = reader;
    files.put("/", file("index.html", "text/html; charset=utf-8"));
    files.put("/style.css", file("style.css", "text/css; charset=utf-8"));
    files.put("/icon.svg", file("icon.svg", "image/svg+xml"));
    for (String script :
        List.of("app.js", "chart.js", "format.js", "pad.js", "runs.js", "digits.js")) {
      files.put("/" + script, file(script, SCRIPT));
    }
  }

  private static Response file(String name, String type) {
    try (InputStream resource = Routes.class.getResourceAsStream(name)) {
      return new Response(200, type, resource.readAllBytes());
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  @Override
  public void handle(HttpExchange exchange) {
    boolean handedOver = false;
    try {
      gate.check(exchange);
      if (exchange.getRequestURI().getRawPath().equals("/api/events")) {
        RequestFilter.requireGet(exchange);
        pages.open(exchange);
        handedOver = true;
      } else {
        answer(exchange).send(exchange);
      }
    } catch (HttpError refusal) {
      // The rest of the request is not read, so the connection cannot be reused.
      exchange.getResponseHeaders().set("Connection", "close");
      sendText(exchange, refusal.status, refusal.getMessage());
    } catch (IOException gone) {
      // The page was closed during the response.
    } catch (RuntimeException problem) {
      LOG.warn("dashboard: {}", problem.toString(), problem);
      sendText(exchange, 500, "the dashboard failed; its log says why");
    } finally {
      if (!handedOver) {
        exchange.close();
      }
    }
  }

  private static void sendText(HttpExchange exchange, int status, String line) {
    try {
      Response.text(status, line).send(exchange);
    } catch (IOException gone) {
      // The page is gone.
    }
  }

  private Response answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    Response file = files.get(path);
    if (file != null) {
      RequestFilter.requireGet(exchange);
      return file;
    }
    String[] parts = path.split("/", -1); // "", "api", "runs", ID, ...
    if (parts.length < 3 || !parts[1].equals("api") || !parts[2].equals("runs")) {
      throw new HttpError(404, "there is no such page");
    }
    if (parts.length == 3) {
      RequestFilter.requireGet(exchange);
      return Response.json(board.listing());
    }
    String id = decoded(parts[3]);
    if (parts.length == 4) {
      RequestFilter.requireGet(exchange);
      return Response.json(board.card(id).detail());
    }
    if (parts.length == 5 && parts[4].equals("predict")) {
      byte[] body = RequestFilter.jsonBody(exchange);
      return Response.json(reader.read(board.card(id), body));
    }
    if (parts.length == 6 && parts[4].equals("figures")) {
      RequestFilter.requireGet(exchange);
      return figure(board.card(id).figures().get(decoded(parts[5])));
    }
    throw new HttpError(404, "there is no such page");
  }

  private static String decoded(String part) {
    return URI.create("/" + part).getPath().substring(1);
  }

  private static Response figure(Path file) throws IOException {
    if (file == null || !Files.isRegularFile(file) || Files.size(file) > MAX_FIGURE) {
      throw new HttpError(404, "there is no such figure");
    }
    byte[] bytes = Files.readAllBytes(file);
    if (!Arrays.equals(Arrays.copyOf(bytes, PNG_SIGNATURE.length), PNG_SIGNATURE)) {
      throw new HttpError(404, "this figure is not a PNG");
    }
    return Response.png(bytes);
  }
}
