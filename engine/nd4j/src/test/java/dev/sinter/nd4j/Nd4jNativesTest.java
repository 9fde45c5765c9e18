package dev.sinter.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.CpuFeatures;
import dev.sinter.backend.Details;
import dev.sinter.backend.Probe;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The requirements and the reported details of the libraries below ND4J. */
class Nd4jNativesTest {
  private static final Set<String> AVX512 =
      Set.of("avx2", "avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd");
  private static final CpuFeatures ZEN5 = new CpuFeatures("AuthenticAMD", AVX512);
  private static final CpuFeatures ZEN3 = new CpuFeatures("AuthenticAMD", Set.of("avx2"));
  private static final CpuFeatures INTEL = new CpuFeatures("GenuineIntel", AVX512);
  private static final Map<String, String> WAITING =
      Map.of("OMP_WAIT_POLICY", "passive", "OPENBLAS_THREAD_TIMEOUT", "4");

  @Test
  void environment_amdWithAvx512_namesTheCore() {
    assertThat(Nd4jNatives.environment(ZEN5))
        .containsAllEntriesOf(WAITING)
        .containsEntry("OPENBLAS_CORETYPE", "SKYLAKEX");
    for (CpuFeatures other : List.of(ZEN3, INTEL, CpuFeatures.UNKNOWN)) {
      assertThat(Nd4jNatives.environment(other)).isEqualTo(WAITING);
    }
  }

  @Test
  void warnings_amdWithAvx512_nameTheVariableUnlessItIsSet() {
    assertThat(Nd4jNatives.warnings(ZEN5, WAITING, 1))
        .singleElement()
        .asString()
        .contains("OPENBLAS_CORETYPE=SKYLAKEX", "does not recognise AVX-512");
    assertThat(Nd4jNatives.warnings(ZEN5, Map.of("OPENBLAS_CORETYPE", "ZEN"), 1)).isEmpty();
    for (CpuFeatures other : List.of(ZEN3, INTEL, CpuFeatures.UNKNOWN)) {
      assertThat(Nd4jNatives.warnings(other, WAITING, 0)).isEmpty();
    }
  }

  @Test
  void warnings_threadsMayFight_nameBothVariables() {
    assertThat(Nd4jNatives.warnings(INTEL, Map.of("OMP_WAIT_POLICY", "passive"), 0))
        .singleElement()
        .asString()
        .contains("OMP_WAIT_POLICY=passive and OPENBLAS_THREAD_TIMEOUT=4");
    assertThat(Nd4jNatives.warnings(INTEL, Map.of(), 1)).isEmpty(); // one thread has no rival
    assertThat(Nd4jNatives.warnings(ZEN5, Map.of(), 2)).hasSize(2);
  }

  @Test
  void refusedBuild_widerThanTheCpu_isRefusedWithTheRemedy() {
    assertThat(Nd4jNatives.refusedBuild(ZEN3, Set.of("-avx512")))
        .extracting(Probe::detail)
        .asString()
        .contains("AVX-512", "leave -Dnd4j.extension out");
    CpuFeatures old = new CpuFeatures("GenuineIntel", Set.of("avx"));
    assertThat(Nd4jNatives.refusedBuild(old, Set.of("-avx2"))).isNotNull();
    assertThat(Nd4jNatives.refusedBuild(ZEN3, Set.of("-avx2"))).isNull();
    assertThat(Nd4jNatives.refusedBuild(ZEN3, Set.of("", "-avx512"))).isNull();
    assertThat(Nd4jNatives.refusedBuild(INTEL, Set.of("-avx512"))).isNull();
    assertThat(Nd4jNatives.refusedBuild(ZEN3, Set.of())).isNull();
    assertThat(Nd4jNatives.refusedBuild(CpuFeatures.UNKNOWN, Set.of("-avx512"))).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "SkylakeX, false",
    "Cooperlake, false",
    "SapphireRapids, false",
    "Haswell, true",
    "Zen, true"
  })
  void hints_kernelsOfAnOlderCpu_areNamed(String core, boolean hint) {
    assertThat(Nd4jNatives.hints(INTEL, core))
        .hasSize(hint ? 1 : 0)
        .allMatch(text -> text.contains(core) && text.contains("OPENBLAS_CORETYPE=SKYLAKEX"));
    assertThat(Nd4jNatives.hints(ZEN3, core)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "/c/nd4j-native-1.0.0-M2.1-linux-x86_64-avx512.jar/linux-x86_64-avx512/libnd4jcpu.so, AVX-512",
    "C:\\c\\windows-x86_64-avx2\\nd4jcpu.dll, AVX2",
    "/c/nd4j-native-1.0.0-M2.1-macosx-arm64.jar/libnd4jcpu.dylib, generic"
  })
  void build_ofALibrary_isReadFromItsPath(String library, String build) {
    assertThat(Nd4jNatives.build(library)).isEqualTo(build);
  }

  /** The real libraries of this platform. */
  @Test
  void details_loaded_tellKernelsAndThreads() {
    Nd4jProvider provider = new Nd4jProvider();
    assertThat(provider.probe().usable()).as(provider.probe().detail()).isTrue();
    Details details = provider.details();
    assertThat(details.values())
        .containsKeys("natives", "BLAS", "BLAS kernels", "BLAS threads", "OpenMP threads");
    assertThat(details.values().get("BLAS")).startsWith("OpenBLAS 0.3");
    assertThat(details.values().get("BLAS kernels")).isNotEqualTo("unknown");
    assertThat(details.values().get("natives")).contains("nd4jcpu");
    assertThat(Nd4jNatives.builds()).hasSize(1);
    assertThat(System.getProperty(Nd4jNatives.BLAS_PROPERTY)).isNull(); // no MKL here
  }
}
