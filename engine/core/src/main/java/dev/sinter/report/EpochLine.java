package dev.sinter.report;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/** The line that training prints after each epoch. */
public final class EpochLine {
  private final PrintStream out;
  private final int epochs;

  /**
   * Creates a line printer.
   *
   * @param out where to, or null for nowhere
   * @param epochs of the whole training
   */
  public EpochLine(PrintStream out, int epochs) {
    this.out = out;
    this.epochs = epochs;
  }

  /**
   * Prints one line.
   *
   * @param epoch counted from 0
   * @param seconds of its training steps
   * @param samples of an epoch
   * @param logs by name, in the order to print
   */
  public void print(int epoch, double seconds, int samples, Map<String, Double> logs) {
    if (out == null) {
      return;
    }
    int width = Integer.toString(epochs).length();
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(
            Locale.ROOT,
            "Epoch %" + width + "d/%d  %6.2f s  %,9.0f samples/s",
            epoch + 1,
            epochs,
            seconds,
            samples / seconds));
    logs.forEach(
        (name, value) -> line.append(" - ").append(name).append(": ").append(number(value)));
    out.println(line);
  }

  /**
   * Formats a loss or a metric as Keras does: four digits, or scientific where those would show
   * nothing.
   */
  public static String number(double value) {
    return String.format(
        Locale.ROOT, Math.abs(value) > 1e-3 || value == 0 ? "%.4f" : "%.4e", value);
  }
}
