package dev.sinter;

import dev.sinter.compile.Features;
import dev.sinter.compile.Graph;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.layers.Node;
import dev.sinter.saving.Connections;
import dev.sinter.saving.Connections.Call;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The layers of a model with their names, and how they are connected. A sequential model is a path.
 *
 * @param layers in order, without inputs
 * @param names of the layers
 * @param rows the names of inputs and layers in the order of a summary; of the layers alone for a
 *     sequential model
 * @param input the shape of a sample, that of several inputs side by side; null if unknown so far
 * @param connections of places; a path that states no input has one without a name and shape
 * @param outputs the names of the outputs
 */
record Architecture(
    List<Layer> layers,
    List<String> names,
    List<String> rows,
    @Nullable Features input,
    Connections connections,
    List<String> outputs) {
  /** Returns the architecture of layers of which each feeds the next. */
  static Architecture path(String model, List<Layer> layersAndInput) {
    Features input = layersAndInput.isEmpty() ? null : layersAndInput.get(0).inputShape();
    boolean stated = input != null && layersAndInput.get(0).rules().isEmpty(); // by an Input
    List<Layer> layers = layersAndInput.subList(stated ? 1 : 0, layersAndInput.size());
    if (layers.isEmpty()) {
      throw InputException.of("model " + model, "at least one layer", "none", "Add a Dense layer");
    }
    List<String> names = LayerNames.of(layers);
    for (int i = 0; i < layers.size(); i++) {
      if (layers.get(i).rules().isEmpty()) {
        throw InputException.of(
            "layer " + names.get(i),
            "a layer that computes something",
            layers.get(i).className(),
            "Input comes first, and once");
      }
    }
    List<Call> calls =
        IntStream.range(0, layers.size()).mapToObj(i -> new Call(i, List.of(i))).toList();
    List<Input> inputs = input == null ? List.of() : List.of(new Input(input));
    return new Architecture(
        layers,
        names,
        names,
        input,
        new Connections(inputs, calls, List.of(layers.size())),
        List.of(names.get(names.size() - 1)));
  }

  /** Returns the architecture between nodes. */
  static Architecture of(String model, List<Node> inputs, List<Node> outputs) {
    requireEnds(model, inputs, outputs);
    Topology topology = new Topology(outputs);
    List<String> rows = LayerNames.of(topology.layers());
    requireInputs(model, inputs, topology, rows);
    List<Layer> layers = new ArrayList<>(topology.layers());
    layers.removeIf(layer -> layer instanceof Input);
    Map<Node, Integer> places = new HashMap<>();
    List<Input> stated = new ArrayList<>();
    for (Node input : inputs) {
      places.put(input, places.size());
      String name = rows.get(indexOf(topology.layers(), input.layer()));
      stated.add(new Input(input.features(), name));
    }
    List<Call> calls = new ArrayList<>();
    for (Node node : topology.nodes()) {
      if (!(node.layer() instanceof Input)) {
        places.put(node, places.size());
        List<Integer> from = node.inputs().stream().map(places::get).toList();
        calls.add(new Call(indexOf(layers, node.layer()), from));
      }
    }
    List<String> names =
        layers.stream().map(layer -> rows.get(indexOf(topology.layers(), layer))).toList();
    int size = stated.stream().mapToInt(Input::features).reduce(0, Math::addExact);
    return new Architecture(
        layers,
        names,
        rows,
        stated.size() == 1 ? stated.get(0).inputShape() : Features.of(size),
        new Connections(stated, calls, outputs.stream().map(places::get).toList()),
        outputNames(
            outputs.stream().map(node -> names.get(indexOf(layers, node.layer()))).toList()));
  }

  private static void requireEnds(String model, List<Node> inputs, List<Node> outputs) {
    if (inputs.isEmpty() || outputs.isEmpty()) {
      throw InputException.of(
          "model " + model,
          "at least one input and one output",
          inputs.size() + " inputs and " + outputs.size() + " outputs",
          "Name the nodes that it begins and ends with");
    }
    if (new HashSet<>(inputs).size() < inputs.size()
        || new HashSet<>(outputs).size() < outputs.size()) {
      throw InputException.of(
          "model " + model,
          "inputs and outputs that differ",
          "a node twice, in " + inputs + " or " + outputs,
          "Name each node once");
    }
    for (Node input : inputs) {
      if (!(input.layer() instanceof Input)) {
        throw InputException.of(
            "model " + model, "inputs made with Input.of", input, "Begin with an Input");
      }
    }
    for (Node output : outputs) {
      if (output.layer() instanceof Input) {
        throw InputException.of(
            "model " + model, "outputs of layers", output, "Apply a layer to the input");
      }
    }
  }

  private static void requireInputs(
      String model, List<Node> inputs, Topology topology, List<String> rows) {
    for (Node node : topology.nodes()) {
      if (node.layer() instanceof Input && !inputs.contains(node)) {
        throw InputException.of(
            "model " + model,
            "every input that its outputs depend on",
            "none for "
                + rows.get(indexOf(topology.layers(), node.layer()))
                + " "
                + node.features(),
            "Name it among the inputs");
      }
    }
    for (Node input : inputs) {
      if (!topology.nodes().contains(input)) {
        throw InputException.of(
            "model " + model,
            "inputs that its outputs depend on",
            input,
            "Use the input, or leave it out");
      }
    }
  }

  private static int indexOf(List<Layer> layers, Layer layer) {
    return IntStream.range(0, layers.size())
        .filter(i -> layers.get(i) == layer)
        .findFirst()
        .orElseThrow();
  }

  /** Returns the names of the last layers; those of a shared layer end in _1, _2, ... */
  private static List<String> outputNames(List<String> layers) {
    List<String> names = new ArrayList<>();
    for (String layer : layers) {
      String name = layer;
      for (int i = 1; names.contains(name); i++) {
        name = layer + "_" + i;
      }
      names.add(name);
    }
    return names;
  }

  /** Returns whether there are nodes of a functional model behind it. */
  boolean isFunctional() {
    return rows.size() > names.size();
  }

  /** Returns whether each layer feeds the next, and nothing else. */
  boolean isPath() {
    return connections.inputs().size() <= 1
        && IntStream.range(0, connections.calls().size())
            .allMatch(i -> connections.calls().get(i).equals(new Call(i, List.of(i))));
  }

  /** Returns a layer by its name. */
  Layer layer(String name) {
    return layers.get(names.indexOf(name));
  }

  /** Returns the graph for vectors of some length. */
  Graph graph(int features) {
    if (features < 1) {
      throw InputException.of(
          "layer " + names.get(0),
          "samples of at least 1 feature",
          features,
          "Use samples that hold something");
    }
    return graph(Features.of(features));
  }

  /** Returns the graph for samples of a shape. */
  Graph graph(Features samples) {
    List<Input> inputs = connections.inputs();
    boolean several = inputs.size() > 1;
    Graph graph =
        several
            ? Graph.ofInputs(
                inputs.stream().map(Input::name).toList(),
                inputs.stream().map(Input::inputShape).toList())
            : new Graph(samples, List.of());
    List<Integer> places = new ArrayList<>(several ? indices(inputs.size()) : List.of(Graph.INPUT));
    for (Call call : connections.calls()) {
      String name = names.get(call.layer());
      Layer layer = layers.get(call.layer());
      List<Integer> from = call.inputs().stream().map(places::get).toList();
      int first = graph.nodes().size();
      graph = graph.withLayer(name, layer.rules(), from);
      requireStated(name, layer, graph.nodes().get(first).from().get(0));
      places.add(graph.nodes().size() - 1);
    }
    return graph.withEnds(connections.outputs().stream().map(places::get).toList());
  }

  private static List<Integer> indices(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private static void requireStated(String name, Layer layer, Features received) {
    Features stated = layer.inputShape();
    if (stated != null && !stated.equals(received)) {
      throw InputException.of(
          "layer " + name,
          "an input of " + stated + ", as it states",
          received,
          "Correct the layer, or what feeds it");
    }
  }

  /** Returns what feeds a layer, in Keras's notation: {@code dense[0][0]}. */
  List<String> feeding(String name) {
    List<String> feeding = new ArrayList<>();
    int layer = names.indexOf(name);
    for (Call call : connections.calls()) {
      if (call.layer() == layer) {
        call.inputs().forEach(place -> feeding.add(notation(place)));
      }
    }
    return feeding;
  }

  private String notation(int place) {
    int inputs = connections.inputs().size();
    if (place < inputs) {
      return connections.inputs().get(place).name() + "[0][0]";
    }
    int layer = connections.calls().get(place - inputs).layer();
    long earlier =
        connections.calls().stream()
            .limit(place - inputs)
            .filter(call -> call.layer() == layer)
            .count();
    return names.get(layer) + "[" + earlier + "][0]";
  }

  /** Returns the shape of an input by its name; null for a layer. */
  @Nullable Features inputShape(String name) {
    return connections.inputs().stream()
        .filter(input -> name.equals(input.name()))
        .map(Input::inputShape)
        .findFirst()
        .orElse(null);
  }
}
