package dev.sinter.saving;

import dev.sinter.layers.Input;
import java.util.List;

/**
 * How the layers of a functional model are connected. Places have numbers: first the inputs, then
 * the calls, both in order. Immutable: any number of threads may use it.
 *
 * @param inputs at least one, each with its name
 * @param calls each after those that feed it
 * @param outputs the places of the model's outputs, in order
 */
public record Connections(List<Input> inputs, List<Call> calls, List<Integer> outputs) {
  public Connections {
    inputs = List.copyOf(inputs);
    calls = List.copyOf(calls);
    outputs = List.copyOf(outputs);
  }

  /**
   * A layer applied to places. The calls of one layer share its weights.
   *
   * @param layer its index among the layers of the model
   * @param inputs places before this one
   */
  public record Call(int layer, List<Integer> inputs) {
    public Call {
      inputs = List.copyOf(inputs);
    }
  }
}
