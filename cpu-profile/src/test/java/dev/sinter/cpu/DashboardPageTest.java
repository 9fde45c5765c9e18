package dev.sinter.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.cli.Main;
import dev.sinter.dashboard.Dashboard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard's page in a real browser, where one is installed. */
@Timeout(300)
class DashboardPageTest {
  private static final String TAB = "\uE004";
  private static final String ESCAPE = "\uE00C";
  private static final String DELETE = "\uE017";
  private static final String LEFT = "\uE012";
  private static final String DOWN = "\uE015";

  @TempDir static Path runs;
  @TempDir static Path profile;
  private static Browser browser;
  private static Dashboard dashboard;
  private final List<Process> started = new ArrayList<>();

  @BeforeAll
  static void start() throws IOException {
    String missing = Browser.missing().orElse(null);
    if (missing != null) {
      System.err.println("skipped: DashboardPageTest, " + missing);
    }
    assumeTrue(missing == null, missing);
    int code =
        Main.run(
            "train",
            "mnist-dense",
            "--generated",
            "--limit",
            "12000",
            "--epochs",
            "2",
            "--quiet",
            "--hidden",
            "128",
            "--out",
            runs.resolve("größe <1>").toString());
    assertThat(code).isZero();
    dashboard = Dashboard.start(0, runs, null);
    browser = new Browser(profile);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
      dashboard.close();
    }
  }

  @AfterEach
  void pageLoggedNothing() throws InterruptedException {
    for (Process process : started) {
      process.destroy();
      process.waitFor(30, TimeUnit.SECONDS);
    }
    assertThat(browser.log()).as("the browser's log").isEqualTo("[]");
  }

  private void open(int width, boolean dark) {
    browser.look(width, 900, dark);
    browser.open(dashboard.address().toString());
    browser.await("a run", () -> browser.count("#runs tbody tr") > 0);
    browser.await("its curve", () -> browser.count("#loss-chart path.training") == 1);
    browser.await("its weights", () -> !browser.text("#pad-run").isEmpty());
  }

  private String guess() {
    return browser.text("#pad-guess");
  }

  /** Starts the command line in a process of its own; what it trains would take hours. */
  private Process train(Path output, String... more) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                "mnist-dense",
                "--generated",
                "--limit",
                "2000",
                "--hidden",
                "16",
                "--epochs",
                "100000"));
    command.addAll(List.of(more));
    Process process =
        new ProcessBuilder(command)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .redirectOutput(output.toFile())
            .start();
    started.add(process);
    return process;
  }

  @Test
  void digit_drawnWithAPointer_isRecognised() {
    open(1400, false);
    browser.draw("#pad", .25, .2, .74, .2, .6, .5, .48, .85);
    browser.await("a seven", () -> guess().equals("7"));
    assertThat(browser.count("#pad-bars li")).isEqualTo(10);
    assertThat(browser.text("#pad-bars li.best b")).isEqualTo("7");
    browser.click("#pad-clear");
    browser.await("an empty pad", () -> guess().isEmpty());
    browser.draw(
        "#pad", .5, .15, .33, .25, .25, .5, .33, .75, .5, .86, .67, .75, .75, .5, .67, .25, .5,
        .15);
    browser.await("a zero", () -> guess().equals("0"));
  }

  @Test
  void samples_chosen_areAllRecognised() {
    open(1400, true);
    for (int digit = 0; digit < 10; digit++) {
      String expected = String.valueOf(digit);
      browser.click("#pad-samples button:nth-child(" + (digit + 1) + ")");
      browser.await("sample " + expected, () -> guess().equals(expected));
    }
  }

  @Test
  void keyboard_alone_reachesAndUsesThePad() {
    open(1400, false);
    for (int i = 0; i < 30 && !focus().equals("pad"); i++) {
      browser.type(TAB);
    }
    assertThat(focus()).as("reached by the tabulator").isEqualTo("pad");
    browser.type("3");
    browser.await("the sample three", () -> guess().equals("3"));
    browser.type(DELETE);
    browser.await("an empty pad", () -> guess().isEmpty());
    browser.type(" " + DOWN.repeat(14) + " ");
    browser.await("a one", () -> guess().equals("1"));
    browser.type(TAB); // undo
    browser.type(" ");
    browser.await("an empty pad", () -> guess().isEmpty());
  }

  private String focus() {
    return browser.script("return document.activeElement.id").asText();
  }

  @Test
  void keyboard_onACurve_readsItsNumbers() {
    open(1400, false);
    browser.script("document.querySelector('#accuracy-chart svg').focus()");
    browser.type(LEFT);
    assertThat(browser.text("#accuracy-chart .tip")).contains("epoch 2", "größe <1> 0.");
    browser.type(ESCAPE);
    assertThat(browser.count("#accuracy-chart .tip[hidden]")).isOne();
  }

  @Test
  void figure_chosen_isShownLargeUntilEscape() {
    open(1400, false);
    browser.await("figures", () -> browser.count("#figures button") >= 8);
    browser.click("#figures button");
    browser.await(
        "the picture",
        () ->
            browser
                .script("return document.getElementById('figure-image').naturalWidth > 100")
                .asBoolean());
    assertThat(browser.count("dialog[open]")).isOne();
    browser.type(ESCAPE);
    browser.await("the page", () -> browser.count("dialog[open]") == 0);
  }

  @Test
  void page_narrowOrWide_fits() {
    for (int width : new int[] {375, 800, 1400}) {
      open(width, false);
      JsonNode size = browser.script("return [document.documentElement.scrollWidth, innerWidth]");
      assertThat(size.get(0).asInt()).as("at " + width).isLessThanOrEqualTo(size.get(1).asInt());
    }
  }

  @Test
  void page_inTheDark_isDark() {
    open(800, false);
    String light = background();
    browser.look(800, 900, true);
    assertThat(background()).isNotEqualTo(light);
  }

  private String background() {
    return browser.script("return getComputedStyle(document.body).backgroundColor").asText();
  }

  @Test
  void curves_ofARunByAnotherProcess_growWhileItTrains(@TempDir Path others) throws IOException {
    try (Dashboard other = Dashboard.start(0, others, null)) {
      browser.look(1400, 900, false);
      browser.open(other.address().toString());
      browser.await("no run", () -> browser.text("#empty").contains("No runs yet"));
      train(others.resolve("output.txt"), "--out", others.resolve("first").toString());
      browser.await("the new run", () -> browser.text("#runs").contains("first"));
      browser.await("its curve", () -> browser.count("#loss-chart path.training") == 1);
      int points = points();
      browser.await("more epochs", () -> points() > points);
      assertThat(browser.text("#runs .badge")).isEqualTo("running");
      assertThat(browser.text("#pad-note")).contains("Waiting for the first weights");
      browser.open("about:blank");
    }
  }

  /** Returns how many points the longest curve has. */
  private int points() {
    return browser
        .script(
            "return Math.max(...[...document.querySelectorAll('#loss-chart path.training')]"
                + ".map(path => path.getAttribute('d').split('L').length))")
        .asInt();
  }

  @Test
  void training_withADashboard_isShownLiveAndReadsDigits(@TempDir Path folder) throws IOException {
    Path output = folder.resolve("output.txt");
    Process training = train(output, "--dashboard", "--port", "0");
    browser.look(1400, 900, false);
    browser.open(address(output));
    browser.await("progress", () -> browser.text("#now-numbers").contains("samples/s"));
    String step = browser.text("#now-numbers");
    browser.await("more progress", () -> !browser.text("#now-numbers").equals(step));
    browser.await("the curve so far", () -> browser.count("#loss-chart path.training") == 1);
    int points = points();
    browser.await("more epochs", () -> points() > points);
    browser.click("#pad-samples button:nth-child(8)");
    browser.await("a seven", () -> guess().equals("7"));
    assertThat(browser.log()).isEqualTo("[]");
    training.destroy();
    browser.await("the end", () -> browser.text("#connection").contains("no connection"));
    browser.open("about:blank");
    browser.log(); // the browser says itself that nobody listens
  }

  private static String address(Path output) {
    Pattern line = Pattern.compile("(?m)^dashboard at (http://127\\.0\\.0\\.1:\\d+/)$");
    browser.await("the line with the address", () -> line.matcher(read(output)).find());
    Matcher found = line.matcher(read(output));
    assertThat(found.find()).isTrue();
    return found.group(1);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
