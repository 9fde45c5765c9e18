package dev.sinter.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.cuda.simulated.SimulatedDevice.Order;
import dev.sinter.errors.RunException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks that run at the same time, and what they say to each other. */
class SimulatedGridTest extends SimulatedTest {
  private static final String BARRIER =
      """
      static __device__ void gridBarrier(unsigned* counter, unsigned arrivals) {
        __syncthreads();
        if (threadIdx.x == 0) {
          addRelease(counter, 1);
          while ((int)(loadAcquire(counter) - arrivals) < 0) {
          }
        }
        __syncthreads();
      }
      """;

  /** Each step adds what the next block had in the step before, from tiles in shared memory. */
  private static final String RING =
      BARRIER
          + """
          extern "C" __global__ void ring(float* x, unsigned* counter, int steps) {
            extern __shared__ float tile[];
            __shared__ float sum[32];
            int n = gridDim.x, t = threadIdx.x;
            tile[t] = 1.0f + blockIdx.x;
            for (int s = 0; s < steps; s++) {
              x[(s % 2 * n + blockIdx.x) * blockDim.x + t] = tile[t];
              gridBarrier(counter, (s + 1) * n);
              sum[t] = tile[t] + x[(s % 2 * n + (blockIdx.x + 1) % n) * blockDim.x + t];
              __syncthreads();
              tile[t] = sum[blockDim.x - 1 - t];
            }
            x[blockIdx.x * blockDim.x + t] = tile[t];
          }
          """;

  @ParameterizedTest
  @EnumSource(Order.class)
  void blocksOfCooperativeLaunchWaitForEachOther(Order order) {
    int blocks = 5;
    long x = device.allocate(4 * 2 * blocks * 32);
    for (int seed = 0; seed < 4; seed++) {
      device.order(order, seed);
      launchTogether(kernel("ring", RING), blocks, 32, 128, x, upload(0), 2);
      assertThat(download(x, 1)).containsExactly(1 + 2 + 2 + 3);
      assertThat(download(x, blocks * 32)[blocks * 32 - 1]).isEqualTo(5 + 1 + 1 + 2);
    }
  }

  @Test
  void blocksThatWaitNeedCooperativeLaunch() {
    long x = device.allocate(4 * 2 * 2 * 32);
    assertThatThrownBy(() -> launch(kernel("ring", RING), 2, 32, 128, x, upload(0), 1))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("kernel ring: deadlock, no block of the grid can go on")
        .hasMessageContaining("thread 0 waits for another block at line 5, the counter is 1");
  }

  @ParameterizedTest
  @EnumSource(Order.class)
  void blockThatDoesNotArriveIsReported(Order order) {
    String source =
        BARRIER
            + """
            extern "C" __global__ void absent(unsigned* counter) {
              if (blockIdx.x != 2) gridBarrier(counter, gridDim.x);
            }
            """;
    device.order(order, 1);
    assertThatThrownBy(() -> launchTogether(kernel("absent", source), 4, 64, 0, upload(0)))
        .hasMessageContaining("kernel absent: deadlock, no block of the grid can go on")
        .hasMessageContaining(
            "from block [0, 0, 0] on: thread 0 waits for another block at line 5, the counter is 3;"
                + " threads 1 to 63: waits at __syncthreads() at line 8")
        .hasMessageContaining("from block [2, 0, 0] on: threads 0 to 63: has ended")
        .hasMessageContaining("from block [3, 0, 0] on: thread 0 waits for another block");
    blocksOfCooperativeLaunchWaitForEachOther(order);
  }

  @Test
  void sameValueSeenTwiceIsNoWait() {
    long kernel =
        kernel(
            "looks",
            """
            extern "C" __global__ void looks(unsigned* counter, unsigned* y) {
              y[threadIdx.x] = loadAcquire(counter) + loadAcquire(counter);
            }
            """);
    long y = upload(new float[32]);
    launchTogether(kernel, 1, 32, 0, upload(Float.intBitsToFloat(3)), y);
    assertThat(Float.floatToRawIntBits(download(y, 1)[0])).isEqualTo(6);
  }

  @Test
  void sharedMemoryOfAnotherBlockIsOutOfBounds() {
    long kernel =
        kernel(
            "reach",
            """
            extern "C" __global__ void reach(int at) {
              extern __shared__ float tile[];
              tile[at + threadIdx.x] = 1.0f;
            }
            """);
    launchTogether(kernel, 2, 32, 128, 0);
    device.order(Order.ASCENDING, 0);
    assertThatThrownBy(() -> launchTogether(kernel, 2, 32, 128, 1280))
        .hasMessageContaining("store at byte 5120 of dynamic shared memory")
        .hasMessageContaining("[block 0, 0, 0]");
  }

  @Test
  void raceInSharedMemoryOfABlockIsReportedAfterOthersRan() {
    String source =
        BARRIER
            + """
            extern "C" __global__ void late(unsigned* counter, float* y) {
              extern __shared__ float tile[];
              __shared__ float other[64];
              gridBarrier(counter, gridDim.x);
              (blockIdx.x == 1 ? other : tile)[threadIdx.x] = blockIdx.x;
              BARRIER
              y[blockIdx.x] = (blockIdx.x == 1 ? other : tile)[63 - threadIdx.x];
            }
            """;
    long y = device.allocate(16);
    device.order(Order.ASCENDING, 0);
    device.races(false); // all threads write the same value
    launchTogether(
        kernel("late", source.replace("BARRIER", "__syncthreads();")), 4, 64, 256, upload(0), y);
    assertThat(download(y, 4)).containsExactly(0, 1, 2, 3);
    device.races(true);
    long wrong = kernel("late", source.replace("BARRIER", ""));
    assertThatThrownBy(() -> launchTogether(wrong, 4, 64, 256, upload(0), y))
        .hasMessageContaining("race on shared memory")
        .hasMessageContaining("[block 3, 0, 0]");
  }

  @Test
  void gridLikeThatOfAnEpochTakesSeconds() {
    String source =
        BARRIER
            + """
            extern "C" __global__ void epoch(float* x, unsigned* counter, int steps) {
              extern __shared__ float tile[];
              int t = threadIdx.x;
              tile[t] = 0.0f;
              for (int s = 0; s < steps; s++) {
                for (int i = 0; i < 11; i++) {
                  __syncthreads();
                  if (t / 32 == i) tile[t] += 1.0f;
                }
                gridBarrier(counter, (2 * s + 1) * gridDim.x);
                gridBarrier(counter, (2 * s + 2) * gridDim.x);
              }
              x[blockIdx.x * blockDim.x + t] = tile[t];
            }
            """;
    byte[] image = platform.withoutChecks().compiler().compile(source, "sm_90");
    long x = device.allocate(4 * 132 * 416);
    launchTogether(device.load(image, "epoch"), 132, 416, 220_000, x, upload(0), 20);
    float[] got = download(x, 132 * 416);
    assertThat(got[11 * 32 - 1]).isEqualTo(20);
    assertThat(got[11 * 32]).isZero();
    assertThat(got[131 * 416]).isEqualTo(20);
  }
}
