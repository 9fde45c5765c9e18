package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.errors.InputException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gives samples another shape of as many elements, row-major; output [B, target...]. Costs nothing.
 * Immutable: any number of threads may use it. Source: Keras, layers/reshaping/reshape.py.
 *
 * <pre>{@code new Reshape(28, 28, 1)
 * new Reshape(-1, 4) // -1 stands for what is left}</pre>
 *
 * @param target the dimensions of a sample, without the batch; at most one of them -1
 * @param name null by default: the model makes one
 */
public record Reshape(List<Integer> target, @Nullable String name) implements Layer {
  public Reshape {
    target = List.copyOf(target);
    boolean legal = target.stream().allMatch(length -> length > 0 || length == -1);
    if (target.isEmpty() || !legal || target.stream().filter(d -> d == -1).count() > 1) {
      throw InputException.of(
          "Reshape", "lengths of at least 1, one of them -1 at most", target, "Correct the shape");
    }
  }

  /** Creates a layer for a shape. */
  public Reshape(int... target) {
    this(Arrays.stream(target).boxed().collect(Collectors.toList()), null);
  }

  /** Returns this layer with a name. */
  public Reshape name(String other) {
    return new Reshape(target, other);
  }

  @Override
  public String className() {
    return "Reshape";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(new ReshapeRule(target));
  }
}
