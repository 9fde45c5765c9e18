package dev.sinter.dashboard;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Accepts only requests of the page of the dashboard.
 *
 * <p>The server listens on loopback, but a browser also runs pages of other sites on this machine.
 * A site whose name resolves to 127.0.0.1 is recognised by its Host header, any other site by its
 * Origin. A site that embeds an image or a script, for which browsers send no Origin, is recognised
 * by Sec-Fetch-Site.
 */
final class RequestFilter {
  /** The most bytes of a request body; the strokes of a page need a tenth of it. */
  static final int MAX_BODY = 64 << 10;

  private final Set<String> hosts;

  RequestFilter(int port) {
    hosts =
        port == 80 // the default of HTTP, usually omitted
            ? Set.of("localhost", "127.0.0.1", "localhost:80", "127.0.0.1:80")
            : Set.of("localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port);
  }

  /** Refuses a request that does not come from this page or from an address bar. */
  void check(HttpExchange exchange) {
    Headers headers = exchange.getRequestHeaders();
    String host = only(headers, "Host");
    if (host == null || !hosts.contains(host.toLowerCase(Locale.ROOT))) {
      throw new HttpError(403, "this dashboard only answers requests to localhost and 127.0.0.1");
    }
    if (exchange.getRequestURI().isAbsolute()) {
      throw new HttpError(400, "this is not a proxy");
    }
    String origin = only(headers, "Origin");
    boolean sameOrigin =
        origin == null
            || origin.startsWith("http://")
                && hosts.contains(origin.substring("http://".length()).toLowerCase(Locale.ROOT));
    String site = only(headers, "Sec-Fetch-Site");
    // A link followed from another page is harmless: it leads to the page itself.
    boolean followed =
        "navigate".equals(only(headers, "Sec-Fetch-Mode"))
            && exchange.getRequestURI().getRawPath().equals("/");
    if (!sameOrigin
        || site != null && !site.equals("same-origin") && !site.equals("none") && !followed) {
      throw new HttpError(403, "this dashboard does not answer requests of other sites");
    }
  }

  /** Refuses other methods and requests with a body. */
  static void requireGet(HttpExchange exchange) {
    requireMethod(exchange, "GET");
    Headers headers = exchange.getRequestHeaders();
    String length = only(headers, "Content-Length");
    if (length != null && !length.equals("0") || headers.containsKey("Transfer-Encoding")) {
      throw new HttpError(400, "expected no body");
    }
  }

  /** Returns the body of a JSON POST request. */
  static byte[] jsonBody(HttpExchange exchange) {
    requireMethod(exchange, "POST");
    Headers headers = exchange.getRequestHeaders();
    String type = only(headers, "Content-Type");
    if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
      throw new HttpError(415, "expected application/json");
    }
    String length = only(headers, "Content-Length");
    boolean fits = length == null || length.length() <= 9 && Long.parseLong(length) <= MAX_BODY;
    try {
      byte[] body = fits ? exchange.getRequestBody().readNBytes(MAX_BODY + 1) : null;
      if (body == null || body.length > MAX_BODY) {
        throw new HttpError(413, "expected at most " + MAX_BODY + " bytes");
      }
      return body;
    } catch (IOException broken) { // invalid chunks, or the page was closed
      throw new HttpError(400, "expected a complete body");
    }
  }

  private static void requireMethod(HttpExchange exchange, String method) {
    if (!exchange.getRequestMethod().equals(method)) {
      exchange.getResponseHeaders().set("Allow", method);
      throw new HttpError(405, "expected " + method);
    }
  }

  /** Returns the value of a header, or null; refuses several values. */
  private static String only(Headers headers, String name) {
    List<String> values = headers.get(name);
    if (values == null || values.isEmpty()) {
      return null;
    }
    if (values.size() > 1) {
      throw new HttpError(400, "expected one header " + name);
    }
    return values.get(0);
  }
}
