package dev.sinter.compile;

import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes composite operations of those that a backend runs as one. Runs before memory is planned, so
 * the plan keeps apart what a composite reads and writes; values are written once, so an operation
 * may move to where its inputs are there and its outputs are not read yet.
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

  /** Fuses the last layer with its loss; returns the composite, or null where there is none. */
  private Op.DenseLoss denseLoss() {
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

  /** Fuses what ends a step, with the gradient of the last layer's weights where it can be. */
  private void stepEnd(Op.Gather next, Op.DenseLoss head) {
    Op.Update update = ops.get(ops.size() - 1) instanceof Op.Update last ? last : null;
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

  /** What reads a tracked value stays in its place: an operation between may write it. */
  private boolean accepts(Op.Composite composite) {
    return composite.inputs().stream().noneMatch(value -> value.kind() == Value.Kind.TRACKED)
        && fusion.accepts(composite, state, resultSize);
  }

  private <T extends Op> List<T> all(Class<T> kind) {
    return ops.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Returns the operations before an index that read a value. */
  private List<Op> readers(Value value, int end) {
    return ops.subList(0, end).stream().filter(op -> op.inputs().contains(value)).toList();
  }
}
