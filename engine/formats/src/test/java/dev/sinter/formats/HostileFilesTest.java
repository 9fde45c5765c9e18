package dev.sinter.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Damaged files load or are refused; scripts/mutation-test tries many more. */
class HostileFilesTest {
  private static final int FILES = 300;

  @TempDir Path folder;

  static List<String> suffixes() {
    return HostileReaders.suffixes();
  }

  @ParameterizedTest
  @MethodSource("suffixes")
  void damaged_file_loads_or_is_refused_with_one_sentence(String suffix) throws IOException {
    byte[] good = HostileReaders.good(folder, suffix);
    Path file = folder.resolve("damaged" + suffix);
    int refused = 0;
    for (int seed = 0; seed < FILES; seed++) {
      Files.write(file, new FileMutator(seed).mutate(good));
      try {
        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> HostileReaders.read(file));
      } catch (InputException e) {
        refused++;
        assertThat(e.getMessage()).contains(": expected ").hasSizeLessThan(2000);
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + " of " + suffix, e);
      }
    }
    assertThat(refused).isGreaterThan(FILES / 10);
  }
}
