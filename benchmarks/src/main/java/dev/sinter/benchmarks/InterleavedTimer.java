package dev.sinter.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/**
 * Times a ceiling and the blocks compared with it in turns, in one process, so that a change in the
 * speed of the machine affects both equally.
 */
final class InterleavedTimer {
  /**
   * A block of work.
   *
   * @param name human-readable
   * @param body runs the block; returns the amount of work, in samples or bytes
   */
  record Block(String name, DoubleSupplier body) {}

  private final String unit;
  private final Block ceiling;
  private final List<Block> compared;
  private final Runnable afterCompared;
  private final double[] done; // amount and seconds of each compared block since the reset
  private final double[] seconds;
  private double ceilingSeconds;
  private final double[] lastPace; // seconds per unit of each compared block, in this turn
  private final List<Double> ceilingPaces = new ArrayList<>();
  private final List<List<Double>> paces = new ArrayList<>();
  private final List<List<Double>> ratios = new ArrayList<>();

  /**
   * Prepares turns.
   *
   * @param unit of work per second
   * @param afterCompared runs untimed between the compared blocks and the ceiling
   */
  InterleavedTimer(String unit, Block ceiling, List<Block> compared, Runnable afterCompared) {
    this.unit = unit;
    this.ceiling = ceiling;
    this.compared = List.copyOf(compared);
    this.afterCompared = afterCompared;
    this.done = new double[compared.size()];
    this.seconds = new double[compared.size()];
    this.lastPace = new double[compared.size()];
    for (int i = 0; i < compared.size(); i++) {
      paces.add(new ArrayList<>());
      ratios.add(new ArrayList<>());
    }
  }

  /** Resets the sums for an iteration, and also drops the turns if they were warm-up. */
  void reset(boolean forgetTurns) {
    Arrays.fill(done, 0);
    Arrays.fill(seconds, 0);
    ceilingSeconds = 0;
    if (forgetTurns) {
      ceilingPaces.clear();
      paces.forEach(List::clear);
      ratios.forEach(List::clear);
    }
  }

  /** Runs the first half of a turn. */
  void runCompared() {
    for (int i = 0; i < compared.size(); i++) {
      long start = System.nanoTime();
      double amount = compared.get(i).body.getAsDouble();
      double elapsed = (System.nanoTime() - start) / 1e9;
      done[i] += amount;
      seconds[i] += elapsed;
      lastPace[i] = elapsed / amount;
    }
    afterCompared.run();
  }

  /** Runs the second half of a turn. */
  void runCeiling() {
    long start = System.nanoTime();
    double amount = ceiling.body.getAsDouble();
    double elapsed = (System.nanoTime() - start) / 1e9;
    ceilingSeconds += elapsed;
    if (amount > 0) {
      ceilingPaces.add(elapsed / amount);
      for (int i = 0; i < lastPace.length; i++) {
        paces.get(i).add(lastPace[i]);
        ratios.get(i).add(lastPace[i] / (elapsed / amount));
      }
    }
  }

  /**
   * Returns the work of a compared block scaled to the time of the ceiling since the reset. JMH
   * divides by that time and thus reports the rate of the block.
   */
  double scaled(int index) {
    return seconds[index] == 0 ? 0 : done[index] / seconds[index] * ceilingSeconds;
  }

  /** Returns the medians, one line per compared block. */
  List<String> summary() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < compared.size(); i++) {
      List<Double> ratio = ratios.get(i);
      if (!ratio.isEmpty()) {
        lines.add(
            String.format(
                Locale.ROOT,
                "%s %.0f %s, %s %.0f %s; %s takes %.3f times as long (quartiles %.3f and %.3f,"
                    + " %d turns)",
                ceiling.name,
                1 / quantile(ceilingPaces, 0.5),
                unit,
                compared.get(i).name,
                1 / quantile(paces.get(i), 0.5),
                unit,
                compared.get(i).name,
                quantile(ratio, 0.5),
                quantile(ratio, 0.25),
                quantile(ratio, 0.75),
                ratio.size()));
      }
    }
    return lines;
  }

  private static double quantile(List<Double> values, double share) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get((int) Math.round(share * (sorted.size() - 1)));
  }
}
