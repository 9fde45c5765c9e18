package dev.sinter.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The CPU of one file beside the GPU of the other, by benchmark and network; of the same file where
 * the other has none.
 *
 * @param cpu the file, A or B
 * @param gpu the file, A or B
 * @param duels each benchmark and network that was measured on a GPU
 */
record GpuComparison(String cpu, String gpu, List<Duel> duels) {
  private static final String FLOAT32 = "float32";

  /**
   * The fastest of each at one batch size; null where nobody was measured.
   *
   * @param cpu any trainer and thread count
   * @param gpu in float32, as the CPU is
   * @param tf32 takes no part in who wins
   * @param bf16 takes no part in who wins
   */
  record Sides(Row cpu, Row gpu, Row tf32, Row bf16) {
    boolean both() {
      return cpu != null && gpu != null;
    }

    boolean gpuWins() {
      return both() && Comparison.speed(gpu) > Comparison.speed(cpu);
    }
  }

  /**
   * One benchmark and network.
   *
   * @param title benchmark, recipe, and optimizer where one was named
   * @param batches by size
   */
  record Duel(String title, SortedMap<Integer, Sides> batches) {
    /**
     * Returns the smallest batch size from which on the GPU is faster at every size that was
     * measured on both; 0 where there is none.
     */
    int winsFrom() {
      int from = 0;
      for (int batch : measured()) {
        from = !batches.get(batch).gpuWins() ? 0 : from == 0 ? batch : from;
      }
      return from;
    }

    /** Says from which batch size on the GPU wins. */
    String verdict() {
      List<Integer> measured = measured();
      if (measured.isEmpty()) {
        return "no batch was measured on both";
      }
      int from = winsFrom();
      List<Integer> won = measured.stream().filter(batch -> batches.get(batch).gpuWins()).toList();
      if (won.isEmpty()) {
        return "GPU wins at none of the batches measured";
      } else if (from == 0) {
        String some = String.join(", ", won.stream().map(String::valueOf).toList());
        return "GPU wins at batch " + some + ", not at the largest";
      }
      return from == measured.get(0)
          ? "GPU wins at every batch measured"
          : "GPU wins from batch " + from;
    }

    private List<Integer> measured() {
      return batches.keySet().stream().filter(batch -> batches.get(batch).both()).toList();
    }
  }

  /** Compares two files; without a duel where neither has both sides. */
  static GpuComparison of(ResultFile a, ResultFile b) {
    boolean gpuIsB = has(b, true) || !has(a, true);
    ResultFile gpu = gpuIsB ? b : a;
    boolean otherHasCpu = has(gpuIsB ? a : b, false);
    boolean cpuIsB = gpuIsB != otherHasCpu;
    List<Duel> duels =
        has(cpuIsB ? b : a, false) && has(gpu, true) ? duels(cpuIsB ? b : a, gpu) : List.of();
    return new GpuComparison(cpuIsB ? "B" : "A", gpuIsB ? "B" : "A", duels);
  }

  private static boolean has(ResultFile file, boolean gpu) {
    return !Comparison.fastest(file, row -> row.isGpu() == gpu).isEmpty();
  }

  private static List<Duel> duels(ResultFile cpuFile, ResultFile gpuFile) {
    Map<String, SortedMap<Integer, Row>> cpu = Comparison.fastest(cpuFile, row -> !row.isGpu());
    Map<String, SortedMap<Integer, Row>> gpu = onGpu(gpuFile, FLOAT32);
    Map<String, SortedMap<Integer, Row>> tf32 = onGpu(gpuFile, "tf32");
    Map<String, SortedMap<Integer, Row>> bf16 = onGpu(gpuFile, "bf16");
    Set<String> titles = new LinkedHashSet<>(gpu.keySet());
    titles.addAll(tf32.keySet());
    titles.addAll(bf16.keySet());
    List<Duel> duels = new ArrayList<>();
    for (String title : titles) {
      SortedMap<Integer, Sides> batches = new TreeMap<>();
      for (var side : List.of(cpu, gpu, tf32, bf16)) {
        for (int batch : side.getOrDefault(title, new TreeMap<>()).keySet()) {
          batches.computeIfAbsent(
              batch,
              size ->
                  new Sides(
                      at(cpu, title, size),
                      at(gpu, title, size),
                      at(tf32, title, size),
                      at(bf16, title, size)));
        }
      }
      duels.add(new Duel(title, batches));
    }
    return duels;
  }

  private static Map<String, SortedMap<Integer, Row>> onGpu(ResultFile file, String precision) {
    return Comparison.fastest(file, row -> row.isGpu() && row.precision().equals(precision));
  }

  private static Row at(Map<String, SortedMap<Integer, Row>> side, String title, int batch) {
    return side.getOrDefault(title, new TreeMap<>()).get(batch);
  }
}
