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
    assertThat(NvrtcProcess.compileAll(Map.of("scale", SCALE), NvrtcProcess.ARCHITECTURES))
        .isEmpty();
  }

  @Test
  void aSyntaxErrorIsReportedWithItsLog() {
    List<String> failures =
        NvrtcProcess.compileAll(
            Map.of("broken", SCALE.replace("factor, 1.0f", "factr, 1.0f")),
            NvrtcProcess.ARCHITECTURES);
    assertThat(failures).hasSameSizeAs(NvrtcProcess.ARCHITECTURES);
    assertThat(failures.get(0))
        .startsWith("broken for sm_75: NVRTC ")
        .contains("kernels for sm_75: expected code that compiles")
        .contains("NVRTC_ERROR_COMPILATION")
        .contains("sinter.cu(7): error: identifier \"factr\" is undefined");
  }
}
