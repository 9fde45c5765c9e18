package dev.sinter;

import dev.sinter.compile.Goal;
import dev.sinter.compile.Graph;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.layers.MergeLayer;
import dev.sinter.layers.Node;
import dev.sinter.metrics.F1Score;
import dev.sinter.metrics.Metric;
import dev.sinter.program.State;
import dev.sinter.saving.Compilation;
import dev.sinter.saving.Connections;
import dev.sinter.saving.NamedLayer;
import dev.sinter.saving.SavedModel;
import dev.sinter.saving.TrainingProgress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model as files hold it, and back. Called in the model's turn. */
final class ModelFiles {
  private ModelFiles() {}

  /** Returns the model as it is. */
  static SavedModel saved(String name, CompiledModel model) {
    TrainingState weights = model.weights("save");
    Compilation compilation = explicit(model);
    Graph graph = model.graph("save");
    List<NamedLayer> layers =
        model.layers().stream().map(layer -> new NamedLayer(layer.name(), layer.layer())).toList();
    TrainingProgress progress = null;
    if (compilation != null) {
      TrainingState state = model.state("save");
      progress =
          new TrainingProgress(
              state.block(State.Block.SLOTS),
              state.iterations(),
              state.learningRate(),
              state.epochs(),
              state.seed(),
              state.inputScale());
    }
    Architecture architecture = model.architecture();
    return new SavedModel(
        name,
        graph.input(),
        layers,
        architecture.isFunctional() ? architecture.connections() : null,
        weights.namedWeights(),
        compilation,
        progress,
        Map.of());
  }

  /** Returns what a model is compiled for, without what follows from its number of outputs. */
  private static @Nullable Compilation explicit(CompiledModel model) {
    Compilation compilation = model.compilation();
    if (compilation == null) {
      return null;
    }
    List<Graph.Node> ends = model.graph("save").endNodes();
    List<Goal> goals = new ArrayList<>();
    for (int i = 0; i < ends.size(); i++) {
      Goal goal = compilation.goals().get(i);
      int outputs = ends.get(i).outputs().size();
      List<Metric> metrics =
          goal.metrics().stream().map(metric -> F1Score.explicit(metric, outputs)).toList();
      goals.add(new Goal(goal.output(), goal.loss(), goal.weight(), metrics));
    }
    return new Compilation(compilation.optimizer(), goals);
  }

  private static void requireWeights(SavedModel saved, Graph graph) {
    for (Graph.Node node : graph.nodes()) {
      for (int i = 0; i < node.weights().size(); i++) {
        String name = node.values().get(i).name();
        int[] expected = node.weights().get(i).shape();
        Tensor given = saved.weights().get(name);
        if (given == null || !Arrays.equals(given.shape(), expected)) {
          throw InputException.of(
              "model " + saved.name() + ", weights " + name,
              Arrays.toString(expected),
              given == null ? "none" : Arrays.toString(given.shape()),
              "Use a file whose layers and weights belong together");
        }
      }
    }
  }

  private static Model network(SavedModel saved) {
    try {
      Connections connections = saved.connections();
      return connections == null ? sequential(saved) : functional(saved, connections);
    } catch (ArithmeticException overflow) {
      throw InputException.of(
          "model " + saved.name(),
          "kernels of at most " + Integer.MAX_VALUE + " numbers",
          "more",
          "Use a file whose layers and weights belong together",
          overflow);
    }
  }

  private static Model sequential(SavedModel saved) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Input(saved.input()));
    saved.layers().forEach(layer -> layers.add(layer.layer()));
    return Sequential.of(saved.name(), layers.toArray(Layer[]::new));
  }

  private static Model functional(SavedModel saved, Connections connections) {
    List<Node> places = new ArrayList<>();
    connections.inputs().forEach(input -> places.add(input.node()));
    for (Connections.Call call : connections.calls()) {
      Layer layer = saved.layers().get(call.layer()).layer();
      List<Node> inputs = call.inputs().stream().map(places::get).toList();
      boolean merges = layer instanceof MergeLayer;
      places.add(merges ? ((MergeLayer) layer).apply(inputs) : layer.apply(inputs.get(0)));
    }
    return Functional.of(
        saved.name(),
        places.subList(0, connections.inputs().size()),
        connections.outputs().stream().map(places::get).toList());
  }

  /** Gives a model the weights and the progress of another one with the same network. */
  static void takeOn(SavedModel saved, CompiledModel model) {
    TrainingProgress progress = saved.progress();
    TrainingState state = progress == null ? model.weights("restore") : model.state("restore");
    if (progress != null) {
      state.requireBlock(State.Block.SLOTS, progress.slots());
    }
    state.setNamedWeights(saved.name(), saved.weights());
    if (progress != null) {
      long seed = state.seed();
      state.restore(progress);
      state.seed(seed);
    }
  }

  /** Creates the model that a file holds. */
  static Model restored(SavedModel saved) {
    Model model = network(saved);
    CompiledModel compiled = model.compiled();
    Compilation compilation = saved.compilation();
    TrainingProgress progress = saved.progress();
    if (progress != null) {
      compiled.seed(progress.seed());
    }
    requireWeights(saved, compiled.graph("load")); // before memory is taken for the initial ones
    TrainingState state = compiled.weights("load");
    state.setNamedWeights(saved.name(), saved.weights());
    if (compilation == null) {
      return model;
    }
    compiled.compile(compilation);
    if (progress != null) {
      compiled.state("load").restore(progress);
    }
    return model;
  }
}
