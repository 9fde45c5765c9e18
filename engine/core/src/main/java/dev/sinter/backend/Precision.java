package dev.sinter.backend;

import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import java.util.Arrays;

/**
 * How the operands of matrix products are rounded before they are multiplied. Sums, weights and
 * everything else stay in float32. Immutable: any number of threads may use it.
 */
public enum Precision {
  /** Not rounded: 24 bits of mantissa. */
  FLOAT32("float32"),

  /** 11 bits of mantissa and the range of float32, on tensor cores. */
  TF32("tf32"),

  /** 8 bits of mantissa and the range of float32, on tensor cores and on CPUs that have it. */
  BF16("bf16");

  private static final KnownNames<Precision> NAMES =
      KnownNames.of("precision", Arrays.asList(values()), Precision::toString);

  private final String label;

  Precision(String label) {
    this.label = label;
  }

  /**
   * Returns the precision with a name.
   *
   * @throws InputException when there is none
   */
  public static Precision of(String name) {
    return NAMES.get(name);
  }

  /** Returns the name, as in {@code float32}. */
  @Override
  public String toString() {
    return label;
  }
}
