package dev.sinter.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Sends news to open pages as server-sent events. Each page has a {@link Mailbox} and a separate
 * daemon thread that writes, so a page that does not read delays nobody. Source: WHATWG, HTML
 * Living Standard, 9.2 Server-sent events.
 */
final class EventStream implements AutoCloseable {
  /** The most open pages. */
  static final int MAX_PAGES = 32;

  private static final int MESSAGES = 64;
  private static final long STILL_HERE_MILLIS = 15_000;
  private static final long FAREWELL_MILLIS = 500;
  private static final String STILL_HERE = ": still here\n\n";
  private static final String FIRST = "retry: 1000\n\n";

  private final List<Mailbox> pages = new ArrayList<>();
  private boolean closed;

  /** Takes over a request; it ends when the page or the dashboard is closed. */
  void open(HttpExchange exchange) throws IOException {
    Mailbox mailbox = new Mailbox(MESSAGES);
    synchronized (pages) {
      if (closed || pages.size() >= MAX_PAGES) {
        throw new HttpError(503, MAX_PAGES + " pages are open: close one");
      }
      pages.add(mailbox);
    }
    try {
      Response.headers(exchange, "text/event-stream; charset=utf-8");
      exchange.sendResponseHeaders(200, 0);
      Dashboard.daemon("sinter-dashboard-page").newThread(() -> write(exchange, mailbox)).start();
    } catch (IOException | RuntimeException | Error problem) {
      forget(mailbox);
      throw problem;
    }
  }

  private void write(HttpExchange exchange, Mailbox mailbox) {
    try (OutputStream out = exchange.getResponseBody()) {
      send(out, FIRST);
      String message = mailbox.take(STILL_HERE_MILLIS);
      while (message != null || !mailbox.isClosed()) {
        send(out, message == null ? STILL_HERE : message);
        message = mailbox.take(STILL_HERE_MILLIS);
      }
    } catch (IOException gone) {
      // The page was closed.
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    } finally {
      forget(mailbox);
      exchange.close();
    }
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private void forget(Mailbox mailbox) {
    synchronized (pages) {
      pages.remove(mailbox);
      pages.notifyAll();
    }
  }

  /** Sends an event to every page, without waiting. */
  void tell(String event, JsonNode data) {
    String message = "event: " + event + "\ndata: " + data + "\n\n"; // JSON has no line breaks
    synchronized (pages) {
      pages.forEach(page -> page.put(message));
    }
  }

  int pages() {
    synchronized (pages) {
      return pages.size();
    }
  }

  /** Ends all streams after their pending messages are written; waits for that only a moment. */
  @Override
  public void close() {
    synchronized (pages) {
      closed = true;
      pages.forEach(Mailbox::close);
      long last = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(FAREWELL_MILLIS);
      try {
        for (long left = FAREWELL_MILLIS; left > 0 && !pages.isEmpty(); ) {
          pages.wait(left);
          left = TimeUnit.NANOSECONDS.toMillis(last - System.nanoTime());
        }
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
