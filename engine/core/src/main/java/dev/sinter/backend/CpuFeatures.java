package dev.sinter.backend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * What the Linux kernel says about the CPU; on other systems nothing is known. Immutable: any
 * number of threads may use it.
 *
 * @param vendor such as AuthenticAMD or GenuineIntel; empty where unknown
 * @param flags the kernel's names, such as avx512f; empty where unknown
 */
public record CpuFeatures(String vendor, Set<String> flags) {
  /** A CPU that nothing is known of. */
  public static final CpuFeatures UNKNOWN = new CpuFeatures("", Set.of());

  /** What OpenBLAS's kernels for Skylake-X are compiled for. */
  private static final List<String> SKYLAKE_X =
      List.of("avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd");

  /** Looks at this machine; at the file that $SINTER_CPUINFO names, in place of /proc/cpuinfo. */
  public static CpuFeatures here() {
    try {
      String file = System.getenv().getOrDefault("SINTER_CPUINFO", "/proc/cpuinfo");
      return parse(Files.readString(Path.of(file), StandardCharsets.ISO_8859_1));
    } catch (IOException | RuntimeException e) { // not Linux, or not readable: unknown
      return UNKNOWN;
    }
  }

  /** Reads the text of /proc/cpuinfo: the first of its processors. */
  public static CpuFeatures parse(String cpuinfo) {
    List<String> lines = cpuinfo.lines().takeWhile(line -> !line.isBlank()).toList();
    String flags = value(lines, "flags");
    return new CpuFeatures(
        value(lines, "vendor_id"),
        flags.isEmpty() ? Set.of() : Set.copyOf(List.of(flags.split("\\s+"))));
  }

  private static String value(List<String> lines, String key) {
    return lines.stream()
        .filter(line -> line.matches(key + "\\s*:.*"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }

  /** Returns whether the CPU has the parts of AVX-512 that common kernels are compiled for. */
  public boolean hasAvx512() {
    return flags.containsAll(SKYLAKE_X);
  }

  /**
   * Returns whether OpenBLAS takes this CPU for one without AVX-512, for Haswell or Zen: it knows
   * AMD's CPUs by model and is older than the newest.
   */
  public boolean isUnderestimatedByOpenBlas() {
    return vendor.equals("AuthenticAMD") && hasAvx512();
  }
}
