package dev.sinter.backend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The CPU features that the Linux kernel reports; unknown on other systems.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param vendor such as AuthenticAMD or GenuineIntel; empty if unknown
 * @param flags as the kernel names them, such as avx512f; empty if unknown
 */
public record CpuFeatures(String vendor, Set<String> flags) {
  /** A CPU with unknown features. */
  public static final CpuFeatures UNKNOWN = new CpuFeatures("", Set.of());

  /** The features required by the Skylake-X kernels of OpenBLAS. */
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

  /** Parses the first processor in the text of /proc/cpuinfo. */
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

  /** Returns whether the CPU has the AVX-512 extensions that common kernels require. */
  public boolean hasAvx512() {
    return flags.containsAll(SKYLAKE_X);
  }

  /**
   * Returns whether OpenBLAS wrongly treats this CPU as one without AVX-512 (Haswell or Zen). It
   * identifies AMD CPUs by model and does not know the newest ones.
   */
  public boolean isUnderestimatedByOpenBlas() {
    return vendor.equals("AuthenticAMD") && hasAvx512();
  }
}
