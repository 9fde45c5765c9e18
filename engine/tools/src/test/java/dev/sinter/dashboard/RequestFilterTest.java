package dev.sinter.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that the page never makes get only a 4xx status and one line. */
@Timeout(60)
class RequestFilterTest {
  private static final String SECRET = "not for the page";
  private static final int TOO_MUCH = 64 * 1024 + 1;

  @TempDir Path folder;
  private Dashboard dashboard;
  private Page page;

  @BeforeEach
  void start() throws IOException {
    Path runs = Files.createDirectory(folder.resolve("runs"));
    Path run = TestRuns.write(runs, "a", "mnist-dense", "finished", 1);
    TestRuns.weights(run, 784, 2, 10);
    TestRuns.figure(run, "curves.png", TestRuns.PNG);
    Files.writeString(folder.resolve("secret.png"), SECRET);
    Files.writeString(run.resolve("secret.png"), SECRET);
    TestRuns.write(runs, "untrained", "mnist-dense", "running", 0);
    TestRuns.weights(TestRuns.write(runs, "other", "digits01", "finished", 0), 784, 2, 10);
    TestRuns.weights(TestRuns.write(runs, "unknown", "resnet", "finished", 0), 784, 2, 10);
    dashboard = Dashboard.start(0, runs, null);
    page = new Page(dashboard);
  }

  @AfterEach
  void stop() throws IOException {
    page.close();
    dashboard.close();
  }

  private String raw(String path, String... headers) {
    StringBuilder request = new StringBuilder("GET " + path + " HTTP/1.1\r\nConnection: close\r\n");
    for (String header : headers) {
      request.append(header.replace("PORT", "" + page.port())).append("\r\n");
    }
    return page.raw(request + "\r\n");
  }

  private static void assertRefused(String response, int status) {
    assertThat(response).startsWith("HTTP/1.1 " + status + " ");
    assertNothingElse(response.substring(response.indexOf("\r\n\r\n") + 4));
  }

  private static void assertRefused(HttpResponse<byte[]> response, int status) {
    assertThat(response.statusCode()).as(Page.text(response)).isEqualTo(status);
    assertNothingElse(Page.text(response));
  }

  private static void assertNothingElse(String body) {
    assertThat(body).doesNotContain(SECRET, "Exception", "\tat ", "dev.sinter", "root:");
    assertThat(body.strip().lines().count()).as(body).isLessThanOrEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:PORT",
        "localhost.evil.example:PORT",
        "localhost",
        "127.0.0.1:1",
        "127.0.0.2:PORT",
        "[::2]:PORT",
        "user@localhost:PORT",
        "localhost:PORT ",
        ""
      })
  void host_foreign_refused(String host) {
    String sent = "Host: " + host;
    if (host.endsWith(" ")) {
      assertThat(raw("/api/runs", sent)).startsWith("HTTP/1.1 200"); // blanks are ignored
    } else {
      assertRefused(raw("/api/runs", sent), 403);
      assertRefused(raw("/", sent), 403);
      assertRefused(raw("/api/events", sent), 403);
    }
  }

  @Test
  void host_noneOrSeveral_refused() {
    assertRefused(raw("/api/runs"), 403);
    assertRefused(raw("/api/runs", "Host: localhost:PORT", "Host: evil.example"), 400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "LocalHost", "127.0.0.1", "[::1]"})
  void host_own_served(String host) {
    assertThat(raw("/api/runs", "Host: " + host + ":PORT")).startsWith("HTTP/1.1 200 ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://evil.example",
        "null",
        "https://localhost:PORT",
        "http://localhost",
        "http://localhost:1",
        "http://localhost:PORT.evil.example",
        "file://"
      })
  void origin_foreign_refused(String origin) {
    String sent = origin.replace("PORT", "" + page.port());
    assertRefused(page.get("/api/runs", "Origin", sent), 403);
    assertRefused(page.get("/api/events", "Origin", sent), 403);
    assertRefused(
        page.post("/api/runs/a/predict", "{}", "Origin", sent, "Content-Type", "application/json"),
        403);
  }

  @Test
  void origin_own_served() {
    String own = "http://localhost:" + page.port();
    assertThat(page.get("/api/runs", "Origin", own).statusCode()).isEqualTo(200);
  }

  /** An image or a script embedded by another site is requested without an Origin. */
  @ParameterizedTest
  @CsvSource({
    "/api/runs, cross-site, no-cors, 403",
    "/api/runs/a/figures/curves.png, same-site, no-cors, 403",
    "/app.js, cross-site, cors, 403",
    "/api/runs, cross-site, navigate, 403",
    "/, cross-site, no-cors, 403",
    "/, cross-site, navigate, 200",
    "/, none, navigate, 200",
    "/api/runs, same-origin, cors, 200"
  })
  void site_foreign_mayLinkToThePageAlone(String path, String site, String mode, int status) {
    HttpResponse<byte[]> response = page.get(path, "Sec-Fetch-Site", site, "Sec-Fetch-Mode", mode);
    assertThat(response.statusCode()).isEqualTo(status);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH", "BREW"})
  void method_other_refused(String method) {
    for (String path : new String[] {"/", "/api/runs", "/api/runs/a", "/api/events"}) {
      HttpResponse<byte[]> response = page.method(method, path);
      assertRefused(response, 405);
      assertThat(response.headers().firstValue("Allow")).contains("GET");
    }
    if (!method.equals("POST")) {
      HttpResponse<byte[]> response = page.method(method, "/api/runs/a/predict");
      assertRefused(response, 405);
      assertThat(response.headers().firstValue("Allow")).contains("POST");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../../etc/passwd",
        "/..%2f..%2fetc%2fpasswd",
        "/%2e%2e/%2e%2e/etc/passwd",
        "/api/../index.html",
        "/index.html",
        "/Site.class",
        "/api",
        "/api/",
        "/api/runs/",
        "/api/runs/..",
        "/api/runs/.",
        "/api/runs/%2e%2e",
        "/api/runs/..%2f",
        "/api/runs/..%5c..",
        "/api/runs/a%00",
        "/api/runs/A%2f",
        "/api/runs/a/run.json",
        "/api/runs/a/figures",
        "/api/runs/a/figures/",
        "/api/runs/a/figures/../secret.png",
        "/api/runs/a/figures/..%2fsecret.png",
        "/api/runs/a/figures/%2e%2e%2fsecret.png",
        "/api/runs/a/figures/..%252fsecret.png",
        "/api/runs/a/figures/..%5csecret.png",
        "/api/runs/a/figures/%c0%ae%c0%ae%2fsecret.png",
        "/api/runs/a/figures/curves.png%00",
        "/api/runs/a/figures/curves.png/",
        "/api/runs/a//figures/curves.png",
        "//api/runs",
        "/api/runs/..%2f..%2fruns"
      })
  void path_thatIsNone_refused(String path) {
    assertRefused(raw(path, "Host: localhost:PORT"), 404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GARBAGE",
        "GET /%zz HTTP/1.1",
        "GET /api/runs/% HTTP/1.1",
        "GET http://evil.example/ HTTP/1.1",
        "GET http://127.0.0.1/ HTTP/1.1"
      })
  void request_malformed_refused(String line) {
    String response =
        page.raw(line + "\r\nHost: localhost:" + page.port() + "\r\nConnection: close\r\n\r\n");
    // The JDK server answers some of these itself, with the name of an exception.
    assertThat(response).matches("(?s)HTTP/1.1 40[04] .*").doesNotContain("\tat ", SECRET);
  }

  @Test
  void figure_thatIsNoPngOrALink_refused() throws IOException {
    Path run = folder.resolve("runs").resolve("b");
    TestRuns.write(folder.resolve("runs"), "b", "mnist-dense", "finished", 1);
    TestRuns.figure(run, "text.png", SECRET.getBytes());
    TestRuns.figure(run, "empty.png", new byte[0]);
    Files.createDirectory(run.resolve("figures").resolve("folder.png"));
    Files.createSymbolicLink(
        run.resolve("figures").resolve("link.png"), folder.resolve("secret.png"));
    for (String name : new String[] {"text.png", "empty.png", "folder.png", "link.png"}) {
      assertRefused(page.get("/api/runs/b/figures/" + name), 404);
    }
  }

  static Stream<String> malformedBodies() {
    return Stream.of(
        "",
        " ",
        "x",
        "{",
        "[]",
        "null",
        "7",
        "{}",
        "{\"pen\": 0.1}",
        "{\"strokes\": [[0, 0]]}",
        "{\"pen\": 0, \"strokes\": [[0, 0]]}",
        "{\"pen\": 1e9, \"strokes\": [[0, 0]]}",
        "{\"pen\": \"0.1\", \"strokes\": [[0, 0]]}",
        "{\"pen\": 0.1, \"strokes\": []}",
        "{\"pen\": 0.1, \"strokes\": {}}",
        "{\"pen\": 0.1, \"strokes\": [[]]}",
        "{\"pen\": 0.1, \"strokes\": [7]}",
        "{\"pen\": 0.1, \"strokes\": [[0, 0], null]}",
        "{\"pen\": 0.1, \"strokes\": [[0, 0, 1]]}",
        "{\"pen\": 0.1, \"strokes\": [[0, \"1\"]]}",
        "{\"pen\": 0.1, \"strokes\": [[0, null]]}",
        "{\"pen\": 0.1, \"strokes\": [[0, NaN]]}",
        "{\"pen\": 0.1, \"strokes\": [[0, 1e400]]}",
        "{\"pen\": 0.1, \"strokes\": [[0, -3]]}",
        "{\"pen\": 0.1, \"strokes\": [[0, 0]]} {}",
        "{\"pen\": 0.1, \"strokes\": [" + "[0,0],".repeat(200) + "[0,0]]}",
        "{\"pen\": 0.1, \"strokes\": [[" + "0,0,".repeat(2000) + "0,0]]}",
        "[".repeat(20_000),
        "{\"pen\": " + "1".repeat(5000) + "}");
  }

  @ParameterizedTest
  @MethodSource("malformedBodies")
  void body_malformed_refused(String body) {
    assertRefused(page.predict("a", body), 400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "json"})
  void body_ofAnotherType_refused(String type) {
    assertRefused(page.post("/api/runs/a/predict", "{}", "Content-Type", type), 415);
  }

  @Test
  void body_withoutAType_refused() {
    assertRefused(page.post("/api/runs/a/predict", "{}"), 415);
  }

  @ParameterizedTest
  @ValueSource(ints = {TOO_MUCH, 1_000_000, 20_000_000})
  void body_oversized_refused(int size) {
    String head =
        "POST /api/runs/a/predict HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\nContent-Type: application/json\r\n"
            .formatted(page.port());
    assertRefused(page.raw(head + "Content-Length: " + size + "\r\n\r\n{"), 413);
    assertRefused(page.raw(head + "Content-Length: 99999999999999\r\n\r\n{"), 413);
    String chunk = Integer.toHexString(TOO_MUCH) + "\r\n" + " ".repeat(TOO_MUCH) + "\r\n0\r\n\r\n";
    assertRefused(page.raw(head + "Transfer-Encoding: chunked\r\n\r\n" + chunk), 413);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Content-Length: -1", "Content-Length: x", "Content-Length: "})
  void length_malformed_refused(String header) {
    String response =
        page.raw(
            "POST /api/runs/a/predict HTTP/1.1\r\nHost: localhost:%d\r\nConnection: close\r\nContent-Type: application/json\r\n%s\r\n\r\n"
                .formatted(page.port(), header));
    assertThat(response).startsWith("HTTP/1.1 400 ").doesNotContain("\tat ", SECRET);
  }

  @Test
  void get_withABody_refused() {
    assertRefused(raw("/api/runs", "Host: localhost:PORT", "Content-Length: 2") + "", 400);
  }

  @Test
  void strokes_toARunThatCannotAnswer_saySo() {
    String strokes = "{\"pen\": 0.1, \"strokes\": [[0.5, 0.2, 0.5, 0.8]]}";
    assertRefused(page.predict("none", strokes), 404);
    HttpResponse<byte[]> untrained = page.predict("untrained", strokes);
    assertRefused(untrained, 409);
    assertThat(Page.text(untrained)).contains("no weights yet");
    HttpResponse<byte[]> other = page.predict("other", strokes);
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(Page.text(other)).contains("cannot be used", "dense").doesNotContain("\tat ");
    assertThat(page.predict("unknown", strokes).statusCode()).isEqualTo(409);
  }

  /** After all refusals it still answers. */
  @Test
  void server_afterRefusals_serves() {
    for (int i = 0; i < 50; i++) {
      page.raw("GARBAGE\r\n\r\n");
      page.predict("a", "{");
    }
    assertThat(page.get("/api/runs").statusCode()).isEqualTo(200);
  }
}
