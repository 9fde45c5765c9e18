package dev.sinter.program;

import java.util.Collections;
import java.util.List;

/**
 * The update of one element of the state by an optimizer: a list of assignments, run in order, in
 * place.
 *
 * <p>In an assignment, Input 0 is the parameter w, Input 1 its gradient g, Input 2 + k slot k; an
 * expression sees the results of earlier assignments of the same step. A {@link
 * Expression.StepScalar} is one of {@code scalars}. A backend computes these once per step and
 * replica, in double precision, from the learning rate and the step, counted from 1, and rounds
 * them to float32.
 *
 * <p>An element whose parameter, gradient and slots are all 0 must stay 0: the padding of the flat
 * state is updated as well.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param name of the optimizer in Keras
 * @param slots the names of the values kept for each parameter
 * @param starts the number with which each slot starts; padding starts with 0
 * @param scalars computed once per step
 * @param assignments run for each element
 * @param preparation of the gradients, before the update
 */
public record UpdateRule(
    String name,
    List<String> slots,
    List<Double> starts,
    List<? extends StepFunction> scalars,
    List<Assignment> assignments,
    Preparation preparation) {
  /**
   * What operations of the program do to the gradients of the loss before the update reads them:
   * first sum up, then clip.
   *
   * @param accumulator the slot that sums up gradients, or -1. An assignment sets it to 0 again
   * @param steps the number of gradients in a full sum; the update gets the sum divided by it
   * @param largestNorm gradients are scaled down to this norm; 0 if they are not
   * @param global whether the norm is that of all gradients together, else that of each one
   */
  public record Preparation(int accumulator, int steps, double largestNorm, boolean global) {
    /** The update gets the gradients of the loss. */
    public static final Preparation NONE = new Preparation(-1, 1, 0, false);

    /** Returns whether gradients are summed up. */
    public boolean accumulates() {
      return accumulator >= 0;
    }

    /** Returns whether gradients are scaled down. */
    public boolean clips() {
      return largestNorm > 0;
    }
  }

  /** Writes the value of an expression to an input: 0 for the parameter, 2 + k for slot k. */
  public record Assignment(int target, Expression value) {}

  /** Index of the parameter among the inputs of an assignment. */
  public static final int PARAMETER = 0;

  /** Index of the gradient among the inputs of an assignment. */
  public static final int GRADIENT = 1;

  /** Index of the first slot among the inputs of an assignment. */
  public static final int FIRST_SLOT = 2;

  public UpdateRule {
    slots = List.copyOf(slots);
    starts = List.copyOf(starts);
    scalars = List.copyOf(scalars);
    assignments = List.copyOf(assignments);
    if (starts.size() != slots.size()) {
      throw new IllegalArgumentException(name + ": one start a slot, received " + starts);
    }
    for (StepFunction scalar : scalars) {
      if (scalar instanceof Expression formula
          && (formula.largestInput() > 1
              || formula.largestStepScalar() >= 0
              || formula.readsColumn())) {
        throw new IllegalArgumentException(name + ": a step scalar cannot hold " + scalar);
      }
    }
    for (Assignment assignment : assignments) {
      int inputs = FIRST_SLOT + slots.size();
      if (assignment.target == GRADIENT
          || assignment.target < 0
          || assignment.target >= inputs
          || assignment.value.largestInput() >= inputs
          || assignment.value.largestStepScalar() >= scalars.size()) {
        throw new IllegalArgumentException(
            name
                + ": an assignment reads or writes something that the rule does not have: "
                + assignment);
      }
    }
  }

  /** Creates a rule for the gradients of the loss. */
  public UpdateRule(
      String name,
      List<String> slots,
      List<Double> starts,
      List<? extends StepFunction> scalars,
      List<Assignment> assignments) {
    this(name, slots, starts, scalars, assignments, Preparation.NONE);
  }

  /** Creates a rule for the gradients of the loss, whose slots start with 0. */
  public UpdateRule(
      String name,
      List<String> slots,
      List<? extends StepFunction> scalars,
      List<Assignment> assignments) {
    this(name, slots, Collections.nCopies(slots.size(), 0.0), scalars, assignments);
  }

  /** Computes scalar {@code index} from the learning rate and the step, counted from 1. */
  public double scalar(int index, double... rateAndStep) {
    StepFunction scalar = scalars.get(index);
    return scalar instanceof Expression formula
        ? formula.evaluate(rateAndStep, 0, rateAndStep) // allocates nothing
        : scalar.at(rateAndStep[0], (long) rateAndStep[1]);
  }
}
