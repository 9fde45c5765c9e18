package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.cuda.simulated.SimulatedDevice;
import dev.sinter.cuda.simulated.SimulatedPlatform;
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

/** Every tile, split and epilogue of the products on Sinter's own kernels. */
class KernelProductTest {
  private static final int REPLICAS = 2;

  /** More than a tile of each size, and no multiple of any. */
  private static final int M = 135;

  private static final int N = 133;
  private static final int K = 70;

  private final SimulatedPlatform platform = SimulatedPlatform.standard();
  private SimulatedDevice device;
  private Kernels kernels;
  private DeviceMemory memory;
  private final Random random = new Random(4);

  @BeforeEach
  void open() {
    Assumptions.assumeTrue(platform.survey().usable(), platform.survey().detail());
    device = (SimulatedDevice) platform.open(0);
    kernels = new Kernels(device, platform.compiler());
    memory = new DeviceMemory(device);
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  @ParameterizedTest(name = "tile {0}, {1} splits, transposed {2} {3}, {4}")
  @CsvSource({
    "SMALL, 1, false, false, bias",
    "SMALL, 2, true, false, sums",
    "MEDIUM, 1, false, false, bias",
    "MEDIUM, 1, true, false, sums",
    "MEDIUM, 1, false, true, derivative",
    "MEDIUM, 4, false, false, bias",
    "MEDIUM, 2, true, false, sums",
    "MEDIUM, 2, false, true, derivative",
    "LARGE, 1, false, false, bias",
    "LARGE, 1, true, false, sums",
    "LARGE, 1, false, true, derivative",
    "LARGE, 8, false, false, bias",
    "LARGE, 2, true, false, sums",
    "NARROW, 2, false, false, bias",
    "NARROW, 1, true, false, sums",
    "NARROW, 1, false, true, derivative"
  })
  void kernel_everyTileAndSplit_computesTheProduct(
      String tile, int splits, boolean transposeA, boolean transposeB, String epilogue) {
    MatrixProduct product = product(transposeA, transposeB, epilogue, "float32");
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
    "tf32, 1, false, true, derivative", "tf32, 4, true, false, sums",
    "bf16, 1, false, false, bias", "bf16, 2, true, false, sums"
  })
  void tensorKernel_splits_computesTheProduct(
      String precision, int splits, boolean transposeA, boolean transposeB, String epilogue) {
    MatrixProduct product = product(transposeA, transposeB, epilogue, precision);
    check(product, new KernelProduct(product, Tile.TENSOR, splits), 0.1f);
  }

  private MatrixProduct product(
      boolean transposeA, boolean transposeB, String epilogue, String precision) {
    boolean bias = epilogue.equals("bias");
    boolean derivative = epilogue.equals("derivative");
    return new MatrixProduct(
        transposeA,
        transposeB,
        M,
        N,
        K,
        place(transposeA ? K : M, transposeA ? M : K),
        place(transposeB ? N : K, transposeB ? K : N),
        place(M, N),
        bias ? place(1, N) : Place.NONE,
        bias ? ActivationFunction.TANH : ActivationFunction.LINEAR,
        derivative ? ActivationFunction.SIGMOID : ActivationFunction.LINEAR,
        derivative ? place(M, N) : Place.NONE,
        epilogue.equals("sums") ? place(1, N) : Place.NONE,
        precision);
  }

  /** Returns a place with numbers from -1 to 1. */
  private Place place(int rows, int columns) {
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
    return new Place(address, shape);
  }

  private float[] read(Place place) {
    float[] values = new float[REPLICAS * place.stride()];
    try (PinnedBuffer buffer = device.allocatePinned(4L * values.length)) {
      device.copyOut(buffer, 0, place.address(), 4L * values.length, Device.MAIN);
      device.synchronize();
      buffer.bytes().asFloatBuffer().get(values);
    }
    return values;
  }

  /** Runs it twice: the counters must be 0 again after the first time. */
  private void check(MatrixProduct product, KernelProduct kernel, float tolerance) {
    Workspace workspace = new Workspace();
    workspace.need(kernel.partialFloats(REPLICAS), kernel.counters(REPLICAS));
    workspace.allocate(memory);
    List<Launch> launches =
        kernel.launches(kernels, REPLICAS, workspace.partial(), workspace.counters());
    launches.forEach(device::launch);
    float[] first = read(product.c());
    launches.forEach(device::launch);
    device.synchronize();
    assertThat(read(product.c())).as("the second time").isEqualTo(first);
    float[] a = read(product.a());
    float[] b = read(product.b());
    float[] bias = product.bias() == Place.NONE ? null : read(product.bias());
    float[] output = product.output() == Place.NONE ? null : read(product.output());
    for (int replica = 0; replica < REPLICAS; replica++) {
      for (int row = 0; row < M; row++) {
        for (int column = 0; column < N; column++) {
          double sum = 0;
          for (int k = 0; k < K; k++) {
            int atA = product.transposeA() ? k * M + row : row * K + k;
            int atB = product.transposeB() ? column * K + k : k * N + column;
            sum +=
                (double) a[replica * product.a().stride() + atA]
                    * b[replica * product.b().stride() + atB];
          }
          int at = row * N + column;
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
    if (product.columnSums() != Place.NONE) {
      checkColumnSums(product, b);
    }
  }

  private void checkColumnSums(MatrixProduct product, float[] b) {
    float[] sums = read(product.columnSums());
    for (int replica = 0; replica < REPLICAS; replica++) {
      for (int column = 0; column < N; column++) {
        double sum = 0;
        for (int k = 0; k < K; k++) {
          sum += b[replica * product.b().stride() + k * N + column];
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
    Place large = new Place(256, new Shape(100_000, 4096));
    MatrixProduct product =
        new MatrixProduct(
            false,
            false,
            100_000,
            4096,
            4096,
            large,
            new Place(256, new Shape(4096, 4096)),
            large,
            Place.NONE,
            ActivationFunction.LINEAR,
            ActivationFunction.LINEAR,
            Place.NONE,
            Place.NONE,
            "float32");
    List<Launch> launches = new KernelProduct(product, Tile.LARGE, 1).launches(kernels, 1, 0, 0);
    List<Integer> rows = new ArrayList<>();
    int next = 0;
    for (Launch launch : launches) {
      assertThat(launch.arguments().get(11)).isEqualTo(next);
      next += launch.gridY();
      rows.add(launch.gridY() * Tile.LARGE.rows());
    }
    assertThat(next).isEqualTo((100_000 + 127) / 128);
    assertThat(rows).allSatisfy(r -> assertThat(2.0 * r * 4096 * 4096).isLessThan(61e9));
  }
}
