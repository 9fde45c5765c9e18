package dev.sinter.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Parsing /proc/cpuinfo, on samples of several CPUs. */
class CpuFeaturesTest {
  private static String sample(String name) throws IOException {
    try (InputStream in = CpuFeaturesTest.class.getResourceAsStream("/cpuinfo/" + name + ".txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "amd-zen5, AuthenticAMD, true, true",
    "amd-zen4, AuthenticAMD, true, true",
    "amd-zen3, AuthenticAMD, false, false",
    "intel-sapphire-rapids, GenuineIntel, true, false",
    "arm-neoverse, '', false, false"
  })
  void parse_sample_tellsVendorAndAvx512(
      String sample, String vendor, boolean avx512, boolean underestimated) throws IOException {
    CpuFeatures cpu = CpuFeatures.parse(sample(sample));
    assertThat(cpu.vendor()).isEqualTo(vendor);
    assertThat(cpu.hasAvx512()).isEqualTo(avx512);
    assertThat(cpu.isUnderestimatedByOpenBlas()).isEqualTo(underestimated);
  }

  /** A hypervisor may hide some flags; the kernels would then fail with an illegal instruction. */
  @ParameterizedTest
  @ValueSource(strings = {"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"})
  void parse_zen5WithoutOneFlag_isNotTakenForAvx512(String flag) throws IOException {
    CpuFeatures cpu = CpuFeatures.parse(sample("amd-zen5").replace(" " + flag + " ", " "));
    assertThat(cpu.flags()).contains("avx2").doesNotContain(flag);
    assertThat(cpu.isUnderestimatedByOpenBlas()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "nonsense", "flags", "flags:", "vendor_id\t:\nflags\t\t:\n"})
  void parse_nothingUseful_isUnknown(String text) {
    assertThat(CpuFeatures.parse(text)).isEqualTo(CpuFeatures.UNKNOWN);
  }

  @Test
  void parse_flagNamedTwice_isReadOnce() {
    assertThat(CpuFeatures.parse("vendor_id\t: AuthenticAMD\nflags : sse sse avx\n").flags())
        .containsExactlyInAnyOrder("sse", "avx");
  }

  @Test
  void here_onLinux_readsTheKernelsFile() throws IOException {
    Path cpuinfo = Path.of("/proc/cpuinfo");
    if (Files.exists(cpuinfo)) {
      assertThat(CpuFeatures.here()).isEqualTo(CpuFeatures.parse(Files.readString(cpuinfo)));
    } else {
      assertThat(CpuFeatures.here()).isEqualTo(CpuFeatures.UNKNOWN);
    }
  }
}
