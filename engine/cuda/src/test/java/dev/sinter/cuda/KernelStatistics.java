package dev.sinter.cuda;

import dev.sinter.cuda.nvidia.KernelUsage;
import dev.sinter.cuda.nvidia.NvrtcProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The registers, spills and occupancy of each kernel on each architecture, with their bounds.
 *
 * <p>A row stands for a family: all variants of a kernel, or all products of one tile. It shows the
 * worst variant, number by number.
 */
final class KernelStatistics {
  /** The most local memory of a thread: sums that are not in registers would need hundreds. */
  private static final int MOST_STACK_BYTES = 64;

  /**
   * The bounds of a family.
   *
   * @param registers of a thread, at most
   * @param spillBytes of a thread, stored and loaded, at most
   * @param occupancy in %, at least
   */
  record Bound(int registers, int spillBytes, int occupancy) {}

  /** What the numbers may be: the worst variant on the worst architecture, and a little more. */
  static final Map<String, Bound> BOUNDS =
      Map.ofEntries(
          Map.entry("advance", new Bound(8, 0, 33)),
          Map.entry("collect", new Bound(32, 0, 100)),
          Map.entry("countCorrect", new Bound(64, 0, 75)),
          Map.entry("copyColumns", new Bound(24, 0, 100)),
          Map.entry("crossEntropy", new Bound(64, 8, 62)),
          Map.entry("denseLoss", new Bound(64, 0, 56)),
          Map.entry("elementwise", new Bound(32, 0, 100)),
          Map.entry("gather", new Bound(48, 0, 100)),
          Map.entry("gemm 128x128x8", new Bound(240, 24, 12)),
          Map.entry("gemm 32x16x16", new Bound(96, 0, 18)),
          Map.entry("gemm 32x32x16", new Bound(255, 8, 12)),
          Map.entry("gemm 64x64x16", new Bound(255, 16, 12)),
          Map.entry("gemmTensor bf16", new Bound(104, 8, 25)),
          Map.entry("gemmTensor tf32", new Bound(104, 8, 25)),
          Map.entry("patches", new Bound(32, 0, 100)),
          Map.entry("patchesGrad", new Bound(56, 0, 75)),
          Map.entry("pool", new Bound(64, 0, 66)),
          Map.entry("poolGrad", new Bound(64, 0, 66)),
          Map.entry("randomUniform", new Bound(40, 0, 100)),
          Map.entry("reduce", new Bound(24, 0, 100)),
          Map.entry("reduceColumns", new Bound(32, 0, 100)),
          Map.entry("softmax", new Bound(56, 0, 75)),
          Map.entry("stepEnd", new Bound(56, 0, 62)),
          Map.entry("trainEpoch", new Bound(255, 0, 12)),
          Map.entry("update", new Bound(48, 0, 75)),
          Map.entry("wholeStep", new Bound(128, 72, 25)));

  /**
   * The limits of a multiprocessor: "Technical Specifications per Compute Capability" of the CUDA
   * programming guide.
   *
   * @param warps at a time
   * @param blocks at a time
   * @param sharedBytes of all blocks
   * @param reservedBytes of shared memory that CUDA takes per block
   * @param sharedUnit shared memory is dealt out in multiples of it
   */
  private record Multiprocessor(
      int warps, int blocks, int sharedBytes, int reservedBytes, int sharedUnit) {}

  private static final Map<String, Multiprocessor> MULTIPROCESSORS =
      Map.of(
          "sm_75", new Multiprocessor(32, 16, 64 << 10, 0, 256),
          "sm_80", new Multiprocessor(64, 32, 164 << 10, 1024, 128),
          "sm_86", new Multiprocessor(48, 16, 100 << 10, 1024, 128),
          "sm_90", new Multiprocessor(64, 32, 228 << 10, 1024, 128),
          "sm_120", new Multiprocessor(48, 24, 100 << 10, 1024, 128));

  /** The registers of each of the four parts of a multiprocessor, on every architecture here. */
  private static final int PART_REGISTERS = 16384;

  private static final int PARTS = 4;

  /** A warp gets registers in multiples of it. */
  private static final int REGISTER_UNIT = 256;

  private static final int WARP = 32;

  private static final String DYNAMIC_SHARED = "extern __shared__";

  private final Map<String, Row> rows = new TreeMap<>();

  /** One family. */
  private static final class Row {
    private final TreeSet<Integer> threads = new TreeSet<>();
    private final Map<String, Cell> cells = new TreeMap<>();
    private int sharedBytes;
    private int stackBytes;
  }

  /** The worst numbers of a family on one architecture. */
  private record Cell(int registers, int spillBytes, int occupancy) {
    Cell worst(Cell other) {
      return new Cell(
          Math.max(registers, other.registers),
          Math.max(spillBytes, other.spillBytes),
          Math.min(occupancy, other.occupancy));
    }

    @Override
    public String toString() {
      return registers + "/" + spillBytes + "/" + occupancy;
    }
  }

  /**
   * Groups what the compiler reported.
   *
   * @param sources text by name
   */
  KernelStatistics(Map<String, String> sources, List<KernelUsage> usages) {
    for (KernelUsage usage : usages) {
      String text = sources.get(usage.source());
      int threads = threads(usage.kernel(), text);
      int occupancy =
          text.contains(DYNAMIC_SHARED)
              ? ofOneBlock(usage.architecture(), threads)
              : occupancy(usage.architecture(), threads, usage.registers(), usage.sharedBytes());
      Row row = rows.computeIfAbsent(family(usage.kernel(), text), name -> new Row());
      row.threads.add(threads);
      row.sharedBytes = Math.max(row.sharedBytes, usage.sharedBytes());
      row.stackBytes = Math.max(row.stackBytes, usage.stackBytes());
      row.cells.merge(
          usage.architecture(),
          new Cell(usage.registers(), usage.spillBytes(), occupancy),
          Cell::worst);
    }
  }

  private static String family(String kernel, String text) {
    return switch (kernel) {
      case "gemm" ->
          "gemm %sx%sx%s"
              .formatted(constant("BM", text), constant("BN", text), constant("BK", text));
      case "gemmTensor" ->
          "gemmTensor " + (constant("BF16", text).equals("true") ? "bf16" : "tf32");
      default -> kernel;
    };
  }

  /** Returns the value of a constant that Java wrote. */
  private static String constant(String name, String text) {
    Matcher constant = Pattern.compile(" " + name + " = (\\w+);").matcher(text);
    if (!constant.find()) {
      throw new AssertionError("expected a constant " + name + " in the source:\n" + text);
    }
    return constant.group(1);
  }

  private static int threads(String kernel, String text) {
    Matcher bounds =
        Pattern.compile(
                "__launch_bounds__\\((\\d+|(?:Network::)?THREADS)[^)]*\\)\\s+" + kernel + "\\(")
            .matcher(text);
    if (!bounds.find()) {
      throw new AssertionError(
          "kernel " + kernel + ": expected __launch_bounds__(threads of a block) in the source");
    }
    String threads = bounds.group(1);
    return Integer.parseInt(threads.endsWith("S") ? constant("THREADS", text) : threads);
  }

  /**
   * Returns how many of the warps that a multiprocessor can hold are there at a time, in %.
   *
   * @param threads of a block
   * @param registers of a thread
   * @param sharedBytes of a block
   */
  static int occupancy(String architecture, int threads, int registers, int sharedBytes) {
    Multiprocessor limits = MULTIPROCESSORS.get(architecture);
    int warpsPerBlock = (threads + WARP - 1) / WARP;
    int warpRegisters = roundUp(registers * WARP, REGISTER_UNIT);
    int warps = Math.min(limits.warps, PARTS * (PART_REGISTERS / warpRegisters));
    int blocks = Math.min(limits.blocks, warps / warpsPerBlock);
    int shared = roundUp(sharedBytes + limits.reservedBytes, limits.sharedUnit);
    if (shared > 0) {
      blocks = Math.min(blocks, limits.sharedBytes / shared);
    }
    return 100 * blocks * warpsPerBlock / limits.warps;
  }

  private static int ofOneBlock(String architecture, int threads) {
    return 100 * (threads / WARP) / MULTIPROCESSORS.get(architecture).warps;
  }

  private static int roundUp(int value, int unit) {
    return (value + unit - 1) / unit * unit;
  }

  /** Returns what is out of bounds, one line each. */
  List<String> violations() {
    List<String> violations = new ArrayList<>();
    rows.forEach(
        (family, row) -> {
          Bound bound = BOUNDS.get(family);
          if (bound == null) {
            violations.add(family + ": no bound; add one to KernelStatistics.BOUNDS");
            return;
          }
          row.cells.forEach(
              (architecture, cell) -> {
                if (cell.registers > bound.registers
                    || cell.spillBytes > bound.spillBytes
                    || cell.occupancy < bound.occupancy) {
                  violations.add(
                      "%s on %s: registers/spilled bytes/occupancy: expected %s, received %s"
                          .formatted(family, architecture, text(bound), cell));
                }
              });
          if (row.stackBytes > MOST_STACK_BYTES) {
            violations.add(
                "%s: expected at most %s bytes of local memory, received %s"
                    .formatted(family, MOST_STACK_BYTES, row.stackBytes));
          }
        });
    BOUNDS.keySet().stream()
        .filter(family -> !rows.containsKey(family))
        .forEach(family -> violations.add(family + ": a bound of a kernel that is not compiled"));
    return violations;
  }

  private static String text(Bound bound) {
    return bound.registers + "/" + bound.spillBytes + "/" + bound.occupancy;
  }

  /** Returns the document with the table. */
  String document(String compiler) {
    StringBuilder text = new StringBuilder();
    text.append(
        """
        # What the kernels take

        `KernelCompilationTest` compiles every kernel with %s, as it runs on a device, and
        writes this page to `engine/cuda/target/kernel-statistics.md`. The test fails if the page
        differs, or if a number is out of its bound. After a change of a kernel or of NVRTC, read
        the differences, then copy the file over this one.

        A cell is **registers / spilled bytes / occupancy**: registers of a thread; bytes that a
        thread stores and loads because registers are not enough; and the share of the
        multiprocessor's warps that are there at a time, in %%. `bound` is the most registers, the
        most spilled bytes and the least occupancy. A row shows the worst variant of a kernel,
        number by number. Occupancy follows from threads, registers and static shared memory. A
        kernel that also takes dynamic shared memory, `wholeStep` or `trainEpoch`, counts as one
        block on a multiprocessor; `trainEpoch` is planned for an H100.

        | kernel | threads | shared bytes | bound |"""
            .formatted(compiler));
    NvrtcProcess.ARCHITECTURES.forEach(
        architecture -> text.append(' ').append(architecture).append(" |"));
    text.append("\n|---|---|---|---|").append("---|".repeat(NvrtcProcess.ARCHITECTURES.size()));
    rows.forEach(
        (family, row) -> {
          String threads =
              row.threads.stream().map(String::valueOf).collect(Collectors.joining(", "));
          Bound bound = BOUNDS.get(family);
          text.append("\n| %s | %s | %s |".formatted(family, threads, row.sharedBytes))
              .append(bound == null ? " none |" : " " + text(bound) + " |");
          for (String architecture : NvrtcProcess.ARCHITECTURES) {
            Cell cell = row.cells.get(architecture);
            text.append(cell == null ? " |" : " " + cell + " |");
          }
        });
    return text.append('\n').toString();
  }
}
