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
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Puts together what the summary of a model shows. */
final class ModelSummary {
  private ModelSummary() {}

  /** Layers of a model that is not built: nothing is known but their names. */
  static List<Summary.Layer> layers(List<String> names, List<Layer> layers) {
    return IntStream.range(0, names.size())
        .mapToObj(i -> layer(names.get(i), layers.get(i)))
        .toList();
  }

  private static Summary.Layer layer(String name, Layer layer) {
    boolean weightless = layer.rules().stream().allMatch(ModelSummary::isWeightless);
    return new Summary.Layer(name, layer.className(), 0, weightless, List.of());
  }

  private static boolean isWeightless(LayerRule rule) {
    try {
      return rule.weights(List.of(Features.of(1))).isEmpty();
    } catch (RuntimeException e) {
      return false; // its weights depend on inputs of another kind
    }
  }

  /** Layers of a built model. */
  static List<Summary.Layer> layers(List<String> names, List<Layer> layers, Graph graph) {
    List<Summary.Layer> rows = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      List<Graph.Node> nodes = graph.layer(names.get(i));
      List<Summary.Weight> weights =
          nodes.stream()
              .flatMap(node -> node.weights().stream())
              .map(weight -> new Summary.Weight(symbol(weight), weight.dimensions()))
              .toList();
      int outputs = nodes.get(nodes.size() - 1).outputs().size();
      rows.add(new Summary.Layer(names.get(i), layers.get(i).className(), outputs, true, weights));
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
