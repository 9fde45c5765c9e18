package dev.sinter.cpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A headless Chromium, driven by the W3C WebDriver protocol: JSON over HTTP to chromedriver.
 * Source: W3C, WebDriver, sections 6 to 15.
 */
final class Browser implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
  private static final List<String> CHROMIUM =
      List.of("chromium", "chromium-browser", "google-chrome");
  private static final List<String> FLAGS =
      List.of(
          "--headless",
          "--no-sandbox",
          "--disable-gpu",
          "--disable-quic",
          "--no-first-run",
          "--disable-background-networking",
          "--disable-component-update",
          "--disable-sync",
          "--disable-dev-shm-usage");

  private final Process driver;
  private final HttpClient client = HttpClient.newHttpClient();
  private final String session;

  /** Returns what is missing for a browser, or nothing. */
  static Optional<String> missing() {
    if (CHROMIUM.stream().noneMatch(name -> found(name).isPresent())) {
      return Optional.of("no chromium on the PATH (Debian: apt-get install chromium)");
    }
    return found("chromedriver").isEmpty()
        ? Optional.of("no chromedriver on the PATH (Debian: apt-get install chromium-driver)")
        : Optional.empty();
  }

  private static Optional<Path> found(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Starts a browser.
   *
   * @param profile an empty folder for what it remembers
   */
  Browser(Path profile) throws IOException {
    driver =
        new ProcessBuilder(found("chromedriver").orElseThrow().toString(), "--port=0")
            .redirectErrorStream(true)
            .start();
    String address = "http://127.0.0.1:" + port(driver);
    ObjectNode options = JSON.createObjectNode();
    Path chromium =
        CHROMIUM.stream().flatMap(name -> found(name).stream()).findFirst().orElseThrow();
    options.put("binary", chromium.toString());
    ArrayNode flags = options.putArray("args");
    FLAGS.forEach(flags::add);
    flags.add("--user-data-dir=" + profile);
    ObjectNode wanted = JSON.createObjectNode();
    wanted.set("goog:chromeOptions", options);
    wanted.putObject("goog:loggingPrefs").put("browser", "ALL");
    ObjectNode body = JSON.createObjectNode();
    body.putObject("capabilities").set("alwaysMatch", wanted);
    session =
        address + "/session/" + send("POST", address + "/session", body).get("sessionId").asText();
  }

  private static String port(Process driver) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      Matcher matcher = PORT.matcher(line);
      if (matcher.find()) {
        return matcher.group(1);
      }
    }
    throw new IOException("chromedriver ended before it listened");
  }

  private JsonNode send(String method, String address, JsonNode body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address))
            .timeout(PATIENCE)
            .header("Content-Type", "application/json; charset=utf-8")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body.toString()))
            .build();
    try {
      HttpResponse<String> response =
          client.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
      JsonNode value = JSON.readTree(response.body()).path("value");
      if (response.statusCode() != 200) {
        throw new AssertionError(
            "browser: " + value.path("error").asText() + ", " + value.path("message").asText());
      }
      return value;
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    } catch (InterruptedException stop) {
      throw new IllegalStateException(stop);
    }
  }

  void open(String address) {
    send("POST", session + "/url", JSON.createObjectNode().put("url", address));
  }

  /** Runs the body of a function in the page; returns its result. */
  JsonNode script(String code, Object... arguments) {
    ObjectNode body = JSON.createObjectNode().put("script", code);
    ArrayNode list = body.putArray("args");
    Arrays.stream(arguments).forEach(list::addPOJO);
    return send("POST", session + "/execute/sync", JSON.valueToTree(body));
  }

  /** Returns the text of an element as it is shown. */
  String text(String selector) {
    return script("return document.querySelector(arguments[0])?.innerText ?? ''", selector)
        .asText();
  }

  int count(String selector) {
    return script("return document.querySelectorAll(arguments[0]).length", selector).asInt();
  }

  void click(String selector) {
    send("POST", element(selector) + "/click", JSON.createObjectNode());
  }

  private String element(String selector) {
    ObjectNode query = JSON.createObjectNode();
    query.put("using", "css selector").put("value", selector);
    JsonNode found = send("POST", session + "/element", query);
    return session + "/element/" + found.elements().next().asText();
  }

  /**
   * Presses keys, one after the other, on what has the focus; WebDriver's codes for special ones.
   */
  void type(String keys) {
    ObjectNode body = JSON.createObjectNode();
    ObjectNode source = body.putArray("actions").addObject().put("type", "key").put("id", "keys");
    ArrayNode actions = source.putArray("actions");
    keys.codePoints()
        .mapToObj(Character::toString)
        .forEach(
            key -> {
              actions.addObject().put("type", "keyDown").put("value", key);
              actions.addObject().put("type", "keyUp").put("value", key);
            });
    send("POST", session + "/actions", body);
  }

  /** Draws a line through points x, y, ... of an element, 0 to 1, with the pointer down. */
  void draw(String selector, double... points) {
    JsonNode box =
        script(
            "const e = document.querySelector(arguments[0]); e.scrollIntoView({block: 'center'});"
                + " const b = e.getBoundingClientRect(); return [b.left, b.top, b.width, b.height]",
            selector);
    ObjectNode body = JSON.createObjectNode();
    ObjectNode source =
        body.putArray("actions").addObject().put("type", "pointer").put("id", "pen");
    source.putObject("parameters").put("pointerType", "mouse");
    ArrayNode actions = source.putArray("actions");
    for (int i = 0; i < points.length; i += 2) {
      ObjectNode move =
          actions.addObject().put("type", "pointerMove").put("duration", i == 0 ? 0 : 20);
      move.put("x", (int) (box.get(0).asDouble() + points[i] * box.get(2).asDouble()));
      move.put("y", (int) (box.get(1).asDouble() + points[i + 1] * box.get(3).asDouble()));
      if (i == 0) {
        actions.addObject().put("type", "pointerDown").put("button", 0);
      }
    }
    actions.addObject().put("type", "pointerUp").put("button", 0);
    send("POST", session + "/actions", body);
  }

  /** Sets the page's size, and whether the user likes it dark. */
  void look(int width, int height, boolean dark) {
    ObjectNode size = JSON.createObjectNode();
    size.put("width", width).put("height", height).put("deviceScaleFactor", 1).put("mobile", false);
    devTools("Emulation.setDeviceMetricsOverride", size);
    ObjectNode media = JSON.createObjectNode();
    media
        .putArray("features")
        .addObject()
        .put("name", "prefers-color-scheme")
        .put("value", dark ? "dark" : "light");
    devTools("Emulation.setEmulatedMedia", media);
  }

  private void devTools(String command, JsonNode parameters) {
    ObjectNode body = JSON.createObjectNode().put("cmd", command);
    body.set("params", parameters);
    send("POST", session + "/goog/cdp/execute", body);
  }

  /** Returns what the page has logged since the last call: errors of scripts and of loading. */
  String log() {
    return send("POST", session + "/se/log", JSON.createObjectNode().put("type", "browser"))
        .toString();
  }

  /** Waits until something is so. */
  void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("the page did not come to: " + what + "\n" + text("body"));
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException stop) {
        throw new IllegalStateException(stop);
      }
    }
  }

  @Override
  public void close() {
    try {
      send("DELETE", session, null);
    } finally {
      driver.destroy();
    }
  }
}
