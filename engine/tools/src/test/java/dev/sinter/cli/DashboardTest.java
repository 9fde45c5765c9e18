package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code sinter dashboard} and {@code sinter train --dashboard}. */
@Timeout(120)
class DashboardTest {
  private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");

  @TempDir Path folder;

  private static ServerSocket taken() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
  }

  @Test
  void runs_missing_refused() {
    CliRun.of("dashboard", "--out", folder.resolve("none"))
        .refused(folder.resolve("none").toString(), "a folder of runs", "Train with --out");
  }

  @Test
  void runs_aFile_refused() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    CliRun.of("dashboard", "--out", file).refused(file.toString(), "not a folder");
  }

  @Test
  void runs_oneRun_namesTheFolderAbove() throws IOException {
    Path run = Files.createDirectory(folder.resolve("run"));
    Files.writeString(run.resolve("run.json"), "{}");
    CliRun.of("dashboard", "--out", run)
        .refused("a folder of runs, received a run", "--out " + folder);
  }

  @Test
  void port_takenOrWrong_refused() throws IOException {
    try (ServerSocket taken = taken()) {
      int port = taken.getLocalPort();
      CliRun.of("dashboard", "--out", folder, "--port", port)
          .refused("--port " + port + ": expected a free port", "choose another port");
    }
    CliRun.of("dashboard", "--out", folder, "--port", 65536)
        .refused("--port: expected 0 to 65535, received 65536");
    CliRun.of("dashboard", "--out", folder, "--port", "x").refused("--port", "x");
  }

  @Test
  void training_onATakenPort_refusedBeforeItStarts() throws IOException {
    Path out = folder.resolve("out");
    try (ServerSocket taken = taken()) {
      int port = taken.getLocalPort();
      CliRun.train(
              "digits01",
              "--data",
              TinyMnist.write(folder),
              "--dashboard",
              "--port",
              port,
              "--out",
              out)
          .refused("--port " + port + ": expected a free port");
    }
    assertThat(out).doesNotExist();
  }

  @Test
  void port_withoutADashboard_refused() {
    CliRun.train("digits01", "--port", 1).refused("--port 1", "--dashboard");
  }

  /** Standard output is not a terminal here, so the page ends with the training. */
  @Test
  void training_withADashboard_saysWhereOnceAndEnds() {
    Path runs = folder.resolve("runs");
    CliRun run =
        CliRun.train(
                "mnist-dense",
                "--data",
                TinyMnist.write(folder),
                "--epochs",
                2,
                "--dashboard",
                "--port",
                0,
                "--out",
                runs.resolve("a"))
            .succeeded();
    Matcher address = ADDRESS.matcher(run.out());
    assertThat(address.results().count()).isEqualTo(1);
    assertThat(run.lines()).anyMatch(line -> line.startsWith("dashboard at http://127.0.0.1:"));
    assertThat(run.out()).contains("val_loss");
    assertThat(runs.resolve("a").resolve("run.json")).content().contains("\"finished\"");
  }

  /** A page does not change the trained weights. */
  @Test
  void weights_withAndWithoutADashboard_areTheSame() throws IOException {
    Path data = TinyMnist.write(folder);
    Path plain = folder.resolve("plain.npz");
    Path shown = folder.resolve("shown.npz");
    CliRun.train("mnist-dense", "--data", data, "--epochs", 2, "--save-weights", plain).succeeded();
    CliRun.train(
            "mnist-dense",
            "--data",
            data,
            "--epochs",
            2,
            "--save-weights",
            shown,
            "--dashboard",
            "--port",
            0)
        .succeeded();
    assertThat(shown).hasSameBinaryContentAs(plain);
  }

  @Test
  void training_failing_endsWithItsMessage() {
    CliRun.train(
            "mnist-dense",
            "--data",
            TinyMnist.write(folder),
            "--learning-rate",
            "1e30",
            "--optimizer",
            "sgd",
            "--dashboard",
            "--port",
            0)
        .failed("expected a finite");
  }

  @Test
  void dashboard_ofAFolder_servesUntilItIsEnded() throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(List.of("dashboard", "--out", folder.toString(), "--port", "0"));
    Path errors = folder.resolve("errors.txt");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      String line = out.readLine();
      Matcher address = ADDRESS.matcher(String.valueOf(line));
      assertThat(address.find()).as(line).isTrue();
      assertThat(line).contains(folder.toString(), "Ctrl-C ends it");
      HttpResponse<String> response =
          HttpClient.newHttpClient()
              .send(
                  HttpRequest.newBuilder(URI.create(address.group())).build(),
                  HttpResponse.BodyHandlers.ofString());
      assertThat(response.body()).contains("<title>Sinter</title>");
      process.toHandle().destroy(); // as Ctrl-C does: the JVM ends by its hooks
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).as("ended").isTrue();
      assertThat(out.readLine()).isNull();
    } finally {
      process.destroyForcibly();
    }
    assertThat(errors).isEmptyFile();
  }
}
