package dev.sinter.formats;

import dev.sinter.compile.Features;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.formats.OnnxGraph.Input;
import dev.sinter.formats.OnnxGraph.Node;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.saving.NamedLayer;
import dev.sinter.saving.SavedModel;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes a model of an ONNX graph that is one chain. Any number of threads may call its methods. */
final class OnnxImport {
  private static final int MIN_OPSET = 7; // from here on Add and Gemm broadcast as today
  private static final int MAX_OPSET = 28; // the newest whose operators were looked at
  private static final int MAX_NAME = 100;

  private OnnxImport() {}

  static SavedModel read(String file, OnnxGraph graph) {
    if (graph.opset() < MIN_OPSET || graph.opset() > MAX_OPSET) {
      throw InputException.of(
          file,
          "version " + MIN_OPSET + " to " + MAX_OPSET + " of the standard operators",
          graph.opset(),
          "Export the model with opset 13");
    }
    Input input = input(file, graph);
    OnnxChain chain = new OnnxChain(file, graph, input);
    for (Node node : graph.nodes()) {
      chain.add(node);
    }
    chain.requireEnd();
    boolean own = graph.producer().equals(OnnxFormat.PRODUCER);
    List<NamedLayer> layers = new ArrayList<>();
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Set<String> taken = new HashSet<>();
    for (OnnxChain.Part part : chain.parts()) {
      String name = unique(taken, part, own);
      if (part.kernel == null) {
        layers.add(new NamedLayer(name, new Activation(part.activation).name(name)));
        continue;
      }
      Dense dense = new Dense(part.units, part.activation).name(name);
      layers.add(new NamedLayer(name, part.bias == null ? dense.useBias(false) : dense));
      weights.put(name + "/kernel", Tensor.of(part.kernel, part.features, part.units));
      if (part.bias != null) {
        weights.put(name + "/bias", Tensor.of(part.bias, part.units));
      }
    }
    String name = sanitized(graph.name());
    return new SavedModel(
        name.isEmpty() ? "sequential" : name,
        Features.of(chain.features()),
        layers,
        weights,
        null,
        null,
        notes(graph));
  }

  private static Input input(String file, OnnxGraph graph) {
    List<Input> inputs =
        graph.inputs().stream()
            .filter(input -> !graph.initializers().containsKey(input.name()))
            .toList();
    if (inputs.size() != 1 || graph.outputs().size() != 1) {
      throw InputException.of(
          file,
          "one input and one output",
          inputs.size() + " and " + graph.outputs().size(),
          "Export a chain of dense layers and activations, which Sinter reads");
    }
    return inputs.get(0);
  }

  private static Map<String, String> notes(OnnxGraph graph) {
    Map<String, String> notes = new LinkedHashMap<>();
    graph
        .metadata()
        .forEach(
            (key, value) -> {
              if (key.startsWith(OnnxFormat.KEY_PREFIX)) {
                notes.put(key.substring(OnnxFormat.KEY_PREFIX.length()), value);
              }
            });
    return notes;
  }

  /** Sinter's names are kept; of another tool's path, as in /fc1/Gemm, the layer's part. */
  private static String unique(Set<String> taken, OnnxChain.Part part, boolean own) {
    String given = part.name;
    if (!own) {
      given = given.replaceAll("/(Gemm|MatMul|Add|BiasAdd|" + part.operator + ")(_\\d+)?$", "");
      given = given.substring(given.lastIndexOf('/') + 1);
    }
    String base = sanitized(given);
    if (base.isEmpty()) {
      base = part.kernel == null ? "activation" : "dense";
    }
    String name = base;
    for (int i = 1; !taken.add(name); i++) {
      name = base + "_" + i;
    }
    return name;
  }

  private static String sanitized(String name) {
    String clipped = name.length() <= MAX_NAME ? name : name.substring(0, MAX_NAME);
    return clipped.replaceAll("[^\\p{L}\\p{N}_.-]", "_").replaceAll("^[_.]+", "");
  }
}
