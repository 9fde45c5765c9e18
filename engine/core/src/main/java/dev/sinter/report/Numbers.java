package dev.sinter.report;

import java.util.Locale;

/** Numbers as Keras prints them. Any number of threads may call its methods. */
public final class Numbers {
  private static final String[] UNITS = {"B", "KB", "MB", "GB", "TB", "PB"};

  private Numbers() {}

  /**
   * Formats a loss or a metric: four digits, or scientific notation if these would all be zeros.
   * Source: Keras, utils/progbar.py.
   */
  public static String metric(double value) {
    return String.format(Locale.ROOT, Math.abs(value) > 1e-3 ? "%.4f" : "%.4e", value);
  }

  /** Formats a memory size in units of 1024, such as {@code 1.55 MB}. Source: summary_utils.py. */
  public static String bytes(double sizeBytes) {
    double size = sizeBytes;
    int unit = 0;
    while (size >= 1024 && unit < UNITS.length - 1) {
      size /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, "%.2f %s", size, UNITS[unit]);
  }

  /** Formats a count with separators, such as {@code 407,050}. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** Formats the time of a step, such as {@code 3ms/step}. */
  static String perStep(double seconds) {
    if (seconds >= 1 || seconds == 0) {
      return String.format(Locale.ROOT, "%.0fs/step", seconds);
    }
    return seconds >= 1e-3
        ? String.format(Locale.ROOT, "%.0fms/step", seconds * 1e3)
        : String.format(Locale.ROOT, "%.0fus/step", seconds * 1e6);
  }

  /** Formats the remaining time, such as {@code 12s}, {@code 1:05}, {@code 1:00:05}. */
  static String timeLeft(double seconds) {
    long whole = (long) seconds;
    if (seconds > 3600) {
      return String.format(
          Locale.ROOT, "%d:%02d:%02d", whole / 3600, whole % 3600 / 60, whole % 60);
    }
    return seconds > 60
        ? String.format(Locale.ROOT, "%d:%02d", whole / 60, whole % 60)
        : whole + "s";
  }

  /** Formats a speed in full, such as {@code 81,234 samples/s}. */
  static String rate(double samplesPerSecond) {
    return String.format(Locale.ROOT, "%,.0f samples/s", samplesPerSecond);
  }

  /** Formats a speed in short form, such as {@code 81k samples/s}. */
  static String shortRate(double samplesPerSecond) {
    if (samplesPerSecond < 9999.5) {
      return String.format(Locale.ROOT, "%.0f samples/s", samplesPerSecond);
    }
    return samplesPerSecond < 999_500
        ? String.format(Locale.ROOT, "%.0fk samples/s", samplesPerSecond / 1e3)
        : String.format(Locale.ROOT, "%.1fM samples/s", samplesPerSecond / 1e6);
  }
}
