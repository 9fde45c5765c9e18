package dev.sinter.compile;

import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Combines operations that the backend runs as one into composite operations. Runs before memory
 * planning, so the plan separates the inputs and outputs of a composite. Each value is written
 * once, so an operation may move to any place after its inputs are written and before its outputs
 * are read.
 */
final class Fuse {
  private final List<Op> ops;
  private final State state;
  private final int resultSize;
  private final Fusion fusion;

  private Fuse(List<Op> ops, List<Value> results, State state, Fusion fusion) {
    this.ops = new ArrayList<>(ops);
    this.state = state;
    this.resultSize =
        state.replicas() * results.stream().mapToInt(value -> value.shape().size()).sum();
    this.fusion = fusion;
  }

  static List<Op> fuse(List<Op> ops, List<Value> results, State state, Fusion fusion) {
    Fuse fuse = new Fuse(ops, results, state, fusion);
    Op.DenseLoss head = fuse.denseLoss();
    if (ops.get(0) instanceof Op.Gather gather) {
      fuse.stepEnd(gather, head);
    }
    return fuse.ops;
  }

  /** Fuses the last layer with its loss; returns the composite, or null if that is not possible. */
  private Op.@Nullable DenseLoss denseLoss() {
    for (Op.CrossEntropy loss : all(Op.CrossEntropy.class)) {
      for (Op.Dense dense : all(Op.Dense.class)) {
        for (Op.DenseGradInput gradient : all(Op.DenseGradInput.class)) {
          if (Op.DenseLoss.fits(dense, loss, gradient)
              && readers(dense.output(), ops.indexOf(loss)).isEmpty()) {
            Op.DenseLoss composite =
                new Op.DenseLoss(dense.label() + "+loss", dense, loss, gradient);
            if (accepts(composite)) {
              ops.set(ops.indexOf(loss), composite);
              ops.removeAll(List.of(dense, gradient));
              return composite;
            }
          }
        }
      }
    }
    return null;
  }

  /**
   * Fuses the end of a step, including the gradient of the weights of the last layer if possible.
   */
  private void stepEnd(Op.Gather next, Op.@Nullable DenseLoss head) {
    Op.Update update = ops.get(ops.size() - 1) instanceof Op.Update last ? last : null;
    if (update == null && !all(Op.Update.class).isEmpty()) {
      return; // what follows the update must stay behind it
    }
    for (Op.DenseGradWeights gradient : all(Op.DenseGradWeights.class)) {
      if (head != null
          && gradient.dz().equals(head.loss().dz())
          && gradient.x().equals(head.dense().x())
          && gradient.outputs().stream().allMatch(value -> readers(value, ops.size()).isEmpty())
          && end(new Op.StepEnd("step-end", gradient, update, next))) {
        return;
      }
    }
    if (update != null) {
      end(new Op.StepEnd("step-end", null, update, next));
    }
  }

  private boolean end(Op.StepEnd composite) {
    boolean accepted = accepts(composite);
    if (accepted) {
      ops.removeAll(composite.parts());
      ops.add(composite);
    }
    return accepted;
  }

  /**
   * Returns whether the backend accepts a composite. An operation that reads a tracked value must
   * not move, because an operation in between may write it.
   */
  private boolean accepts(Op.Composite composite) {
    return composite.inputs().stream().noneMatch(value -> value.kind() == Value.Kind.TRACKED)
        && fusion.accepts(composite, state, resultSize);
  }

  private <T extends Op> List<T> all(Class<T> kind) {
    return ops.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Returns the operations before index {@code end} that read a value. */
  private List<Op> readers(Value value, int end) {
    return ops.subList(0, end).stream().filter(op -> op.inputs().contains(value)).toList();
  }
}
