package dev.sinter.compile;

import dev.sinter.losses.Loss;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/** Programs that compute only a loss and its gradient, for the recorded values. */
public final class LossPrograms {
  private LossPrograms() {}

  /**
   * Builds one step: inputs are gathered as logits or outputs [B, C]; results are the loss sum,
   * then the gradient of the mean loss with respect to the inputs [B, C].
   *
   * @param folded the activation folded into the loss, or null for the composed form
   */
  public static Program of(Loss loss, ActivationFunction folded, int batch, int outputs) {
    ProgramBuilder program =
        new ProgramBuilder("loss", batch, new State(1, List.of(), List.of()), Fusion.NONE);
    Value inputs = program.temporary("inputs", batch, outputs);
    Value y = program.temporary("y", batch, loss.labelColumns(outputs));
    program.add(new Op.Gather(program.label("gather"), inputs, y));
    LossLowering lowering =
        new LossLowering(program, loss, List.of(), inputs, new LossLowering.Labels(y, null, null));
    Value gradient =
        folded == null
            ? lowering.composed(true)
            : lowering.folded(ObjectiveRules.folded(loss, folded), true);
    List<Value> results = new ArrayList<>(lowering.results());
    results.add(gradient);
    return program.build(results);
  }

  /** Returns what one output adds to a loss, as the compiler sees it. */
  public static Expression element(Loss loss) {
    return ObjectiveRules.element(loss);
  }

  /** Returns its derivative by the output. */
  public static Expression derivative(Loss loss) {
    return ObjectiveRules.derivative(loss);
  }
}
