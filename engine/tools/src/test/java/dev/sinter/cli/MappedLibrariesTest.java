package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recognition of OpenMP runtimes in lines of /proc/PID/maps. */
class MappedLibrariesTest {
  private static String line(String path) {
    return "7f0c4c000000-7f0c4c021000 r-xp 00001000 fe:00 1234567                    "
        + path
        + "\n";
  }

  @ParameterizedTest
  @CsvSource({
    "libgomp.so.1, true",
    "libgomp.so.1.0.0, true",
    "libgomp-a34b3233.so.1, true",
    "libiomp5.so, true",
    "libomp.so, true",
    "libomp.so.5, true",
    "libomp5.so, true",
    "libgompx.so.1, false",
    "libcompute.so, false",
    "libompute.so, false",
    "libmkl_gnu_thread.so.2, false",
    "libgomp.spec, false"
  })
  void openMpRuntimes_file_isRecognisedByItsName(String file, boolean runtime) {
    assertThat(MappedLibraries.openMpRuntimes(line("/usr/lib/" + file)))
        .hasSize(runtime ? 1 : 0)
        .allMatch(path -> path.equals("/usr/lib/" + file));
  }

  @Test
  void openMpRuntimes_severalMappingsOfAFile_countOnce() {
    String one = "/cache/a jar/libgomp.so.1"; // blanks in a path
    String other = "/cache/b/libgomp.so.1";
    assertThat(
            MappedLibraries.openMpRuntimes(
                line(other) + line(one) + line(one + " (deleted)") + line(one) + line("[heap]")))
        .containsExactly(one, other);
  }

  @Test
  void openMpRuntimes_nothingMapped_isEmpty() {
    assertThat(MappedLibraries.openMpRuntimes("")).isEmpty();
    assertThat(
            MappedLibraries.openMpRuntimes(
                "7ffd2b5f2000-7ffd2b613000 rw-p 00000000 00:00 0                          [stack]\n"
                    + "7f0c4c000000-7f0c4c021000 rw-p 00000000 00:00 0 \n"))
        .isEmpty();
  }
}
