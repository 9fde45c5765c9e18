package dev.sinter.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFileTest {
  @TempDir Path folder;

  @Test
  void write_newFile_holdsContentAlone() throws IOException {
    AtomicFile.write(folder.resolve("a.json"), out -> out.write("{}".getBytes()));
    assertThat(folder.resolve("a.json")).hasContent("{}");
    assertThat(folder).isDirectoryContaining("glob:**/a.json").isDirectoryNotContaining("glob:.*");
  }

  @Test
  void write_existingFile_replaced() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "a longer old content");
    AtomicFile.write(file, out -> out.write('b'));
    assertThat(file).hasContent("b");
  }

  @Test
  void write_failingContent_leavesOldFileAndNothingElse() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "old");
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    file,
                    out -> {
                      out.write(new byte[100_000]);
                      throw new IOException("No space left on device");
                    }))
        .isInstanceOf(RunException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("No space left on device");
    assertThat(file).hasContent("old");
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void write_contentThatThrowsUnchecked_leavesNothing() throws IOException {
    assertThatThrownBy(
            () ->
                AtomicFile.write(
                    folder.resolve("a"),
                    out -> {
                      throw new IllegalStateException("stop");
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void write_missingFolder_refusedBeforeContentIsAsked() {
    AtomicBoolean asked = new AtomicBoolean();
    assertThatThrownBy(() -> AtomicFile.write(folder.resolve("no/a"), out -> asked.set(true)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no such folder");
    assertThat(asked).isFalse();
  }

  @Test
  void check_folderOrFileAsFolder_refused() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "old");
    assertThatThrownBy(() -> AtomicFile.check(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a folder");
    assertThatThrownBy(() -> AtomicFile.check(file.resolve("b")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("something that is not a folder");
    AtomicFile.check(folder.resolve("b"));
    assertThat(folder.resolve("b")).doesNotExist();
  }

  @Test
  void check_folderThatMayNotBeWritten_refused() throws IOException {
    Path closed = Files.createDirectory(folder.resolve("closed"));
    assertThat(closed.toFile().setWritable(false)).isTrue();
    Assumptions.assumeFalse(Files.isWritable(closed), "this user may write anywhere");
    assertThatThrownBy(() -> AtomicFile.check(closed.resolve("a")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("which cannot");
  }

  @Test
  void write_throughSymbolicLink_keepsTheLink() throws IOException {
    Path file = Files.writeString(folder.resolve("a"), "old");
    Path link;
    try {
      link = Files.createSymbolicLink(folder.resolve("link"), file);
    } catch (IOException | UnsupportedOperationException e) {
      Assumptions.abort("no symbolic links here");
      return;
    }
    AtomicFile.write(link, out -> out.write('n'));
    assertThat(link).isSymbolicLink();
    assertThat(file).hasContent("n");
  }
}
