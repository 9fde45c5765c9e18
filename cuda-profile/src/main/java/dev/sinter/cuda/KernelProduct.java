package dev.sinter.cuda;

import dev.sinter.backend.BackendOptions;
import dev.sinter.cuda.Kernels.KernelSource;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Launch;
import java.util.ArrayList;
import java.util.List;

/**
 * A product on Sinter's own kernels, for one tile and one number of splits.
 *
 * <p>Splits cut the sums of few tiles into stretches, so that all multiprocessors have work.
 */
record KernelProduct(MatrixProduct product, Tile tile, int splits) {
  /** Floating-point operations of one launch at most: under 100 ms on the slowest devices. */
  private static final double OPERATIONS_PER_LAUNCH = 60e9;

  /** Splits are worth their sums until so many threads have work. */
  private static final int THREADS_PER_MULTIPROCESSOR = 512;

  /** Returns a name that is the same in the next process. */
  String name() {
    return "kernel " + tile + (splits == 1 ? "" : " split " + splits);
  }

  /** Returns the floats of workspace that all splits together need. */
  long partialFloats(int replicas) {
    return splits == 1 ? 0 : (long) replicas * splits * (product.m() + 1L) * product.n();
  }

  /** Returns how many tiles count arrivals. */
  long counters(int replicas) {
    return splits == 1 ? 0 : (long) replicas * rowTiles() * columnTiles();
  }

  private int rowTiles() {
    return (product.m() + tile.rows() - 1) / tile.rows();
  }

  private int columnTiles() {
    return (product.n() + tile.columns() - 1) / tile.columns();
  }

  /** Returns the launches: one, or bands of rows of a very large product. */
  List<Launch> launches(Kernels kernels, int replicas, Workspace workspace) {
    long partial = workspace.partial();
    int depths = (product.k() + tile.depth() - 1) / tile.depth();
    int perSplit = (depths + splits - 1) / splits * tile.depth();
    double operations =
        2.0 * tile.rows() * Math.max(product.n(), tile.columns()) * product.k() * replicas;
    int band = (int) Math.max(1, Math.min(rowTiles(), OPERATIONS_PER_LAUNCH / operations));
    band = Math.min(band, 65535); // a grid's limit
    long sums = partial + 4L * replicas * splits * product.m() * product.n();
    List<Launch> launches = new ArrayList<>();
    for (int first = 0; first < rowTiles(); first += band) {
      List<Object> arguments = new ArrayList<>();
      arguments.addAll(List.of(product.a().address(), product.b().address()));
      arguments.addAll(List.of(product.c().address(), product.m(), product.n(), product.k()));
      arguments.addAll(List.of(product.a().stride(), product.b().stride(), product.c().stride()));
      arguments.addAll(List.of(splits, perSplit, first, partial, sums, workspace.counters()));
      arguments.addAll(List.of(product.bias().address(), product.bias().stride()));
      arguments.addAll(List.of(product.output().address(), product.output().stride()));
      arguments.addAll(List.of(product.columnSums().address(), product.columnSums().stride()));
      launches.add(
          new Launch(
              kernels.function(source()),
              columnTiles(),
              Math.min(band, rowTiles() - first),
              replicas * splits,
              tile.threads(),
              0,
              arguments));
    }
    return launches;
  }

  /** Returns the kernel: gemm.cu's template for this tile, with the epilogue written out. */
  KernelSource source() {
    String kernel =
        tile.threadRows() == 0
            ? "gemmTensor<" + !product.precision().equals("tf32")
            : "gemm<%d, %d, %d, %d, %d"
                .formatted(
                    tile.rows(),
                    tile.columns(),
                    tile.depth(),
                    tile.threadRows(),
                    tile.threadColumns());
    String template =
        "%s, %d, %b, %b, %b, %b, %b, Epilogue>"
            .formatted(
                kernel,
                tile.stages(),
                product.transposeA(),
                product.transposeB(),
                inFours(product.transposeA() ? product.m() : product.k()),
                inFours(product.transposeB() ? product.k() : product.n()),
                product.columnSums() != Place.NONE);
    String generated =
        """
        struct Epilogue {
          static const int ROWS = %d;
          static __device__ __forceinline__ float apply(
              const Gemm &g, int replica, float value, int row, int column) {
            %s
          }
        };

        extern "C" __global__ void __launch_bounds__(%d) product(
            const float *a, const float *b, float *c, int m, int n, int k, int aStride, int bStride, int cStride,
            int splits, int perSplit, int firstRowTile, float *partial, float *partialSums, unsigned *counters,
            const float *bias, int biasStride, const float *output, int outputStride, float *columnSums,
            int columnSumsStride) {
          const Gemm g = {a, b, c, m, n, k, aStride, bStride, cStride, splits, perSplit, firstRowTile, partial,
                          partialSums, counters, bias, biasStride, output, outputStride, columnSums, columnSumsStride};
          %s(g);
        }
        """
            .formatted(tile.rows(), product.epilogueText(), tile.threads(), template);
    return tile.threadRows() == 0
        ? KernelSource.of("product", generated, "gemm", "gemm_tensor")
        : KernelSource.of("product", generated, "gemm");
  }

  /** Returns what changes with the kernels: a way that was timed before is timed again. */
  static String version() {
    String kernels = KernelSource.of("product", "", "gemm", "gemm_tensor").text();
    StringBuilder text = new StringBuilder(kernels);
    for (Tile tile : List.of(Tile.NARROW, Tile.SMALL, Tile.MEDIUM, Tile.LARGE, Tile.TENSOR)) {
      text.append(tile).append(tile.threads()).append(' ').append(tile.stages());
    }
    return Integer.toHexString(text.toString().hashCode());
  }

  private static boolean inFours(int lineLength) {
    return lineLength % 4 == 0;
  }

  /** Returns the ways worth trying, the one that an educated guess prefers first. */
  static List<KernelProduct> candidates(
      MatrixProduct product, int replicas, DeviceProperties device) {
    boolean tensor = !product.precision().equals(BackendOptions.FLOAT32);
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
      long blocks = (long) whole.rowTiles() * whole.columnTiles() * replicas;
      int depths = Math.max(1, product.k() / (2 * tile.depth()));
      int resident = // on a multiprocessor, whose blocks share little more than one may have
          Math.min(
              THREADS_PER_MULTIPROCESSOR / tile.threads(),
              Math.max(1, device.sharedBytesPerBlock() / tile.sharedBytes()));
      long most = (long) device.multiprocessors() * resident;
      int wanted = (int) Math.max(1, Math.min(Math.min(depths, 16), most / blocks));
      for (int splits = 1; splits <= wanted; splits *= 2) {
        if ((long) replicas * splits <= 65535) {
          all.add(new KernelProduct(product, tile, splits));
        }
      }
      // The largest tile whose blocks still fill the device, split where that is needed.
      if (best == null || blocks >= device.multiprocessors()) {
        best = all.get(all.size() - 1);
      }
    }
    all.remove(best);
    all.add(0, best);
    return all;
  }
}
