package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.errors.InputException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sets a share of its inputs to 0 in each training step, others in each, and multiplies the rest by
 * 1 / (1 - rate); evaluation and prediction let everything pass. Output [B, ...] like the input.
 * The seed of the model and the number of the step decide what is dropped, on every backend alike.
 * Immutable: any number of threads may use it. Srivastava et al., JMLR 2014. Source: Keras,
 * layers/regularization/dropout.py.
 *
 * <pre>{@code new Dropout(0.5)}</pre>
 *
 * @param rate the share, from 0 to 1
 * @param name null by default: the model makes one
 */
public record Dropout(double rate, @Nullable String name) implements Layer {
  public Dropout {
    if (!(rate >= 0 && rate <= 1)) {
      throw InputException.of("Dropout", "a rate from 0 to 1", rate, "Correct the rate");
    }
  }

  /** Creates a layer. */
  public Dropout(double rate) {
    this(rate, null);
  }

  /** Returns this layer with a name. */
  public Dropout name(String other) {
    return new Dropout(rate, other);
  }

  @Override
  public String className() {
    return "Dropout";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(new DropoutRule(rate));
  }
}
