package dev.sinter.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.cuda.simulated.SimulatedDevice.Order;
import dev.sinter.errors.RunException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

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
              y[64 * blockIdx.x + threadIdx.x] = (blockIdx.x == 1 ? other : tile)[63 - threadIdx.x];
            }
            """;
    long y = device.allocate(4 * 4 * 64);
    device.order(Order.ASCENDING, 0);
    launchTogether(
        kernel("late", source.replace("BARRIER", "__syncthreads();")), 4, 64, 256, upload(0), y);
    assertThat(download(y, 4 * 64)[2 * 64]).isEqualTo(2);
    long wrong = kernel("late", source.replace("BARRIER", ""));
    assertThatThrownBy(() -> launchTogether(wrong, 4, 64, 256, upload(0), y))
        .hasMessageContaining("race on shared memory")
        .hasMessageContaining("[block 3, 0, 0]");
  }

  /** The last block adds up what all wrote; its lines are what may be missing. */
  private static final String LAST =
      """
      extern "C" __global__ void last(float* partial, unsigned* counter, float* sum) {
        __shared__ bool last;
        if (threadIdx.x == 40) partial[blockIdx.x] = blockIdx.x;
        __syncthreads(); // all wrote
        if (threadIdx.x == 0) {
          __threadfence(); // release
          last = atomicInc(counter, gridDim.x - 1) == gridDim.x - 1;
          __threadfence(); // acquire
        }
        __syncthreads(); // known to all
        if (!last || threadIdx.x != 40) return;
        float all = 0.0f;
        for (int b = 0; b < gridDim.x; b++) all += partial[b];
        *sum = all;
      }
      """;

  @Test
  void handOverToTheLastBlockIsNoRace() {
    long partial = device.allocate(4 * 7);
    long counter = upload(0);
    long sum = device.allocate(4);
    for (int run = 0; run < 3; run++) {
      launch(kernel("last", LAST), 7, 64, 0, partial, counter, sum);
      assertThat(download(sum, 1)).containsExactly(21);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "__syncthreads(); // all wrote",
        "__threadfence(); // release",
        "__threadfence(); // acquire"
      })
  void handOverWithoutOneOfItsPartsIsReported(String part) {
    long partial = device.allocate(4 * 7);
    long sum = device.allocate(4);
    device.order(Order.ASCENDING, 0);
    assertThatThrownBy(
            () -> launch(kernel("last", LAST.replace(part, "")), 7, 64, 0, partial, upload(0), sum))
        .hasMessageContaining(
            "kernel last: race on global memory, byte 0 of 28: thread 40 of block [0, 0, 0], then"
                + " thread 40 of this block with no order between, one writes, the other reads")
        .hasMessageContaining("[block 6, 0, 0]");
  }

  @Test
  void fenceOfEveryThreadIsNoReleaseOfTheOneThatCounts() {
    String source =
        LAST.replace("__syncthreads(); // all wrote", "__threadfence(); __syncthreads();")
            .replace("__threadfence(); // release", "");
    long partial = device.allocate(4 * 7);
    assertThatThrownBy(() -> launch(kernel("last", source), 7, 64, 0, partial, upload(0), partial))
        .hasMessageContaining("race on global memory");
  }

  @Test
  void barrierOfTheGridWithoutOneOfTheBlockIsReported() {
    long x = device.allocate(4 * 2 * 5 * 32);
    String before = RING.replaceFirst("__syncthreads\\(\\);", "");
    assertThatThrownBy(() -> launchTogether(kernel("ring", before), 5, 32, 128, x, upload(0), 2))
        .hasMessageContaining("race on global memory");
    String single = RING.replace("s % 2", "0 * s");
    assertThatThrownBy(() -> launchTogether(kernel("ring", single), 5, 32, 128, x, upload(0), 2))
        .hasMessageContaining("race on global memory");
  }

  @Test
  void writesOfTwoBlocksAndOfTwoThreadsRace() {
    String source =
        """
        extern "C" __global__ void same(float* x, int blocks, int threads) {
          if (blockIdx.x < blocks && threadIdx.x < threads) x[0] = 1.0f;
          else atomicAdd(x + 1, 1.0f);
        }
        """;
    long x = upload(0, 0);
    long same = kernel("same", source);
    device.order(Order.ASCENDING, 0);
    launch(same, 2, 32, 0, x, 1, 1);
    assertThat(download(x, 2)).containsExactly(1, 63);
    assertThatThrownBy(() -> launch(same, 2, 32, 0, x, 2, 1))
        .hasMessageContaining("thread 0 of block [0, 0, 0], then thread 0 of this block")
        .hasMessageContaining("both write");
    assertThatThrownBy(() -> launch(same, 2, 32, 0, x, 1, 2))
        .hasMessageContaining("thread 0 of block [0, 0, 0], then thread 1 of this block");
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
