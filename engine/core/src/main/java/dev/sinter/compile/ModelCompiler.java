package dev.sinter.compile;

import dev.sinter.compile.Network.LayerScope.Phase;
import dev.sinter.errors.InputException;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule.Preparation;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Compiles a model into programs: emit forward pass, loss and backward pass, fold, fuse, plan the
 * memory, verify. All programs of one compiler share one {@link State}.
 */
public final class ModelCompiler {
  private final Graph graph;
  private final @Nullable Objective objective;
  private final Fusion fusion;
  private final State state;

  /** Creates a compiler that fuses nothing. */
  public ModelCompiler(Graph graph, @Nullable Objective objective, int replicas) {
    this(graph, objective, replicas, Fusion.NONE);
  }

  /**
   * Creates a compiler.
   *
   * @param objective null for predictions only
   * @param replicas R, the number of networks of this shape that run side by side
   * @param fusion the composite operations that the backend supports
   */
  public ModelCompiler(Graph graph, @Nullable Objective objective, int replicas, Fusion fusion) {
    this(graph, objective, fusion, state(graph, objective, replicas));
  }

  private ModelCompiler(Graph graph, @Nullable Objective objective, Fusion fusion, State state) {
    this.graph = graph;
    this.objective = objective;
    this.fusion = fusion;
    this.state = state;
  }

  private static State state(Graph graph, @Nullable Objective objective, int replicas) {
    List<String> slots = objective == null ? List.of() : objective.rule().slots();
    return new State(replicas, graph.parameters(), graph.tracked(), slots);
  }

  /** Returns a compiler over the same state for samples that have weights. */
  public ModelCompiler weighted() {
    Objective plain = objective();
    Objective weighted = new Objective(plain.rule(), plain.goals(), true);
    return new ModelCompiler(graph, weighted, fusion, state);
  }

  /** Returns the state layout shared by all programs. */
  public State state() {
    return state;
  }

  /**
   * Compiles a training step: forward, loss, backward, update. Results: those of {@link
   * Objective#resultNames}, each summed over the samples.
   */
  public Program train(int batch, int labelColumns) {
    return withLoss("train", batch, labelColumns, true, true);
  }

  /**
   * Compiles a training step without its update; it leaves the gradients in the state, with those
   * of penalties, before anything that the optimizer does to gradients. Followed by {@link #apply},
   * it is equivalent to {@link #train}. Same results as {@link #train}.
   */
  public Program gradients(int batch, int labelColumns) {
    return withLoss("gradients", batch, labelColumns, true, false);
  }

  /** Compiles the update of a training step from the gradients in the state; no results. */
  public Program apply() {
    ProgramBuilder program = new ProgramBuilder("apply", 1, state, fusion);
    Gradients gradients = new Gradients(program, state, objective().rule().preparation(), Map.of());
    gradients.take();
    gradients.finish();
    update(program);
    return program.build(List.of());
  }

  /** Compiles an evaluation step: forward and loss. Results as in {@link #train}. */
  public Program evaluate(int batch, int labelColumns) {
    return withLoss("evaluate", batch, labelColumns, false, false);
  }

  /** Compiles a prediction step. Result: the outputs [B, C], those of several side by side. */
  public Program predict(int batch) {
    ProgramBuilder program = new ProgramBuilder("predict", batch, state, fusion);
    Value x = program.temporary("x", batch, graph.input().size());
    program.add(new Op.Gather(program.label("gather"), x, null));
    Gradients none = new Gradients(program, state, Preparation.NONE, Map.of());
    List<Value> outputs = new Network(program, none, graph, graph.ends(), x, Phase.INFER).forward();
    if (outputs.size() == 1) {
      return program.build(outputs);
    }
    Value joined = program.temporary("outputs", batch, graph.outputs());
    program.add(new Op.Concatenate(program.label("outputs"), outputs, joined));
    return program.build(List.of(joined));
  }

  private Program withLoss(
      String name, int batch, int labelColumns, boolean training, boolean updating) {
    if (training && graph.parameters().isEmpty()) {
      throw InputException.of(
          "model", "at least one layer with weights to train", "none", "Add a Dense layer");
    }
    if (training) {
      graph.requireUse();
    }
    Objective objective = objective();
    ProgramBuilder program = new ProgramBuilder(name, batch, state, fusion);
    Value x = program.temporary("x", batch, graph.input().size());
    Value y = program.temporary("y", batch, labelColumns);
    Value weight = objective.weighted() ? program.temporary("weight", batch, 1) : null;
    Value count = objective.weighted() ? program.temporary("count", 1, 1) : null;
    program.add(new Op.Gather(program.label("gather"), x, y, weight, count));
    LossLowering.Labels labels = new LossLowering.Labels(y, weight, count);
    Losses losses = new Losses(program, graph, objective.goals());
    Phase phase = training ? Phase.TRAIN : Phase.INFER;
    Map<Value, Weight.Penalty> penalties = WeightLowering.penalties(graph);
    Preparation preparation = updating ? objective.rule().preparation() : Preparation.NONE;
    Gradients ofWeights = new Gradients(program, state, preparation, penalties);
    Network network = new Network(program, ofWeights, graph, losses.read(), x, phase);
    List<Value> gradients = losses.emit(network.forward(), labels, training);
    List<Value> results = new ArrayList<>(losses.results());
    if (!penalties.isEmpty()) {
      results.set(0, WeightLowering.penalized(program, results.get(0), count, penalties));
    }
    if (training) {
      network.backward(gradients);
    }
    if (updating) {
      update(program);
    }
    return program.build(results);
  }

  private Objective objective() {
    return Objects.requireNonNull(objective, "the objective of training and evaluation");
  }

  private void update(ProgramBuilder program) {
    program.add(new Op.Update(program.label("update"), objective().rule()));
    WeightLowering.limit(program, graph);
  }
}
