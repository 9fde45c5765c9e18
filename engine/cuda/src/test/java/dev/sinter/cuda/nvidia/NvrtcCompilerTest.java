package dev.sinter.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The real NVRTC, which needs no GPU. */
class NvrtcCompilerTest {
  private static final String SCALE =
      """
      extern "C" __global__ void scale(float* x, float factor, long long count) {
        extern __shared__ float part[];
        long long i = blockIdx.x * (long long) blockDim.x + threadIdx.x;
        part[threadIdx.x] = i < count ? x[i] : 0.0f;
        __syncthreads();
        if (i < count) {
          x[i] = fmaf(part[threadIdx.x], factor, 1.0f);
        }
      }
      """;

  @Test
  void aKernelCompilesForEachArchitecture() {
    NvrtcProcess.Compiled compiled =
        NvrtcProcess.compileAll(Map.of("scale", SCALE), NvrtcProcess.ARCHITECTURES);
    assertThat(compiled.compiler()).startsWith("NVRTC 13.");
    assertThat(compiled.failures()).isEmpty();
    assertThat(compiled.usages())
        .extracting(KernelUsage::architecture)
        .containsExactlyElementsOf(NvrtcProcess.ARCHITECTURES);
    assertThat(compiled.usages())
        .allSatisfy(
            usage -> {
              assertThat(usage.kernel()).isEqualTo("scale");
              assertThat(usage.registers()).isBetween(4, 32);
              assertThat(usage.spillBytes()).isZero();
            });
  }

  @Test
  void usage_sharedMemoryLocalArraysAndTooFewRegisters_areReported() {
    String kernel =
        """
        extern "C" __global__ void __launch_bounds__(1024) crowded(float* x, int n) {
          __shared__ float part[256];
          float sums[128];
          for (int i = 0; i < 128; i++) sums[i] = x[i * n + threadIdx.x];
          part[threadIdx.x % 256] = sums[0];
          __syncthreads();
          for (int j = 0; j < n; j++) {
            for (int i = 0; i < 128; i++) sums[i] = sums[i] * sums[(i + 1) % 128] + part[j % 256];
          }
          for (int i = 0; i < 128; i++) x[i * n + threadIdx.x] = sums[i];
        }
        """;
    assertThat(NvrtcProcess.compileAll(Map.of("crowded", kernel), List.of("sm_90")).usages())
        .singleElement()
        .satisfies(
            usage -> {
              assertThat(usage.registers()).isEqualTo(64); // 65 536 by 1 024 threads
              assertThat(usage.sharedBytes()).isEqualTo(1024);
              assertThat(usage.stackBytes()).isPositive();
              assertThat(usage.spillBytes()).isPositive();
            });
  }

  @Test
  void aSyntaxErrorIsReportedWithItsLog() {
    List<String> failures =
        NvrtcProcess.compileAll(
                Map.of("broken", SCALE.replace("factor, 1.0f", "factr, 1.0f")),
                NvrtcProcess.ARCHITECTURES)
            .failures();
    assertThat(failures).hasSameSizeAs(NvrtcProcess.ARCHITECTURES);
    assertThat(failures.get(0))
        .startsWith("broken for sm_75: NVRTC ")
        .contains("kernels for sm_75: expected code that compiles")
        .contains("NVRTC_ERROR_COMPILATION")
        .contains("sinter.cu(7): error: identifier \"factr\" is undefined");
  }
}
