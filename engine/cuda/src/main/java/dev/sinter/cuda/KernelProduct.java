package dev.sinter.cuda;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.Kernels.KernelSource;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.program.ActivationFunction;
import java.util.ArrayList;
import java.util.List;

/**
 * A product on the kernels of Sinter, with a given tile and number of splits.
 *
 * <p>If there are few tiles, splits divide their sums into stretches, so that all multiprocessors
 * have work.
 */
record KernelProduct(MatrixProduct product, Tile tile, int splits) {
  /** The most floating-point operations of one launch: under 100 ms on the slowest devices. */
  private static final double OPERATIONS_PER_LAUNCH = 60e9;

  /** The number of threads with work up to which splitting pays. */
  private static final int THREADS_PER_MULTIPROCESSOR = 512;

  /** Returns a name that is stable across processes. */
  String name() {
    return "kernel " + tile + (splits == 1 ? "" : " split " + splits);
  }

  /** States the workspace that the splits need: their sums, and one counter per tile. */
  void need(Workspace workspace) {
    if (splits > 1) {
      long replicas = product.replicas();
      workspace.need(
          replicas * splits * (product.m() + 1L) * product.n(),
          replicas * rowTiles() * columnTiles());
    }
  }

  private int rowTiles() {
    return (product.m() + tile.rows() - 1) / tile.rows();
  }

  private int columnTiles() {
    return (product.n() + tile.columns() - 1) / tile.columns();
  }

  /** Returns the product as a node of a graph. */
  Node node(Kernels kernels, Workspace workspace) {
    return step -> launches(kernels, workspace).forEach(kernels.device()::launch);
  }

  /** Returns the launches: one, or several bands of rows for a very large product. */
  List<Launch> launches(Kernels kernels, Workspace workspace) {
    final long function = kernels.function(source());
    int m = product.m();
    int n = product.n();
    int k = product.k();
    int blocksZ = product.replicas() * splits;
    int depths = (k + tile.depth() - 1) / tile.depth();
    int perSplit = (depths + splits - 1) / splits * tile.depth();
    double operations = 2.0 * tile.rows() * Math.max(n, tile.columns()) * k * product.replicas();
    int band = (int) Math.max(1, Math.min(rowTiles(), OPERATIONS_PER_LAUNCH / operations));
    band = Math.min(band, 65535); // the limit of a grid
    long partial = workspace.partial();
    long sums = partial + 4L * blocksZ * m * n;
    List<Launch> launches = new ArrayList<>();
    for (int first = 0; first < rowTiles(); first += band) {
      List<Object> arguments =
          Kernels.arguments(
              List.of(product.a(), product.b(), product.c(), m, n, k),
              List.of(splits, perSplit, first, partial, sums, workspace.counters()),
              List.of(product.bias(), product.output(), product.columnSums()));
      int rows = Math.min(band, rowTiles() - first);
      launches.add(
          Launch.of(function)
              .grid(columnTiles(), rows, blocksZ)
              .threads(tile.threads())
              .with(arguments));
    }
    return launches;
  }

  /** Returns the kernel: the template of gemm.cu for this tile, with the generated epilogue. */
  KernelSource source() {
    String kernel =
        tile.threadRows() == 0
            ? "gemmTensor<" + (product.precision() != Precision.TF32)
            : "gemm<%s, %s, %s, %s, %s"
                .formatted(
                    tile.rows(),
                    tile.columns(),
                    tile.depth(),
                    tile.threadRows(),
                    tile.threadColumns());
    String template =
        "%s, %s, %b, %b, %b, %b, %b, Epilogue>"
            .formatted(
                kernel,
                tile.stages(),
                product.transposeA(),
                product.transposeB(),
                inFours(product.transposeA() ? product.m() : product.k()),
                inFours(product.transposeB() ? product.k() : product.n()),
                product.columnSums() != DeviceValue.NONE);
    String generated =
        """
        struct Epilogue {
          static const int ROWS = %s;
          static __device__ __forceinline__ float apply(
              const Gemm &g, int replica, float value, int row, int column) {
            %s
          }
        };

        extern "C" __global__ void __launch_bounds__(%s) product(
            const float *a, int aStride, const float *b, int bStride, float *c, int cStride, int m, int n, int k,
            int splits, int perSplit, int firstRowTile, float *partial, float *partialSums, unsigned *counters,
            const float *bias, int biasStride, const float *output, int outputStride, float *columnSums,
            int columnSumsStride) {
          const Gemm g = {a, b, c, m, n, k, aStride, bStride, cStride, splits, perSplit, firstRowTile, partial,
                          partialSums, counters, bias, biasStride, output, outputStride, columnSums, columnSumsStride};
          %s(g);
        }
        """
            .formatted(tile.rows(), epilogue(), tile.threads(), template);
    return tile.threadRows() == 0
        ? KernelSource.of("product", generated, "copies", "gemm", "tensor", "gemm_tensor")
        : KernelSource.of("product", generated, "copies", "gemm");
  }

  /** Returns the source of the epilogue of gemm.cu: from {@code value} to the element of C. */
  private String epilogue() {
    StringBuilder text = new StringBuilder();
    if (product.bias() != DeviceValue.NONE) {
      text.append("value += g.bias[(long long)replica * g.biasStride + column]; ");
    }
    if (product.forward() != ActivationFunction.LINEAR) {
      String activation = CudaExpression.of(product.forward().forward(), "value");
      text.append("value = ").append(activation).append("; ");
    }
    if (product.derivative() != ActivationFunction.LINEAR) {
      text.append(
              "const float a = g.output[(long long)replica * g.outputStride +"
                  + " (long long)row * g.n + column]; value *= ")
          .append(CudaExpression.of(product.derivative().derivative(), "a"))
          .append("; ");
    }
    return text.append("return value;").toString();
  }

  /** Returns a version that changes with the kernels, so that methods are timed again. */
  static String version() {
    String kernels =
        KernelSource.of("product", "", "copies", "gemm", "tensor", "gemm_tensor").text();
    StringBuilder text = new StringBuilder(kernels);
    for (Tile tile : List.of(Tile.NARROW, Tile.SMALL, Tile.MEDIUM, Tile.LARGE, Tile.TENSOR)) {
      text.append(tile).append(tile.threads()).append(' ').append(tile.stages());
    }
    return Integer.toHexString(text.toString().hashCode());
  }

  private static boolean inFours(int lineLength) {
    return lineLength % 4 == 0;
  }

  /** Returns the variants worth trying, the one with the best estimate first. */
  static List<KernelProduct> candidates(MatrixProduct product, DeviceProperties device) {
    long replicas = product.replicas();
    boolean tensor = product.precision() != Precision.FLOAT32;
    List<Tile> tiles =
        tensor
            ? List.of(Tile.TENSOR)
            : product.n() <= Tile.NARROW.columns()
                ? List.of(Tile.NARROW, Tile.SMALL)
                : List.of(Tile.SMALL, Tile.MEDIUM, Tile.LARGE);
    List<KernelProduct> all = new ArrayList<>();
    KernelProduct best = null;
    for (Tile tile : tiles) {
      KernelProduct whole = new KernelProduct(product, tile, 1);
      long blocks = replicas * whole.rowTiles() * whole.columnTiles();
      int depths = Math.max(1, product.k() / (2 * tile.depth()));
      int resident = // on a multiprocessor, whose shared memory is little more than a block may use
          Math.min(
              THREADS_PER_MULTIPROCESSOR / tile.threads(),
              Math.max(1, device.sharedBytesPerBlock() / tile.sharedBytes()));
      long most = (long) device.multiprocessors() * resident;
      int wanted = (int) Math.max(1, Math.min(Math.min(depths, 16), most / blocks));
      for (int splits = 1; splits <= wanted; splits *= 2) {
        if (replicas * splits <= 65535) {
          all.add(new KernelProduct(product, tile, splits));
        }
      }
      // The largest tile whose blocks still fill the device, split if needed.
      if (best == null || blocks >= device.multiprocessors()) {
        best = all.get(all.size() - 1);
      }
    }
    all.remove(best);
    all.add(0, best);
    return all;
  }
}
