package dev.sinter.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shared libraries mapped into this process, as listed by the Linux kernel. */
final class MappedLibraries {
  /**
   * The OpenMP runtimes of GNU, Intel and LLVM: libgomp.so.1, libgomp-1a2b.so.1, libiomp5.so,
   * libomp.so.5.
   */
  private static final Pattern OPEN_MP =
      Pattern.compile("lib(gomp|iomp5|omp5?)\\b.*\\.so(\\.\\d+)*");

  /** Address, permissions, offset, device, inode, then the path, which may contain blanks. */
  private static final Pattern LINE = Pattern.compile("\\S+ \\S+ \\S+ \\S+ \\d+ +(/.*)");

  private MappedLibraries() {}

  /** Returns the OpenMP runtimes of this process; empty if unknown on this system. */
  static Optional<List<String>> openMpRuntimes() {
    try {
      return Optional.of(
          openMpRuntimes(
              Files.readString(Path.of("/proc/self/maps"), StandardCharsets.ISO_8859_1)));
    } catch (IOException | RuntimeException e) { // not Linux
      return Optional.empty();
    }
  }

  /** Returns the distinct files of OpenMP runtimes in the text of /proc/PID/maps, sorted. */
  static List<String> openMpRuntimes(String maps) {
    return maps.lines()
        .map(LINE::matcher)
        .filter(Matcher::matches)
        .map(line -> line.group(1).replaceFirst(" \\(deleted\\)$", ""))
        .filter(path -> OPEN_MP.matcher(path.substring(path.lastIndexOf('/') + 1)).matches())
        .distinct()
        .sorted()
        .toList();
  }
}
