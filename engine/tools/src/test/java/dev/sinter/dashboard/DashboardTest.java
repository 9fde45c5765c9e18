package dev.sinter.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.errors.InputException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The responses of a dashboard to its page. */
@Timeout(60)
class DashboardTest {
  private static final String SEVEN =
      "{\"pen\": 0.08, \"strokes\": [[0.25,0.2,0.72,0.19,0.6,0.5,0.48,0.85]]}";

  @TempDir Path runs;
  private Dashboard dashboard;
  private Page page;

  @BeforeEach
  void start() {
    dashboard = Dashboard.start(0, runs, null);
    page = new Page(dashboard);
  }

  @AfterEach
  void stop() throws IOException {
    page.close();
    dashboard.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/api/runs", "/api/events", "/nothing"})
  void answer_any_keepsOtherSitesAndGuessesOut(String path) throws IOException {
    HttpResponse<?> response = path.endsWith("events") ? page.events().response : page.get(path);
    assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'")
        .doesNotContain("unsafe");
    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(response.headers().firstValue("Cross-Origin-Resource-Policy"))
        .contains("same-origin");
    assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
  }

  /** The page loads only files of the jar, nothing from elsewhere. */
  @Test
  void page_andWhatItLoads_isServed() {
    HttpResponse<byte[]> index = page.get("/");
    assertThat(index.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    Matcher link = Pattern.compile("(?:src|href)=\"([^\"#]+)\"").matcher(Page.text(index));
    int links = 0;
    for (; link.find(); links++) {
      assertServedWithItsImports(link.group(1));
    }
    assertThat(links).isGreaterThanOrEqualTo(3);
    assertThat(Page.text(index)).doesNotContain("style=", "onclick", "//");
  }

  private void assertServedWithItsImports(String path) {
    HttpResponse<byte[]> response = page.get(path);
    assertThat(response.statusCode()).as(path).isEqualTo(200);
    if (path.endsWith(".js")) {
      assertThat(response.headers().firstValue("Content-Type"))
          .contains("text/javascript; charset=utf-8");
      Matcher imported = Pattern.compile("from '\\.(/[^']+)'").matcher(Page.text(response));
      while (imported.find()) {
        assertServedWithItsImports(imported.group(1));
      }
    }
  }

  @Test
  void runs_none_listIsEmpty() {
    JsonNode listing = page.json(page.get("/api/runs"));
    assertThat(listing.get("folder").asText()).isEqualTo(runs.toString());
    assertThat(listing.get("runs")).isEmpty();
  }

  @Test
  void runs_wholeAndDamaged_areListedWithTheirNumbers() throws IOException {
    TestRuns.write(runs, "zwölf \"und\" <eins>", "mnist-dense", "finished", 2);
    Files.writeString(Files.createDirectory(runs.resolve("half")).resolve("run.json"), "{");
    Files.createDirectory(runs.resolve("no run"));
    TestRuns.write(runs, ".hidden", "mnist-dense", "finished", 2);
    Files.writeString(runs.resolve("note.txt"), "no run");
    JsonNode list = page.json(page.get("/api/runs")).get("runs");
    assertThat(list).hasSize(2);
    JsonNode whole = list.get(0);
    assertThat(whole.get("name").asText()).isEqualTo("zwölf \"und\" <eins>");
    assertThat(whole.get("status").asText()).isEqualTo("finished");
    assertThat(whole.get("epochs_trained").asInt()).isEqualTo(2);
    assertThat(whole.get("accuracy").asDouble()).isEqualTo(0.6);
    assertThat(whole.get("val_loss").isNull()).as("NaN is no JSON").isTrue();
    assertThat(whole.get("test_accuracy").asDouble()).isEqualTo(0.75);
    assertThat(whole.get("weights").isNull()).isTrue();
    assertThat(list.get(1).get("status").asText()).isEqualTo("unreadable");
    assertThat(list.get(1).get("reason").asText()).contains("run.json", "damaged");
  }

  @Test
  void run_byItsName_hasItsHistory() {
    TestRuns.write(runs, "größer + 100%", "mnist-dense", "running", 3);
    JsonNode run = page.json(page.get("/api/runs/gr%C3%B6%C3%9Fer%20+%20100%25"));
    assertThat(run.get("history").get("epoch")).hasToString("[1,2,3]");
    assertThat(run.get("history").get("accuracy")).hasToString("[0.5,0.6,0.7]");
    assertThat(run.get("history").get("val_accuracy")).hasToString("[null,null,null]");
    assertThat(run.get("configuration").get("hidden").asInt()).isEqualTo(2);
  }

  @Test
  void figures_ofARun_areListedAndServed() {
    Path run = TestRuns.write(runs, "a", "mnist-dense", "finished", 1);
    TestRuns.figure(run, "größe.png", TestRuns.PNG);
    TestRuns.figure(run, "note.txt", TestRuns.PNG);
    JsonNode figures = page.json(page.get("/api/runs")).get("runs").get(0).get("figures");
    assertThat(figures).hasToString("[\"größe.png\"]");
    HttpResponse<byte[]> figure = page.get("/api/runs/a/figures/gr%C3%B6%C3%9Fe.png?1");
    assertThat(figure.statusCode()).isEqualTo(200);
    assertThat(figure.body()).isEqualTo(TestRuns.PNG);
    assertThat(figure.headers().firstValue("Content-Type")).contains("image/png");
  }

  @Test
  void strokes_toTenClasses_haveProbabilitiesAndAPicture() {
    TestRuns.weights(TestRuns.write(runs, "a", "mnist-dense", "finished", 1), 784, 3, 10);
    HttpResponse<byte[]> response = page.predict("a", SEVEN);
    assertThat(response.statusCode()).as(Page.text(response)).isEqualTo(200);
    JsonNode answer = page.json(response);
    assertThat(answer.get("probabilities")).hasSize(10);
    double sum = 0;
    for (JsonNode probability : answer.get("probabilities")) {
      sum += probability.asDouble();
    }
    assertThat(sum).isCloseTo(1, within(1e-5));
    byte[] drawn = DrawnDigit.image(DrawnDigitTest.SEVEN, 0.08);
    assertThat(answer.get("image")).hasSize(drawn.length);
    for (int i = 0; i < drawn.length; i++) {
      assertThat(answer.get("image").get(i).asInt()).isEqualTo(drawn[i] & 0xFF);
    }
  }

  @Test
  void strokes_toDigits01_haveOneProbabilityAndASmallPicture() {
    TestRuns.weights(TestRuns.write(runs, "a", "digits01", "finished", 1), 400, 3, 15, 1);
    JsonNode answer = page.json(page.predict("a", SEVEN));
    assertThat(answer.get("probabilities")).hasSize(1);
    assertThat(answer.get("rows").asInt()).isEqualTo(20);
    assertThat(answer.get("image")).hasSize(400);
    // The horizontal stroke of the seven is at the top: the image is not transposed.
    int top = 0;
    int left = 0;
    for (int i = 0; i < 20; i++) {
      for (int j = 0; j < 8; j++) {
        top += answer.get("image").get(j * 20 + i).asInt();
        left += answer.get("image").get(i * 20 + j).asInt();
      }
    }
    assertThat(top).isGreaterThan(left);
  }

  @Test
  void weights_newer_answerFromThenOn() {
    Path run = TestRuns.write(runs, "a", "mnist-dense", "finished", 1);
    TestRuns.weights(run, 784, 3, 10);
    String before = Page.text(page.predict("a", SEVEN));
    TestRuns.weights(run, 784, 4, 10); // another size, another stamp
    String after = before;
    while (after.equals(before)) { // a run is checked twice per second
      after = Page.text(page.predict("a", SEVEN));
    }
    assertThat(page.json(page.get("/api/runs/a")).get("weights").asText()).isNotEmpty();
  }

  @Test
  void models_moreThanAreKept_allAnswer() {
    for (int i = 0; i < 9; i++) {
      TestRuns.weights(TestRuns.write(runs, "run" + i, "mnist-dense", "finished", 1), 784, 2, 10);
    }
    for (int i = 0; i < 18; i++) {
      assertThat(page.predict("run" + i % 9, SEVEN).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void events_atFirst_areAnEventStream() {
    Page.Events events = page.events();
    assertThat(events.response.statusCode()).isEqualTo(200);
    assertThat(events.response.headers().firstValue("Content-Type"))
        .contains("text/event-stream; charset=utf-8");
    assertThat(events.next().name()).as("the retry setting").isEmpty();
  }

  /** Another process writes the files. */
  @Test
  void events_whenFilesChange_tellTheRuns() throws IOException {
    Page.Events events = page.events();
    Path run = TestRuns.write(runs, "a", "mnist-dense", "running", 1);
    JsonNode told = events.next("runs").get("runs");
    assertThat(told.get(0).get("name").asText()).isEqualTo("a");
    TestRuns.write(runs, "a", "mnist-dense", "running", 2);
    while (told.isEmpty() || told.get(0).path("epochs_trained").asInt() != 2) {
      told = events.next("runs").get("runs");
    }
    Files.delete(run.resolve("run.json"));
    while (!told.isEmpty()) {
      told = events.next("runs").get("runs");
    }
  }

  @Test
  void close_withPagesOpen_endsThemAndFreesThePort() throws IOException {
    Page.Events events = page.events();
    int port = page.port();
    dashboard.close();
    while (events.next() != null) {
      // the pending events
    }
    try (ServerSocket again = new ServerSocket()) {
      again.setReuseAddress(true);
      again.bind(new InetSocketAddress("127.0.0.1", port));
    }
  }

  @Test
  void port_taken_isTheUsersToMend() {
    int port = page.port();
    assertThatThrownBy(() -> Dashboard.start(port, runs, null))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("--port " + port + ": expected a free port, received ")
        .hasMessageContaining("choose another port");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_536})
  void port_thatIsNone_isTheUsersToMend(int port) {
    assertThatThrownBy(() -> Dashboard.start(port, runs, null))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--port: expected 0 to 65535, received " + port);
  }

  @Test
  void address_other_isNotListenedOn() throws IOException {
    try (Socket other = new Socket()) {
      assertThatThrownBy(() -> other.connect(new InetSocketAddress("127.0.0.2", page.port()), 2000))
          .isInstanceOf(IOException.class);
    }
    assertThat(dashboard.address().toString()).isEqualTo("http://127.0.0.1:" + page.port() + "/");
  }

  @Test
  void script_ofThePage_hasNoTextFromTheRuns() {
    TestRuns.write(runs, "<script>alert(1)", "mnist-dense", "finished", 1);
    String listing = new String(page.get("/api/runs").body(), StandardCharsets.UTF_8);
    assertThat(listing).contains("<script>");
    for (String script : new String[] {"app.js", "chart.js", "pad.js", "runs.js"}) {
      assertThat(Page.text(page.get("/" + script)))
          .as(script)
          .doesNotContain(
              "innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "document.write");
    }
  }
}
