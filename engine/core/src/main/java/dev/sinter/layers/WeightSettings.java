package dev.sinter.layers;

import dev.sinter.compile.Weight;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a layer lets its users choose about one of its weights. Immutable: any number of threads may
 * use it.
 *
 * @param initializer of the first values
 * @param regularizer a penalty, or null
 * @param constraint after each update, or null
 */
public record WeightSettings(
    Initializer initializer, @Nullable Regularizer regularizer, @Nullable Constraint constraint) {
  public WeightSettings {
    Objects.requireNonNull(initializer, "initializer");
  }

  /** Chooses an initializer alone. */
  public WeightSettings(Initializer initializer) {
    this(initializer, null, null);
  }

  /** Returns a trained weight with these settings. */
  public Weight weight(String name, int... dimensions) {
    return Weight.trained(name, initializer, dimensions).penalty(regularizer).limit(constraint);
  }

  /** Returns these settings with another initializer. */
  public WeightSettings initializer(Initializer other) {
    return new WeightSettings(other, regularizer, constraint);
  }

  /** Returns these settings with another regularizer; null for none. */
  public WeightSettings regularizer(@Nullable Regularizer other) {
    return new WeightSettings(initializer, other, constraint);
  }

  /** Returns these settings with another constraint; null for none. */
  public WeightSettings constraint(@Nullable Constraint other) {
    return new WeightSettings(initializer, regularizer, other);
  }
}
