package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.io.AtomicFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings that diverge, and results that cannot be written. */
class TrainFailureTest {
  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void prepare() {
    data = TinyMnist.write(folder.resolve("data"));
  }

  private CliRun train(String recipe, Object... more) {
    Object[] arguments = new Object[more.length + 4];
    System.arraycopy(new Object[] {"--data", data, "--epochs", 1}, 0, arguments, 0, 4);
    System.arraycopy(more, 0, arguments, 4, more.length);
    return CliRun.train(recipe, arguments);
  }

  private void assertNothingWritten() throws IOException {
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(data);
    }
  }

  @Test
  void loss_infinite_namesEpochAndStepAndWritesNothing() throws IOException {
    train(
            "mnist-dense",
            "--learning-rate",
            "1e30",
            "--save-weights",
            folder.resolve("w.npz"),
            "--json",
            folder.resolve("a.json"))
        .failed("fit, epoch 1, step 2: expected a finite loss, received ", "smaller learning rate");
    assertNothingWritten();
  }

  /** The loss of the only step is finite: it was computed before the update. */
  @Test
  void weights_infiniteAfterTheLastStep_writesNothing() throws IOException {
    train(
            "mnist-dense",
            "--learning-rate",
            "1e38",
            "--batch-size",
            64,
            "--limit",
            64,
            "--save-weights",
            folder.resolve("w.npz"),
            "--json",
            folder.resolve("a.json"))
        .failed("expected a finite", "received ", "smaller learning rate");
    assertNothingWritten();
  }

  @Test
  void weights_infiniteWithoutTestData_writesNothing() throws IOException {
    Path arrays = Files.createDirectory(data.resolve("arrays"));
    Path x = TinyMnist.npy(arrays.resolve("X.npy"), TinyMnist.samples(20, 784), 20, 784);
    Path y = TinyMnist.npy(arrays.resolve("y.npy"), TinyMnist.classes(20, 10), 20);
    CliRun.train(
            "mnist-dense",
            "--x",
            x,
            "--y",
            y,
            "--epochs",
            1,
            "--optimizer",
            "sgd",
            "--learning-rate",
            "1e60",
            "--json",
            folder.resolve("a.json"))
        .failed("weights dense", "expected finite numbers", "received ", "smaller learning rate");
    assertNothingWritten();
  }

  @Test
  void out_belowFile_refusedBeforeTraining() throws IOException {
    Path file = Files.writeString(data.resolve("file"), "x");
    CliRun run =
        train("mnist-dense", "--out", file.resolve("out"))
            .refused(
                "--out " + file.resolve("out"),
                "can be created",
                file + ", not a folder",
                "Choose");
    assertThat(run.out()).isEmpty();
    train("mnist-dense", "--out", file).refused("--out " + file, "Choose another folder");
    assertThat(file).hasContent("x");
  }

  @Test
  void out_folderThatMayNotBeWritten_refused() throws IOException {
    Path closed = Files.createDirectory(data.resolve("closed"));
    assertThat(closed.toFile().setWritable(false)).isTrue();
    Assumptions.assumeFalse(Files.isWritable(closed), "this user may write anywhere");
    train("mnist-dense", "--out", closed.resolve("out")).refused("--out", "cannot be written to");
    train("mnist-dense", "--out", closed).refused("--out", "cannot be written to");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--json", "--save-weights"})
  void target_inMissingFolder_refusedBeforeTraining(String option) throws IOException {
    Path target = folder.resolve("no/file");
    CliRun run = train("mnist-dense", option, target);
    run.refused(target + ": expected an existing folder", "no such folder", "Create the folder");
    assertThat(run.out()).isEmpty();
    assertNothingWritten();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--json", "--save-weights"})
  void target_fullDevice_failsAndStaysADevice(String option) throws Exception {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.exists(full) && !Files.isRegularFile(full), "no /dev/full here");
    requireDevicesAreSafe();
    train("mnist-dense", option, full, "--limit", 64)
        .failed(
            "/dev/full: expected to write the whole file, received an error (",
            "space or write elsewhere");
    assertThat(Files.isRegularFile(full)).isFalse();
    assertNothingWritten();
  }

  @Test
  void json_pipe_receivesTheWholeObject() throws Exception {
    Path pipe = pipe();
    try (RandomAccessFile ends = new RandomAccessFile(pipe.toFile(), "rw")) {
      train("mnist-dense", "--json", pipe, "--limit", 64, "--quiet").succeeded();
      assertThat(Files.isRegularFile(pipe)).isFalse();
      byte[] received = new byte[1 << 16];
      int length = ends.read(received);
      assertThat(new String(received, 0, length, StandardCharsets.UTF_8))
          .startsWith("{")
          .endsWith("}\n");
    }
  }

  /** Before using a real device, checks that a test pipe is not replaced. */
  private void requireDevicesAreSafe() throws Exception {
    Path pipe = pipe();
    try (RandomAccessFile ends = new RandomAccessFile(pipe.toFile(), "rw")) {
      AtomicFile.write(pipe, out -> out.write('x'));
      assertThat(Files.isRegularFile(pipe)).as("a pipe was replaced by a file").isFalse();
      assertThat(ends.read()).isEqualTo('x');
    }
    Files.delete(pipe);
  }

  private Path pipe() throws InterruptedException {
    Path pipe = folder.resolve("pipe");
    try {
      int code = new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor();
      Assumptions.assumeTrue(code == 0, "mkfifo fails here");
    } catch (IOException e) {
      Assumptions.abort("no mkfifo on this system");
    }
    return pipe;
  }
}
