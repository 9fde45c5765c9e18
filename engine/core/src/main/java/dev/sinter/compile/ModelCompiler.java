package dev.sinter.compile;

import dev.sinter.errors.InputException;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Op.CrossEntropyKind;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Compiles a model into programs: lower the layers to stages, emit forward pass, loss and backward
 * pass with their fusions, plan the memory, verify. All programs of one compiler share one {@link
 * State}.
 */
public final class ModelCompiler {
  private final Architecture architecture;
  private final Objective objective;
  private final List<Stage> stages;
  private final State state;

  /**
   * Creates a compiler.
   *
   * @param objective null for predictions alone
   * @param replicas R, the number of networks of this shape that run side by side
   */
  public ModelCompiler(Architecture architecture, Objective objective, int replicas) {
    this.architecture = architecture;
    this.objective = objective;
    this.stages = Lowering.stages(architecture);
    this.state =
        new State(
            replicas,
            architecture.parameters(),
            objective == null ? List.of() : objective.rule().slots());
  }

  /** Returns the layout that the programs share. */
  public State state() {
    return state;
  }

  /**
   * Compiles a training step: forward, loss, backward, update. Results: loss sum, then one count a
   * metric.
   */
  public Program train(int batch, int labelColumns) {
    if (architecture.parameters().isEmpty()) {
      throw InputException.of(
          "model", "at least one layer with weights to train", "none", "Add a Dense layer");
    }
    return withLoss("train", batch, labelColumns, true);
  }

  /** Compiles a step of evaluation: forward and loss. Results as in {@link #train}. */
  public Program evaluate(int batch, int labelColumns) {
    return withLoss("evaluate", batch, labelColumns, false);
  }

  /** Compiles a step of prediction. Result: the outputs [B, C]. */
  public Program predict(int batch) {
    ProgramBuilder program = new ProgramBuilder("predict", batch, state);
    Value x = program.temporary("x", batch, architecture.features());
    program.add(new Op.Gather(program.label("gather"), x, null));
    List<Value> values = Lowering.forward(program, stages, x);
    return program.build(List.of(values.get(values.size() - 1)));
  }

  private Program withLoss(String name, int batch, int labelColumns, boolean training) {
    objective
        .loss()
        .requireLabelColumns("layer " + lastLayer(), architecture.outputs(), labelColumns);
    ProgramBuilder program = new ProgramBuilder(name, batch, state);
    Value x = program.temporary("x", batch, architecture.features());
    Value y = program.temporary("y", batch, labelColumns);
    program.add(new Op.Gather(program.label("gather"), x, y));
    CrossEntropyKind folded = foldedLoss();
    List<Stage> body = folded == null ? stages : withoutLastActivation();
    List<Value> values = Lowering.forward(program, body, x);
    Value output = values.get(values.size() - 1);
    LossLowering loss =
        new LossLowering(program, objective.loss(), accuracies(labelColumns), output, y);
    Value gradient = folded == null ? loss.composed(training) : loss.folded(folded, training);
    if (training) {
      new Differentiation(program, state, body, values).backward(gradient);
      program.add(new Op.Update(program.label("update"), objective.rule()));
    }
    return program.build(loss.results());
  }

  private String lastLayer() {
    return architecture.layers().get(architecture.layers().size() - 1).name();
  }

  private CrossEntropyKind foldedLoss() {
    if (stages.isEmpty()) {
      return null;
    }
    Stage last = stages.get(stages.size() - 1);
    ActivationFunction activation =
        last instanceof Stage.SoftmaxStage ? ActivationFunction.SOFTMAX : last.activation();
    return objective.loss().foldedWith(activation);
  }

  private List<Stage> withoutLastActivation() {
    List<Stage> body = new ArrayList<>(stages);
    Stage last = body.remove(body.size() - 1).withoutActivation();
    if (last != null) {
      body.add(last);
    }
    return body;
  }

  private List<Op.Accuracy> accuracies(int labelColumns) {
    return objective.metrics().stream()
        .map(metric -> metric.resolve(architecture.outputs(), labelColumns))
        .toList();
  }
}
