package dev.sinter;

import dev.sinter.compile.Features;
import dev.sinter.compile.Graph;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Weight;
import dev.sinter.layers.Layer;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.report.Summary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts together what the summary of a model shows. */
final class ModelSummary {
  private ModelSummary() {}

  /** Layers of a model that is not built: nothing is known but their names. */
  static List<Summary.Layer> layers(Architecture architecture) {
    return architecture.names().stream()
        .map(name -> layer(name, architecture.layer(name)))
        .toList();
  }

  private static Summary.Layer layer(String name, Layer layer) {
    boolean weightless = layer.rules().stream().allMatch(ModelSummary::isWeightless);
    return new Summary.Layer(name, layer.className(), List.of(), weightless, List.of(), null);
  }

  private static boolean isWeightless(LayerRule rule) {
    try {
      return rule.weights(List.of(Features.of(1))).isEmpty();
    } catch (RuntimeException e) {
      return false; // its weights depend on inputs of another kind
    }
  }

  /** Layers of a built model; with what feeds each one, unless they are a path. */
  static List<Summary.Layer> layers(Architecture architecture, Graph graph) {
    List<Summary.Layer> rows = new ArrayList<>();
    for (String name : architecture.rows()) {
      List<String> connected = architecture.isPath() ? null : architecture.feeding(name);
      Features input = architecture.inputShape(name);
      if (input != null) {
        rows.add(
            new Summary.Layer(name, "InputLayer", input.dimensions(), true, List.of(), connected));
        continue;
      }
      List<Graph.Node> nodes = graph.layer(name);
      Map<String, Summary.Weight> weights = new LinkedHashMap<>(); // shared ones once
      for (Graph.Node node : nodes) {
        for (Weight weight : node.weights()) {
          Summary.Weight row = new Summary.Weight(symbol(weight), weight.dimensions());
          weights.putIfAbsent(weight.name(), row);
        }
      }
      rows.add(
          new Summary.Layer(
              name,
              architecture.layer(name).className(),
              nodes.get(nodes.size() - 1).outputs().dimensions(),
              true,
              List.copyOf(weights.values()),
              connected));
    }
    return rows;
  }

  private static String symbol(Weight weight) {
    return switch (weight.name()) {
      case "kernel" -> "W";
      case "bias" -> "b";
      default -> weight.name();
    };
  }

  /**
   * Returns the memory of a model.
   *
   * @param step a training step, or null where nothing is trained
   */
  static Summary.Memory memory(State state, @Nullable Program step) {
    long region = (long) state.regionSize() * Float.BYTES;
    return step == null
        ? new Summary.Memory(region, 0, 0, 0, 0)
        : new Summary.Memory(
            region,
            region,
            state.slotCount() * region,
            (long) step.scratch().size() * Float.BYTES,
            step.batch());
  }
}
