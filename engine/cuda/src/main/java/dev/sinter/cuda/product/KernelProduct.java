package dev.sinter.cuda.product;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.Struct;
import dev.sinter.cuda.kernel.CudaExpression;
import dev.sinter.cuda.kernel.DeviceValue;
import dev.sinter.cuda.kernel.GeneratedCode;
import dev.sinter.cuda.kernel.KernelSource;
import dev.sinter.cuda.kernel.Kernels;
import dev.sinter.cuda.kernel.Node;
import dev.sinter.cuda.kernel.Workspace;
import dev.sinter.program.ActivationFunction;
import java.util.ArrayList;
import java.util.List;

/**
 * A product on the kernels of Sinter, with a given tile and number of splits.
 *
 * <p>If there are few tiles, splits divide their sums into stretches, so that all multiprocessors
 * have work.
 */
public record KernelProduct(MatrixProduct product, Tile tile, int splits) {
  /** The most floating-point operations of one launch: under 100 ms on the slowest devices. */
  private static final double OPERATIONS_PER_LAUNCH = 60e9;

  /** The number of threads with work up to which splitting pays. */
  private static final int THREADS_PER_MULTIPROCESSOR = 512;

  /** Returns a name that is stable across processes. */
  public String name() {
    return "kernel " + tile + (splits == 1 ? "" : " split " + splits);
  }

  /** States the workspace that the splits need: their sums, and one counter per tile. */
  public void need(Workspace workspace) {
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
  public Node node(Kernels kernels, Workspace workspace) {
    return step -> launches(kernels, workspace).forEach(kernels.device()::launch);
  }

  /** Returns the launches: one, or several bands of rows for a very large product. */
  public List<Launch> launches(Kernels kernels, Workspace workspace) {
    final Launch launch = kernels.launch(source()).threads(tile.threads());
    double operations =
        2.0
            * tile.rows()
            * Math.max(product.n(), tile.columns())
            * product.k()
            * product.replicas();
    int band = (int) Math.max(1, Math.min(rowTiles(), OPERATIONS_PER_LAUNCH / operations));
    band = Math.min(band, 65535); // the limit of a grid
    List<Launch> launches = new ArrayList<>();
    for (int first = 0; first < rowTiles(); first += band) {
      int rows = Math.min(band, rowTiles() - first);
      launches.add(
          launch
              .grid(columnTiles(), rows, product.replicas() * splits)
              .with(arguments(workspace, first)));
    }
    return launches;
  }

  /** Returns {@code struct GemmArguments} for the launch that begins with a row of tiles. */
  public Struct arguments(Workspace workspace, int firstRowTile) {
    int depths = (product.k() + tile.depth() - 1) / tile.depth();
    int perSplit = (depths + splits - 1) / splits * tile.depth();
    return new Struct()
        .nested(product.a(), product.b(), product.c())
        .nested(product.bias(), product.output(), product.columnSums())
        .nested(workspace)
        .integer(product.m())
        .integer(product.n())
        .integer(product.k())
        .integer(splits)
        .integer(perSplit)
        .integer(firstRowTile);
  }

  /** Returns the kernel: gemm.cu or gemm_tensor.cu for this tile and epilogue. */
  public KernelSource source() {
    String activation = CudaExpression.of(product.forward().forward(), "z");
    String derivative = CudaExpression.of(product.derivative().derivative(), "a");
    GeneratedCode generated =
        new GeneratedCode()
            .constant("BM", tile.rows())
            .constant("BN", tile.columns())
            .constant("BK", tile.depth())
            .constant("STAGES", tile.stages())
            .constant("THREADS", tile.threads())
            .constant("TRANSPOSE_A", product.transposeA())
            .constant("TRANSPOSE_B", product.transposeB())
            .constant("VECTOR_A", inFours(product.transposeA() ? product.m() : product.k()))
            .constant("VECTOR_B", inFours(product.transposeB() ? product.k() : product.n()))
            .constant("COLUMN_SUMS", product.columnSums() != DeviceValue.NONE)
            .constant("BIAS", product.bias() != DeviceValue.NONE)
            .constant("DERIVATIVE", product.derivative() != ActivationFunction.LINEAR)
            .function("float activation(float z)", "  return " + activation + ";")
            .function("float derivative(float a)", "  return " + derivative + ";");
    return tile.threadRows() == 0
        ? KernelSource.of(
            "gemm_tensor.cu",
            "gemmTensor",
            generated.constant("BF16", product.precision() != Precision.TF32))
        : KernelSource.of(
            "gemm.cu",
            "gemm",
            generated.constant("TM", tile.threadRows()).constant("TN", tile.threadColumns()));
  }

  /** Returns a version that changes with the kernels, so that methods are timed again. */
  public static String version() {
    StringBuilder text = new StringBuilder();
    text.append(KernelSource.of("gemm.cu", "gemm").text());
    text.append(KernelSource.of("gemm_tensor.cu", "gemmTensor").text());
    for (Tile tile : List.of(Tile.NARROW, Tile.SMALL, Tile.MEDIUM, Tile.LARGE, Tile.TENSOR)) {
      text.append(tile).append(tile.threads()).append(' ').append(tile.stages());
    }
    return Integer.toHexString(text.toString().hashCode());
  }

  private static boolean inFours(int lineLength) {
    return lineLength % 4 == 0;
  }

  /** Returns the variants worth trying, the one with the best estimate first. */
  public static List<KernelProduct> candidates(MatrixProduct product, DeviceProperties device) {
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
