package dev.sinter.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.driver.ActivationLibrary;
import dev.sinter.cuda.driver.ActivationLibrary.Matrices;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.cuda.driver.Product;
import dev.sinter.cuda.driver.Product.Epilogue;
import dev.sinter.cuda.driver.Product.Operand;
import dev.sinter.cuda.driver.Products;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares the simulated libraries with loops in Java. */
class SimulatedProductsTest extends SimulatedTest {
  private static final int M = 19;
  private static final int N = 7;
  private static final int K = 5;
  private static final int BATCH = 2;
  private static final int LD = 24; // of all matrices
  private static final int STRIDE = LD * 24;
  private static final int AUX_LD = 128;
  private static final int BIAS_STRIDE = 64;

  /** Returns element [row, column] of matrix i, stored directly or transposed. */
  private static float at(float[] x, int i, int row, int column, boolean transposed) {
    return transposed ? x[i * STRIDE + column + row * LD] : x[i * STRIDE + row + column * LD];
  }

  @ParameterizedTest
  @EnumSource(Epilogue.class)
  void productEqualsLoops(Epilogue epilogue) {
    for (int flags = 0; flags < 4; flags++) {
      check(epilogue, (flags & 1) != 0, (flags & 2) != 0);
    }
  }

  private void check(Epilogue epilogue, boolean transposeA, boolean transposeB) {
    float[] a = numbers(BATCH * STRIDE, 1);
    float[] b = numbers(BATCH * STRIDE, 2);
    float[] bias = numbers(BATCH * BIAS_STRIDE, 3);
    byte[] mask = new byte[BATCH * N * AUX_LD / 8];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = (byte) (i * 77);
    }
    long auxAddress = device.allocate(mask.length);
    Operand left = new Operand(upload(a), LD, STRIDE);
    Operand right = new Operand(upload(b), LD, STRIDE);
    Operand result = new Operand(device.allocate(4 * BATCH * STRIDE), LD, STRIDE);
    long biasAddress = upload(bias);
    copy(auxAddress, mask, true);
    Product product =
        new Product(
            transposeA,
            transposeB,
            M,
            N,
            K,
            left,
            right,
            result,
            BATCH,
            epilogue,
            biasAddress,
            BIAS_STRIDE,
            auxAddress,
            AUX_LD,
            N * AUX_LD,
            Precision.FLOAT32);
    run(product);
    float[] d = download(result.address(), BATCH * STRIDE);
    byte[] maskAfter = mask.clone();
    copy(auxAddress, maskAfter, false);
    float[] biasAfter = download(biasAddress, bias.length);
    for (int i = 0; i < BATCH; i++) {
      for (int r = 0; r < M; r++) {
        for (int c = 0; c < N; c++) {
          float sum = 0;
          for (int k = 0; k < K; k++) {
            sum += at(a, i, r, k, transposeA) * at(b, i, k, c, transposeB);
          }
          int bit = (i * N + c) * AUX_LD + r;
          float biased = sum + bias[i * BIAS_STRIDE + r];
          float expected =
              switch (epilogue) {
                case DEFAULT, BGRADA -> sum;
                case BIAS -> biased;
                case RELU_BIAS, RELU_AUX_BIAS -> Math.max(biased, 0);
                case DRELU -> bit(mask, bit) ? sum : 0;
              };
          assertThat(d[i * STRIDE + r + c * LD]).isEqualTo(expected);
          if (epilogue == Epilogue.RELU_AUX_BIAS) {
            assertThat(bit(maskAfter, bit)).isEqualTo(biased > 0);
          }
        }
        float rowSum = 0;
        for (int k = 0; k < K; k++) {
          rowSum += at(a, i, r, k, transposeA);
        }
        assertThat(biasAfter[i * BIAS_STRIDE + r])
            .isEqualTo(epilogue == Epilogue.BGRADA ? rowSum : bias[i * BIAS_STRIDE + r]);
      }
    }
  }

  private void run(Product product) {
    try (Products products = platform.products(device).library()) {
      List<Products.Algorithm> algorithms = products.algorithms(product, 8);
      assertThat(algorithms).hasSize(2);
      algorithms.get(0).enqueue();
    }
  }

  private static boolean bit(byte[] bits, int i) {
    return (bits[i / 8] >> i % 8 & 1) != 0;
  }

  private void copy(long address, byte[] bytes, boolean in) {
    try (PinnedBuffer buffer = device.allocatePinned(bytes.length)) {
      if (in) {
        buffer.bytes().put(bytes);
        device.copyIn(address, buffer, 0, bytes.length, Device.MAIN);
      } else {
        device.copyOut(buffer, 0, address, bytes.length, Device.MAIN);
        buffer.bytes().get(bytes);
      }
    }
  }

  @Test
  void operandsAreRoundedByPrecision() {
    long a = upload(1 + 0x1p-11f, -1 - 0x1p-11f, 1 + 0x1p-12f, 1 + 0x1p-8f, 1 + 3 * 0x1p-8f);
    long b = upload(1);
    long d = device.allocate(4 * 5);
    run(small(a, b, d, Precision.FLOAT32));
    assertThat(download(d, 2)).containsExactly(1 + 0x1p-11f, -1 - 0x1p-11f);
    run(small(a, b, d, Precision.TF32));
    assertThat(download(d, 5))
        .containsExactly(1 + 0x1p-10f, -1 - 0x1p-10f, 1, 1 + 0x1p-8f, 1 + 3 * 0x1p-8f);
    run(small(a, b, d, Precision.BF16));
    assertThat(download(d, 5)).containsExactly(1, -1, 1, 1, 1 + 2 * 0x1p-7f);
  }

  private static Product small(long a, long b, long d, Precision precision) {
    return new Product(
        false,
        false,
        5,
        1,
        1,
        new Operand(a, 5, 0),
        new Operand(b, 1, 0),
        new Operand(d, 5, 0),
        1,
        Epilogue.DEFAULT,
        0,
        0,
        0,
        0,
        0,
        precision);
  }

  @Test
  void whatCublasltRefusesIsRefused() {
    long x = device.allocate(4096);
    Operand o = new Operand(x, 8, 64);
    Products products = platform.products(device).library();
    assertThat(products.algorithms(with(o, Epilogue.BIAS, x, 0, 0), 1)).hasSize(1);
    assertThat(products.algorithms(with(o, Epilogue.BIAS, x + 4, 0, 0), 1)).isEmpty();
    assertThat(products.algorithms(with(o, Epilogue.RELU_AUX_BIAS, x, x, 128), 1)).hasSize(1);
    assertThat(products.algorithms(with(o, Epilogue.RELU_AUX_BIAS, x, x, 64), 1)).isEmpty();
    Products refusing = platform.withRefusingProducts().products(device).library();
    assertThat(refusing.algorithms(with(o, Epilogue.DEFAULT, 0, 0, 0), 1)).isEmpty();
    assertThat(platform.withoutProducts().products(device).present()).isFalse();
    assertThat(platform.withoutProducts().products(device).reason()).contains("libcublasLt");
  }

  private static Product with(Operand o, Epilogue epilogue, long bias, long aux, long auxLd) {
    return new Product(
        false, false, 8, 8, 8, o, o, o, 1, epilogue, bias, 0, aux, auxLd, 0, Precision.FLOAT32);
  }

  @Test
  void neuralOperationsEqualFormulas() {
    float[] x = {-1.5f, 0, 2, Float.NaN, 3, -1};
    long from = upload(x);
    long to = device.allocate(4 * 6);
    ActivationLibrary ops = platform.neuralOps(device).library();
    ops.activation(ActivationLibrary.Activation.RELU, from, to, new Matrices(2, 3, 1, 6)).enqueue();
    assertThat(download(to, 6)).containsExactly(0, 0, 2, Float.NaN, 3, 0);
    ops.activation(ActivationLibrary.Activation.SIGMOID, from, to, new Matrices(1, 3, 2, 3))
        .enqueue();
    assertThat(download(to, 6)[4])
        .isEqualTo((float) (1 / (1 + Math.exp(-3))), Offset.offset(1e-7f));
    ops.activationGradient(
            ActivationLibrary.Activation.TANH, from, from, to, new Matrices(1, 3, 1, 0))
        .enqueue();
    assertThat(download(to, 3)).containsExactly(-1.5f * (1 - 2.25f), 0, -6);
    ops.softmax(from, to, new Matrices(2, 3, 1, 6)).enqueue();
    float[] y = download(to, 3);
    double sum = Math.exp(-1.5) + 1 + Math.exp(2);
    assertThat(y[2]).isEqualTo((float) (Math.exp(2) / sum), Offset.offset(1e-6f));
    assertThat(platform.withoutNeuralOps().neuralOps(device).reason()).contains("libcudnn");
  }
}
