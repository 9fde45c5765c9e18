package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.cuda.driver.Platform;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.cuda.kernel.DeviceValue;
import dev.sinter.cuda.kernel.Kernels;
import dev.sinter.cuda.kernel.Workspace;
import dev.sinter.cuda.product.KernelProduct;
import dev.sinter.cuda.product.MatrixProduct;
import dev.sinter.cuda.product.Tile;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every tile, split and epilogue of the products on the kernels of Sinter. */
abstract class KernelProductContract {
  private static final int REPLICAS = 2;

  // m, n and k: larger than each tile, and not a multiple of any.
  private static final int[] ODD = {135, 133, 70};

  /** The same for lines that are copied four floats at a time. */
  private static final int[] FOURS = {140, 132, 76};

  private final Platform platform;
  private final Random random = new Random(4);
  private Device device;
  private Kernels kernels;
  private DeviceMemory memory;

  KernelProductContract(Platform platform) {
    this.platform = platform;
  }

  @BeforeEach
  void open() {
    Assumptions.assumeTrue(platform.survey().usable(), platform.survey().detail());
    device = platform.open(0);
    kernels = new Kernels(device, platform.compiler());
    memory = new DeviceMemory(device);
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  @ParameterizedTest(name = "tile {0}, {1} splits, transposed {2} {3}, {4}, {5} sizes")
  @CsvSource({
    "SMALL, 1, false, false, bias, odd",
    "SMALL, 1, false, false, bias, fours",
    "SMALL, 2, true, false, sums, odd",
    "SMALL, 2, true, false, sums, fours",
    "SMALL, 1, false, true, derivative, odd",
    "SMALL, 1, false, true, derivative, fours",
    "MEDIUM, 1, false, false, bias, odd",
    "MEDIUM, 1, false, false, bias, fours",
    "MEDIUM, 1, true, false, sums, odd",
    "MEDIUM, 1, true, false, sums, fours",
    "MEDIUM, 1, false, true, derivative, odd",
    "MEDIUM, 1, false, true, derivative, fours",
    "MEDIUM, 4, false, false, bias, odd",
    "MEDIUM, 4, false, false, bias, fours",
    "MEDIUM, 2, true, false, sums, odd",
    "MEDIUM, 2, true, false, sums, fours",
    "MEDIUM, 2, false, true, derivative, odd",
    "MEDIUM, 2, false, true, derivative, fours",
    "LARGE, 1, false, false, bias, odd",
    "LARGE, 1, false, false, bias, fours",
    "LARGE, 1, true, false, sums, odd",
    "LARGE, 1, true, false, sums, fours",
    "LARGE, 1, false, true, derivative, odd",
    "LARGE, 1, false, true, derivative, fours",
    "LARGE, 8, false, false, bias, odd",
    "LARGE, 8, false, false, bias, fours",
    "LARGE, 2, true, false, sums, odd",
    "LARGE, 2, true, false, sums, fours",
    "NARROW, 2, false, false, bias, odd",
    "NARROW, 2, false, false, bias, fours",
    "NARROW, 1, true, false, sums, odd",
    "NARROW, 1, true, false, sums, fours",
    "NARROW, 1, false, true, derivative, odd",
    "NARROW, 1, false, true, derivative, fours"
  })
  void kernel_everyTileAndSplit_computesTheProduct(
      String tile,
      int splits,
      boolean transposeA,
      boolean transposeB,
      String epilogue,
      String sizes) {
    MatrixProduct product = product(transposeA, transposeB, epilogue, Precision.FLOAT32, sizes);
    Tile chosen =
        Map.of(
                "SMALL",
                Tile.SMALL,
                "MEDIUM",
                Tile.MEDIUM,
                "LARGE",
                Tile.LARGE,
                "NARROW",
                Tile.NARROW)
            .get(tile);
    check(product, new KernelProduct(product, chosen, splits), 1e-5f);
  }

  @ParameterizedTest
  @CsvSource({
    "TF32, 1, false, true, derivative, odd",
    "TF32, 4, true, false, sums, fours",
    "TF32, 1, false, true, bias, fours",
    "BF16, 1, false, false, bias, odd",
    "BF16, 2, true, false, sums, fours",
    "BF16, 1, false, true, derivative, fours"
  })
  void tensorKernel_splits_computesTheProduct(
      Precision precision,
      int splits,
      boolean transposeA,
      boolean transposeB,
      String epilogue,
      String sizes) {
    Assumptions.assumeTrue(device.properties().capability() >= 80, "tensor cores of Ampere");
    MatrixProduct product = product(transposeA, transposeB, epilogue, precision, sizes);
    check(product, new KernelProduct(product, Tile.TENSOR, splits), 0.1f);
  }

  private MatrixProduct product(
      boolean transposeA, boolean transposeB, String epilogue, Precision precision, String sizes) {
    int[] size = sizes.equals("odd") ? ODD : FOURS;
    int m = size[0];
    int n = size[1];
    int k = size[2];
    boolean bias = epilogue.equals("bias");
    boolean derivative = epilogue.equals("derivative");
    return new MatrixProduct(
        REPLICAS,
        transposeA,
        transposeB,
        place(transposeA ? k : m, transposeA ? m : k),
        place(transposeB ? n : k, transposeB ? k : n),
        place(m, n),
        bias ? place(1, n) : DeviceValue.NONE,
        bias ? ActivationFunction.TANH : ActivationFunction.LINEAR,
        derivative ? ActivationFunction.SIGMOID : ActivationFunction.LINEAR,
        derivative ? place(m, n) : DeviceValue.NONE,
        epilogue.equals("sums") ? place(1, n) : DeviceValue.NONE,
        precision);
  }

  /** Returns a place filled with numbers from -1 to 1. */
  private DeviceValue place(int rows, int columns) {
    Shape shape = new Shape(rows, columns);
    int count = REPLICAS * shape.replicaStride();
    long address = memory.allocate(4L * count);
    try (PinnedBuffer buffer = device.allocatePinned(4L * count)) {
      for (int i = 0; i < count; i++) {
        buffer.bytes().putFloat(4 * i, 2 * random.nextFloat() - 1);
      }
      device.copyIn(address, buffer, 0, 4L * count, Device.MAIN);
      device.synchronize();
    }
    return new DeviceValue(address, shape);
  }

  private float[] read(DeviceValue place) {
    float[] values = new float[REPLICAS * place.stride()];
    try (PinnedBuffer buffer = device.allocatePinned(4L * values.length)) {
      device.copyOut(buffer, 0, place.address(), 4L * values.length, Device.MAIN);
      device.synchronize();
      buffer.bytes().asFloatBuffer().get(values);
    }
    return values;
  }

  /** Runs the product twice: the counters must be 0 again after the first run. */
  private void check(MatrixProduct product, KernelProduct kernel, float tolerance) {
    Workspace workspace = new Workspace();
    kernel.need(workspace);
    workspace.allocate(memory);
    List<Launch> launches = kernel.launches(kernels, workspace);
    launches.forEach(device::launch);
    float[] first = read(product.c());
    launches.forEach(device::launch);
    device.synchronize();
    assertThat(read(product.c())).as("the second time").isEqualTo(first);
    float[] a = read(product.a());
    float[] b = read(product.b());
    float[] bias = product.bias() == DeviceValue.NONE ? null : read(product.bias());
    float[] output = product.output() == DeviceValue.NONE ? null : read(product.output());
    int m = product.m();
    int n = product.n();
    int k = product.k();
    for (int replica = 0; replica < REPLICAS; replica++) {
      for (int row = 0; row < m; row++) {
        for (int column = 0; column < n; column++) {
          double sum = 0;
          for (int d = 0; d < k; d++) {
            int atA = product.transposeA() ? d * m + row : row * k + d;
            int atB = product.transposeB() ? column * k + d : d * n + column;
            sum +=
                (double) a[replica * product.a().stride() + atA]
                    * b[replica * product.b().stride() + atB];
          }
          int at = row * n + column;
          double expected = sum;
          if (bias != null) {
            expected = Math.tanh(sum + bias[replica * product.bias().stride() + column]);
          } else if (output != null) {
            double y = output[replica * product.output().stride() + at];
            expected = sum * y * (1 - y);
          }
          assertThat((double) first[replica * product.c().stride() + at])
              .as("replica %d, row %d, column %d", replica, row, column)
              .isCloseTo(expected, Offset.offset((double) tolerance));
        }
      }
    }
    if (product.columnSums() != DeviceValue.NONE) {
      checkColumnSums(product, b);
    }
  }

  private void checkColumnSums(MatrixProduct product, float[] b) {
    float[] sums = read(product.columnSums());
    for (int replica = 0; replica < REPLICAS; replica++) {
      for (int column = 0; column < product.n(); column++) {
        double sum = 0;
        for (int k = 0; k < product.k(); k++) {
          sum += b[replica * product.b().stride() + k * product.n() + column];
        }
        assertThat((double) sums[replica * product.columnSums().stride() + column])
            .as("replica %d, sum of column %d", replica, column)
            .isCloseTo(sum, Offset.offset(1e-5));
      }
    }
  }

  /** A display device must not wait longer than 100 ms for one launch. */
  @Test
  void launches_veryLargeProduct_areBandsOfRows() {
    DeviceValue large = new DeviceValue(256, new Shape(100_000, 4096));
    MatrixProduct product =
        new MatrixProduct(
            1,
            false,
            false,
            large,
            new DeviceValue(256, new Shape(4096, 4096)),
            large,
            DeviceValue.NONE,
            ActivationFunction.LINEAR,
            ActivationFunction.LINEAR,
            DeviceValue.NONE,
            DeviceValue.NONE,
            Precision.FLOAT32);
    KernelProduct kernel = new KernelProduct(product, Tile.LARGE, 1);
    Workspace workspace = new Workspace();
    List<Launch> launches = kernel.launches(kernels, workspace);
    List<Integer> rows = new ArrayList<>();
    int next = 0;
    for (Launch launch : launches) {
      assertThat(launch.arguments().get(0))
          .hasToString(kernel.arguments(workspace, next).toString());
      next += launch.gridY();
      rows.add(launch.gridY() * Tile.LARGE.rows());
    }
    assertThat(next).isEqualTo((100_000 + 127) / 128);
    assertThat(rows).allSatisfy(r -> assertThat(2.0 * r * 4096 * 4096).isLessThan(61e9));
  }
}
