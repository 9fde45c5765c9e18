package dev.sinter;

import dev.sinter.compile.Architecture;
import dev.sinter.compile.Architecture.BuiltLayer;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Layer;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import dev.sinter.report.Summary;
import java.util.ArrayList;
import java.util.List;

/** Puts together what the summary of a model shows. */
final class ModelSummary {
  private ModelSummary() {}

  /** Layers of a model that is not built: nothing is known but their names. */
  static List<Summary.Layer> layers(List<String> names, List<Layer> layers) {
    List<Summary.Layer> rows = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      boolean weightless = !(layers.get(i) instanceof Dense);
      rows.add(
          new Summary.Layer(names.get(i), layers.get(i).className(), 0, weightless, List.of()));
    }
    return rows;
  }

  static List<Summary.Layer> layers(Architecture architecture) {
    return architecture.layers().stream().map(ModelSummary::layer).toList();
  }

  private static Summary.Layer layer(BuiltLayer built) {
    List<Summary.Weight> weights = built.parameters().stream().map(ModelSummary::weight).toList();
    return new Summary.Layer(
        built.name(), built.layer().className(), built.outputs(), true, weights);
  }

  private static Summary.Weight weight(Value parameter) {
    int rows = parameter.shape().rows();
    int columns = parameter.shape().columns();
    return Weights.isBias(parameter)
        ? new Summary.Weight("b", List.of(columns))
        : new Summary.Weight("W", List.of(rows, columns));
  }

  /**
   * Returns the memory of a model.
   *
   * @param step a training step, or null where nothing is trained
   */
  static Summary.Memory memory(State state, Program step) {
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
