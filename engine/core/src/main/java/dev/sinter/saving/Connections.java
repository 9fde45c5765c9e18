package dev.sinter.saving;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.layers.Input;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

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

  /** Returns the connections of layers of which each feeds the next. */
  public static Connections path(Features input, int layers) {
    List<Call> calls = IntStream.range(0, layers).mapToObj(i -> new Call(i, List.of(i))).toList();
    return new Connections(List.of(new Input(input)), calls, List.of(layers));
  }

  /** Returns whether each layer feeds the next, and nothing else. */
  public boolean isPath() {
    Connections path = path(inputs.get(0).inputShape(), calls.size());
    return inputs.size() == 1 && calls.equals(path.calls) && outputs.equals(path.outputs);
  }

  /**
   * Returns the shapes that each layer receives in its first place.
   *
   * @throws dev.sinter.errors.InputException if a layer does not accept what feeds it
   */
  public List<List<Features>> received(List<NamedLayer> layers) {
    List<List<Features>> received = new ArrayList<>(Collections.nCopies(layers.size(), List.of()));
    List<Features> places = new ArrayList<>(inputs.stream().map(Input::inputShape).toList());
    for (Call call : calls) {
      NamedLayer layer = layers.get(call.layer);
      List<Features> shapes = call.inputs.stream().map(places::get).toList();
      if (received.get(call.layer).isEmpty()) {
        received.set(call.layer, shapes);
      }
      for (LayerRule rule : layer.layer().rules()) {
        shapes = List.of(rule.outputs(layer.name(), shapes));
      }
      places.add(shapes.get(0));
    }
    return received;
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
