package dev.sinter.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/**
 * Compares products of a warp with loops; the kernels load fragments by the formulas of the PTX
 * ISA, chapter "Matrix Fragments for mma".
 */
class SimulatedTensorCoreTest extends SimulatedTest {
  private static final String TF32 =
      """
      // A [16, 8] and B [8, 8] row-major, D [16, 8]
      extern "C" __global__ void tf32(const float* a, const float* b, float* d) {
        int group = threadIdx.x >> 2;
        int lane = threadIdx.x % 4;
        unsigned fa[4], fb[2];
        float fd[4];
        for (int i = 0; i < 4; i++) {
          int row = i == 0 || i == 2 ? group : group + 8;
          int column = i == 0 || i == 1 ? lane : lane + 4;
          fa[i] = __float_as_uint(a[row * 8 + column]);
        }
        for (int i = 0; i < 2; i++) {
          fb[i] = sinter_to_tf32(b[(i == 0 ? lane : lane + 4) * 8 + group]);
        }
        for (int i = 0; i < 4; i++) {
          int row = i < 2 ? group : group + 8;
          fd[i] = d[row * 8 + lane * 2 + (i & 1)];
        }
        sinter_mma_tf32(fd, fa, fb);
        for (int i = 0; i < 4; i++) {
          int row = i < 2 ? group : group + 8;
          d[row * 8 + lane * 2 + (i & 1)] = fd[i];
        }
      }
      """;
  private static final String BF16 =
      """
      // A [16, 16] and B [16, 8] row-major, D [16, 8]
      extern "C" __global__ void bf16(const float* a, const float* b, float* d) {
        int group = threadIdx.x >> 2;
        int lane = threadIdx.x % 4;
        unsigned fa[4], fb[2];
        float fd[4] = {0, 0, 0, 0};
        float ea[8], eb[4];
        for (int i = 0; i < 8; i++) {
          int row = (0 <= i && i < 2) || (4 <= i && i < 6) ? group : group + 8;
          int column = i < 4 ? lane * 2 + (i & 1) : lane * 2 + (i & 1) + 8;
          ea[i] = a[row * 16 + column];
        }
        for (int i = 0; i < 4; i++) {
          int row = i < 2 ? lane * 2 + (i & 1) : lane * 2 + (i & 1) + 8;
          eb[i] = b[row * 8 + group];
        }
        for (int i = 0; i < 4; i++) fa[i] = sinter_pack_bf16(ea[2 * i], ea[2 * i + 1]);
        for (int i = 0; i < 2; i++) fb[i] = sinter_pack_bf16(eb[2 * i], eb[2 * i + 1]);
        sinter_mma_bf16(fd, fa, fb);
        for (int i = 0; i < 4; i++) {
          int row = i < 2 ? group : group + 8;
          d[row * 8 + lane * 2 + (i & 1)] = fd[i];
        }
      }
      """;

  private static float product(float[] a, float[] b, int row, int column, int depth) {
    float sum = 0;
    for (int k = 0; k < depth; k++) {
      sum += a[row * depth + k] * b[k * 8 + column];
    }
    return sum;
  }

  @Test
  void tf32ProductEqualsLoopAndAdds() {
    float[] a = numbers(16 * 8, 1);
    float[] b = numbers(8 * 8, 5);
    float[] c = numbers(16 * 8, 3);
    long d = upload(c);
    launch(kernel("tf32", TF32), 1, 32, 0, upload(a), upload(b), d);
    float[] got = download(d, 16 * 8);
    for (int i = 0; i < got.length; i++) {
      assertThat(got[i]).isEqualTo(c[i] + product(a, b, i / 8, i % 8, 8));
    }
  }

  @Test
  void bf16ProductEqualsLoop() {
    float[] a = numbers(16 * 16, 1);
    float[] b = numbers(16 * 8, 5);
    long d = device.allocate(4 * 16 * 8);
    launch(kernel("bf16", BF16), 1, 32, 0, upload(a), upload(b), d);
    float[] got = download(d, 16 * 8);
    for (int i = 0; i < got.length; i++) {
      assertThat(got[i]).isEqualTo(product(a, b, i / 8, i % 8, 16));
    }
  }

  @Test
  void tf32OperandsLoseTheirLowBits() {
    float[] a = new float[16 * 8];
    float[] b = new float[8 * 8];
    a[0] = Math.nextDown(1 + 0x1p-10f); // the core truncates it to 1
    b[0] = 1 + 0x1p-11f; // the conversion rounds it away from zero
    long d = upload(new float[16 * 8]);
    launch(kernel("tf32", TF32), 1, 32, 0, upload(a), upload(b), d);
    assertThat(download(d, 1)).containsExactly(1 + 0x1p-10f);
  }

  @Test
  void bf16IsRoundedToEven() {
    long kernel =
        kernel(
            "pack",
            """
            extern "C" __global__ void pack(const float* x, unsigned* y) {
              if (threadIdx.x == 0) *y = sinter_pack_bf16(x[0], x[1]);
            }
            """);
    long y = device.allocate(4);
    launch(kernel, 1, 32, 0, upload(1 + 0x1p-8f, 1 + 3 * 0x1p-8f), y);
    assertThat(Float.floatToRawIntBits(download(y, 1)[0])).isEqualTo(0x3f82_3f80);
  }

  @Test
  void productInPartOfWarpIsReported() {
    String partial = TF32.replace("sinter_mma_tf32", "if (group < 7) sinter_mma_tf32");
    long kernel = kernel("tf32", partial);
    long x = upload(new float[16 * 8]);
    long d = upload(new float[16 * 8]);
    assertThatThrownBy(() -> launch(kernel, 1, 32, 0, x, x, d)).hasMessageContaining("deadlock");
  }
}
