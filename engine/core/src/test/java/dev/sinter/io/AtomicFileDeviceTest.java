package dev.sinter.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.RunException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Targets that are not regular files: written in place, never replaced. */
class AtomicFileDeviceTest {
  private static final byte[] TEXT = "{\"a\": 1}".getBytes(StandardCharsets.UTF_8);

  @TempDir Path folder;

  @Test
  void write_pipe_reachesTheReaderAndStaysAPipe() throws Exception {
    Path pipe = pipe("pipe");
    assertThat(sent(pipe, pipe)).isEqualTo(TEXT);
    assertOnlyPipe(pipe);
  }

  @Test
  void write_linkToPipe_reachesTheReaderAndStaysALink() throws Exception {
    Path pipe = pipe("pipe");
    Path link = Files.createSymbolicLink(folder.resolve("link"), pipe);
    assertThat(sent(link, pipe)).isEqualTo(TEXT);
    assertThat(link).isSymbolicLink();
    assertThat(isPipe(pipe)).isTrue();
  }

  /** Uses the real device only after writing to a test pipe worked, directly and through a link. */
  @Test
  void write_fullDevice_failsAtRunTimeAndStaysADevice() throws Exception {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(
        Files.exists(full) && !Files.isRegularFile(full), "no /dev/full on this system");
    Path pipe = pipe("pipe");
    sent(pipe, pipe);
    sent(Files.createSymbolicLink(folder.resolve("link"), pipe), pipe);
    assertThatThrownBy(() -> AtomicFile.write(full, out -> out.write(TEXT)))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("/dev/full: expected to write the whole file")
        .hasMessageNotContaining("Nothing was changed");
    assertThat(Files.isRegularFile(full)).isFalse();
  }

  /** Like /dev/stdout in "sinter ... | jq": a link whose target is not a path. */
  @Test
  void write_descriptorOfPipe_reachesTheReader() throws Exception {
    Path pipe = pipe("pipe");
    try (RandomAccessFile ends = new RandomAccessFile(pipe.toFile(), "rw")) {
      Files.delete(pipe);
      Path descriptor = descriptor("pipe (deleted)");
      AtomicFile.write(descriptor, out -> out.write(TEXT));
      byte[] received = new byte[TEXT.length];
      ends.readFully(received);
      assertThat(received).isEqualTo(TEXT);
    }
    assertThat(folder).isEmptyDirectory();
  }

  /** Like /dev/stdout in "sinter ... > file": the previous output must stay. */
  @Test
  void write_descriptorOfRegularFile_addsToTheOpenFile() throws Exception {
    Path file = folder.resolve("log");
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.writeBytes("printed ");
      AtomicFile.write(descriptor("log"), out -> out.write(TEXT));
      assertThat(open.length()).isEqualTo("printed ".length() + TEXT.length);
    }
    assertThat(file).hasContent("printed {\"a\": 1}");
  }

  /** Writes to a target and returns the bytes that arrive through the pipe behind it. */
  private static byte[] sent(Path target, Path pipe) throws IOException {
    // Both ends in one handle: neither side waits for the other.
    try (RandomAccessFile ends = new RandomAccessFile(pipe.toFile(), "rw")) {
      AtomicFile.check(target);
      AtomicFile.write(target, out -> out.write(TEXT));
      assertThat(isPipe(pipe)).as("%s is still a pipe", pipe).isTrue();
      byte[] received = new byte[TEXT.length];
      ends.readFully(received);
      return received;
    }
  }

  private Path pipe(String name) throws InterruptedException {
    Path pipe = folder.resolve(name);
    try {
      int code = new ProcessBuilder("mkfifo", pipe.toString()).inheritIO().start().waitFor();
      Assumptions.assumeTrue(code == 0, "mkfifo fails here");
    } catch (IOException e) {
      Assumptions.abort("no mkfifo on this system");
    }
    return pipe;
  }

  /** Returns the descriptor in this process of an open file with the given end of its name. */
  private Path descriptor(String name) throws IOException {
    Path all = Path.of("/proc/self/fd");
    Assumptions.assumeTrue(Files.isDirectory(all), "no /proc on this system");
    try (var descriptors = Files.list(all)) {
      return descriptors
          .filter(Files::isSymbolicLink)
          .filter(descriptor -> read(descriptor).equals(folder.toAbsolutePath() + "/" + name))
          .findFirst()
          .orElseThrow();
    }
  }

  private static String read(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed in the meantime
    }
  }

  private void assertOnlyPipe(Path pipe) throws IOException {
    assertThat(isPipe(pipe)).isTrue();
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(pipe);
    }
  }

  private static boolean isPipe(Path file) {
    return Files.exists(file) && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS);
  }
}
