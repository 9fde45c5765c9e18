package dev.sinter.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.cuda.driver.Launch;
import dev.sinter.errors.RunException;
import org.junit.jupiter.api.Test;

/** The abilities of kernels on the simulated device, and the mistakes that it detects. */
class SimulatedKernelTest extends SimulatedTest {
  private static final String SUM =
      """
      template <int WARPS> __device__ float block_sum(float value) {
        __shared__ float parts[WARPS];
        for (int o = 16; o > 0; o >>= 1) value += __shfl_down_sync(0xffffffffu, value, o);
        if ((threadIdx.x & 31) == 0) parts[threadIdx.x / 32] = value;
        __syncthreads();
        float sum = 0.0f;
        for (int w = 0; w < WARPS; w++) sum += parts[w];
        return sum;
      }
      // Sums each row: extern "C" __global__ void in_a_comment()
      extern "C" __global__ void __launch_bounds__(128) sum(
          const float* __restrict__ x, float* __restrict__ y, int columns, float scale) {
        float value = 0.0f;
        for (int c = threadIdx.x; c < columns; c += blockDim.x) {
          value += x[blockIdx.x * columns + c];
        }
        value = block_sum<4>(value);
        if (threadIdx.x == 0) y[blockIdx.x] = __fmul_rn(scale, value);
      }
      """;

  @Test
  void blockReductionEqualsLoop() {
    int rows = 5;
    int columns = 333;
    float[] x = numbers(rows * columns, 1);
    long from = upload(x);
    long to = device.allocate(4 * rows);
    long sum = kernel("sum", SUM);
    assertThat(kernel("sum", SUM)).isEqualTo(sum);
    for (int run = 0; run < 2; run++) {
      launch(sum, rows, 128, 0, from, to, columns, 2f);
      float[] y = download(to, rows);
      for (int r = 0; r < rows; r++) {
        float expected = 0;
        for (int c = 0; c < columns; c++) {
          expected += x[r * columns + c];
        }
        assertThat(y[r]).isEqualTo(2 * expected);
      }
    }
    device.free(from);
    device.free(to);
  }

  @Test
  void missingBarrierShowsInOneOrder() {
    String reverse =
        """
        extern "C" __global__ void reverse(const float* x, float* y) {
          extern __shared__ __align__(16) unsigned char shared_memory[];
          float* tile = (float*)shared_memory;
          tile[threadIdx.x] = x[threadIdx.x];
          BARRIER
          y[threadIdx.x] = tile[blockDim.x - 1 - threadIdx.x];
        }
        """;
    float[] x = numbers(64, 2);
    long from = upload(x);
    long to = device.allocate(4 * 64);
    long right = kernel("reverse", reverse.replace("BARRIER", "__syncthreads();"));
    for (int run = 0; run < 2; run++) {
      launch(right, 1, 64, 256, from, to);
      assertThat(download(to, 64)[0]).isEqualTo(x[63]);
    }
    long wrong = kernel("reverse", reverse.replace("BARRIER", ""));
    assertThatThrownBy(() -> launch(wrong, 1, 64, 256, from, to))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("kernel reverse: race on shared memory");
    device.races(false);
    launch(wrong, 1, 64, 256, from, to);
    float[] first = download(to, 64);
    launch(wrong, 1, 64, 256, from, to);
    float[] second = download(to, 64);
    assertThat(first).contains(Float.NaN);
    assertThat(second).contains(Float.NaN);
    assertThat(first).isNotEqualTo(second);
  }

  @Test
  void barrierThatSomeThreadsMissIsReported() {
    long kernel =
        kernel(
            "half",
            """
            extern "C" __global__ void half() {
              if (threadIdx.x >= 32) return;
              __syncthreads();
            }
            """);
    assertThatThrownBy(() -> launch(kernel, 1, 96, 0))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("kernel half: deadlock")
        .hasMessageContaining("threads 0 to 31: waits at __syncthreads() at line 3")
        .hasMessageContaining("threads 32 to 95: has ended");
    long after = kernel("sum", SUM);
    long x = upload(1, 2, 3);
    long y = device.allocate(4);
    launch(after, 1, 128, 0, x, y, 3, 1f);
    assertThat(download(y, 1)).containsExactly(6);
  }

  @Test
  void shuffleOfLanesThatEndedIsReported() {
    long kernel =
        kernel(
            "lanes",
            """
            extern "C" __global__ void lanes(float* y) {
              if (threadIdx.x < 16) y[threadIdx.x] = __shfl_xor_sync(0xffffffffu, 1.0f, 1);
            }
            """);
    long y = device.allocate(64);
    assertThatThrownBy(() -> launch(kernel, 1, 32, 0, y))
        .hasMessageContaining("threads 0 to 15: waits for its warp at line 2");
  }

  @Test
  void differentBarriersAreReported() {
    long kernel =
        kernel(
            "two",
            """
            extern "C" __global__ void two() {
              if (threadIdx.x < 32) __syncthreads();
              else
                __syncthreads();
            }
            """);
    assertThatThrownBy(() -> launch(kernel, 1, 64, 0)).hasMessageContaining("different barriers");
  }

  @Test
  void accessOutOfBoundsIsReported() {
    String source =
        """
        extern "C" __global__ void poke(float* y, int i) { y[i] = 1.0f; }
        """;
    long poke = kernel("poke", source);
    device.races(false); // all threads write the same value
    long y = device.allocate(4 * 10);
    launch(poke, 1, 32, 0, y, 9);
    assertThatThrownBy(() -> launch(poke, 1, 32, 0, y, 10))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("kernel poke")
        .hasMessageContaining("40 bytes");
  }

  @Test
  void raceInsideWarpIsReportedUnlessSynchronized() {
    String source =
        """
        extern "C" __global__ void next(float* y) {
          __shared__ float tile[32];
          tile[threadIdx.x] = threadIdx.x;
          SYNC
          y[threadIdx.x] = tile[(threadIdx.x + 1) % 32];
          __syncwarp();
          tile[threadIdx.x] = 0.0f;
          __shared__ unsigned count;
          if (threadIdx.x == 0) count = 0;
          __syncthreads();
          atomicAdd(&count, 1u);
          __syncthreads();
          y[threadIdx.x] += count;
        }
        """;
    long y = device.allocate(4 * 32);
    launch(kernel("next", source.replace("SYNC", "__syncwarp();")), 1, 32, 0, y);
    assertThat(download(y, 32)[31]).isEqualTo(32);
    long wrong = kernel("next", source.replace("SYNC", ""));
    assertThatThrownBy(() -> launch(wrong, 1, 32, 0, y)).hasMessageContaining("race");
  }

  @Test
  void storeAfterLoadOfTheSameElementIsChecked() {
    long kernel =
        kernel(
            "twice",
            """
            extern "C" __global__ void twice(float* y) {
              __shared__ float tile[64];
              tile[threadIdx.x] = threadIdx.x;
              __syncthreads();
              float other = tile[63 - threadIdx.x];
              tile[threadIdx.x] += other;
              __syncthreads();
              y[threadIdx.x] = tile[threadIdx.x];
            }
            """);
    long y = device.allocate(4 * 64);
    assertThatThrownBy(() -> launch(kernel, 1, 64, 0, y)).hasMessageContaining("race on shared");
  }

  @Test
  void shuffleOrdersNoMemory() {
    String source =
        """
        extern "C" __global__ void pass(float* y) {
          __shared__ float tile[32];
          tile[threadIdx.x] = threadIdx.x;
          ORDER
          y[threadIdx.x] = tile[31 - threadIdx.x];
        }
        """;
    long y = device.allocate(4 * 32);
    launch(kernel("pass", source.replace("ORDER", "__syncwarp();")), 1, 32, 0, y);
    assertThat(download(y, 1)).containsExactly(31);
    long wrong = kernel("pass", source.replace("ORDER", "__shfl_xor_sync(0xffffffffu, 1, 1);"));
    assertThatThrownBy(() -> launch(wrong, 1, 32, 0, y)).hasMessageContaining("race on shared");
  }

  @Test
  void badLoadIsReportedBeforeItHappens() {
    long kernel =
        kernel(
            "load",
            """
            extern "C" __global__ void load(const unsigned char* x, float* y, long long at) {
              *y = *(const float*)(x + at);
            }
            """);
    device.races(false); // all threads write the same value
    long x = device.allocate(10);
    long y = device.allocate(4);
    launch(kernel, 1, 32, 0, x, y, 4L);
    assertThatThrownBy(() -> launch(kernel, 1, 32, 0, x, y, 8L))
        .hasMessageContaining("kernel load: load out of bounds: 4 bytes")
        .hasMessageContaining("has 10 bytes");
    assertThatThrownBy(() -> launch(kernel, 1, 32, 0, x, y, 2L)).hasMessageContaining("aligned");
    assertThatThrownBy(() -> launch(kernel, 1, 32, 0, x, y, 1L << 40))
        .hasMessageContaining("out of bounds");
    assertThatThrownBy(() -> launch(kernel, 1, 32, 0, 0L, y, 0L))
        .hasMessageContaining("no allocation lies below it");
    device.free(x);
    assertThatThrownBy(() -> launch(kernel, 1, 32, 0, x, y, 4L))
        .hasMessageContaining("out of bounds");
  }

  @Test
  void indexOutsideSharedMemoryIsReported() {
    String source =
        """
        extern "C" __global__ void tiles(float* y, int i) {
          extern __shared__ float4 shared_memory[];
          __shared__ float tile[4][8];
          tile[3][i] = 1.0f;
          shared_memory[i].w = 2.0f;
          __syncwarp();
          *y = tile[3][i] + shared_memory[i].w;
        }
        """;
    long tiles = kernel("tiles", source);
    long y = device.allocate(4);
    device.races(false); // all threads write the same value
    launch(tiles, 1, 32, 128, y, 7);
    assertThat(download(y, 1)).containsExactly(3);
    assertThatThrownBy(() -> launch(tiles, 1, 32, 128, y, 8))
        .hasMessageContaining("index 8 is outside its array (thread ")
        .hasMessageContaining("line 4");
    assertThatThrownBy(() -> launch(tiles, 1, 32, 112, y, 7))
        .hasMessageContaining("byte 124 of dynamic shared memory, which is out of bounds");
  }

  @Test
  void withoutChecksGuardZonesStillTell() {
    byte[] image =
        platform
            .withoutChecks()
            .compiler()
            .compile("extern \"C\" __global__ void poke(float* y, int i) { y[i] = 1; }", "sm_90");
    long poke = device.load(image, "poke");
    long y = device.allocate(4 * 10);
    launch(poke, 1, 32, 0, y, 9);
    assertThatThrownBy(() -> launch(poke, 1, 32, 0, y, 12))
        .hasMessageContaining("kernel poke: out of bounds")
        .hasMessageContaining("of 40 bytes was written to 8 bytes past its end");
  }

  @Test
  void warpFunctionsEqualTheirDefinition() {
    long kernel =
        kernel(
            "warp",
            """
            extern "C" __global__ void warp(float* y) {
              int l = threadIdx.x;
              y[l] = __shfl_sync(0xffffffffu, l, 3, 8);
              y[32 + l] = __shfl_up_sync(0xffffffffu, l, 1, 16);
              y[64 + l] = __shfl_down_sync(0xffffffffu, (double)l, 5);
              y[96 + l] = __popc(__ballot_sync(0xffffffffu, l % 3 == 0));
              y[128 + l] = __any_sync(0xffffffffu, l == 7) + 2 * __all_sync(0xffffffffu, l < 31);
              float mine = 0.0f;
              if (l < 16) mine = __shfl_xor_sync(0x0000ffffu, l, 1);
              y[160 + l] = mine;
              __syncwarp();
            }
            """);
    long y = device.allocate(4 * 192);
    launch(kernel, 1, 32, 0, y);
    float[] got = download(y, 192);
    for (int l = 0; l < 32; l++) {
      assertThat(got[l]).isEqualTo(l / 8 * 8 + 3);
      assertThat(got[32 + l]).isEqualTo(l % 16 == 0 ? l : l - 1);
      assertThat(got[64 + l]).isEqualTo(l + 5 < 32 ? l + 5 : l);
      assertThat(got[96 + l]).isEqualTo(11);
      assertThat(got[128 + l]).isEqualTo(1);
      assertThat(got[160 + l]).isEqualTo(l < 16 ? l ^ 1 : 0);
    }
  }

  @Test
  void launchBeyondLimitsIsRefused() {
    long sum = kernel("sum", SUM);
    long x = device.allocate(64);
    assertThatThrownBy(() -> launch(sum, 1, 256, 0, x, x, 1, 1f))
        .hasMessageContaining("__launch_bounds__ allows 128 threads, received 256");
    assertThatThrownBy(() -> launch(sum, 1, 32, 0, x, x, 1L, 1f))
        .hasMessageContaining("expected arguments LLIF, received LLLF");
    assertThatThrownBy(() -> launch(sum, 1, 32, 232448, x, x, 1, 1f))
        .hasMessageContaining("at most 232448");
    assertThatThrownBy(() -> device.launch(Launch.of(sum).grid(1, 65536, 1).with(x, x, 1, 1f)))
        .hasMessageContaining("65535");
    assertThatThrownBy(() -> kernel("sun", SUM)).hasMessageContaining("sun");
    long large =
        kernel(
            "large",
            """
            extern "C" __global__ void large() {
              __shared__ float tile[12289];
              tile[threadIdx.x] = 1.0f;
            }
            """);
    assertThatThrownBy(() -> launch(large, 1, 32, 0)).hasMessageContaining("at most 49152");
  }

  @Test
  void compilersComplaintIsReported() {
    assertThatThrownBy(() -> kernel("bad", "extern \"C\" __global__ void bad() {\n  oops;\n}\n"))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("kernel bad")
        .hasMessageContaining("kernel.cu:2");
  }
}
