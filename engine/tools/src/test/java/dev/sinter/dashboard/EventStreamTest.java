package dev.sinter.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.report.Progress;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Events to open pages, to closed ones and to pages that do not read. */
@Timeout(120)
class EventStreamTest {
  private static final JsonNode NOTHING = Page.json("{}");

  private final LiveRun live =
      new LiveRun(null, "größe 1", "mnist-dense", Page.json("{\"epochs\": 3}"));
  private Dashboard dashboard;
  private Page page;

  @BeforeEach
  void start() {
    dashboard = Dashboard.start(0, Path.of("there", "is", "none"), live);
    page = new Page(dashboard);
  }

  @AfterEach
  void stop() throws IOException {
    page.close();
    dashboard.close();
  }

  private static Progress progress(int step) {
    return new Progress(0, 3, step, 1_000_000, 128L * step, 0.5, Map.of("loss", 1.0 / step));
  }

  /**
   * Waits until the server has at most the given number of pages; closed ones disappear with the
   * next event.
   */
  private void awaitPages(int count) {
    for (int step = 1; dashboard.openPages() > count; step++) {
      live.onProgress(null, progress(step));
      Thread.onSpinWait();
    }
  }

  @Test
  void progress_ofATraining_reachesThePage() {
    Page.Events events = page.events();
    live.onProgress(null, progress(10));
    JsonNode told = events.next("progress");
    assertThat(told.get("id").asText()).isEqualTo("größe 1");
    assertThat(told.get("epoch").asInt()).as("counted from 1").isEqualTo(1);
    assertThat(told.get("step").asInt()).isEqualTo(10);
    assertThat(told.get("loss").asDouble()).isEqualTo(0.1);
    assertThat(told.get("samples_per_second").asDouble()).isEqualTo(2560);
  }

  @Test
  void progress_withoutANumber_isNull() {
    Page.Events events = page.events();
    live.onProgress(null, new Progress(0, 3, 1, 2, 3, 0, Map.of("loss", Double.NaN)));
    assertThat(events.next("progress").get("loss").isNull()).isTrue();
  }

  @Test
  void ending_ofATraining_reachesThePage() {
    Page.Events events = page.events();
    live.failed("the loss became NaN");
    JsonNode run = NOTHING;
    while (!run.path("status").asText().equals("failed")) {
      run = events.next("runs").get("runs").get(0);
    }
    assertThat(run.get("reason").asText()).isEqualTo("the loss became NaN");
  }

  /** The training only publishes an object; pages cannot delay it. */
  @Test
  void page_thatDoesNotRead_holdsUpNobody() {
    Socket silent = page.silentEvents();
    Page.Events reading = page.events();
    for (int step = 1; step <= 1_000_000; step++) {
      live.onProgress(null, progress(step));
    }
    JsonNode told = reading.next("progress");
    while (told.get("step").asInt() < 1_000_000) {
      told = reading.next("progress");
    }
    assertThat(silent.isClosed()).isFalse();
  }

  @Test
  void pages_closed_areForgotten() throws IOException {
    List<Page.Events> pages = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      pages.add(page.events());
    }
    assertThat(dashboard.openPages()).isEqualTo(10);
    for (Page.Events each : pages) {
      each.close();
    }
    awaitPages(0);
    assertThat(page.get("/api/runs").statusCode()).isEqualTo(200);
  }

  @Test
  void pages_tooMany_areTurnedAwayUntilOneCloses() throws IOException {
    List<Page.Events> pages = new ArrayList<>();
    for (int i = 0; i < EventStream.MAX_PAGES; i++) {
      pages.add(page.events());
      assertThat(pages.get(i).response.statusCode()).isEqualTo(200);
    }
    HttpResponse<byte[]> refused = page.get("/api/events");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(Page.text(refused)).contains("close one");
    assertThat(page.get("/").statusCode()).as("the page itself").isEqualTo(200);
    live.onProgress(null, progress(1));
    for (Page.Events each : pages) {
      assertThat(each.next("progress").get("step").asInt()).isEqualTo(1);
    }
    pages.get(0).close();
    awaitPages(EventStream.MAX_PAGES - 1);
    assertThat(page.events().response.statusCode()).isEqualTo(200);
  }

  @Test
  void threads_ofADashboard_areDaemonsAndEnd() throws InterruptedException {
    page.events();
    List<Thread> own = threads();
    assertThat(own).isNotEmpty().allMatch(Thread::isDaemon);
    dashboard.close();
    for (Thread thread : own) {
      thread.join();
    }
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sinter-dashboard"))
        .toList();
  }
}
