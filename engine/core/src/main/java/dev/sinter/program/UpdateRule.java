package dev.sinter.program;

import java.util.List;

/**
 * What an optimizer does to one element of the state: a list of assignments, done in order, in
 * place.
 *
 * <p>In an assignment, Input 0 is the parameter w, Input 1 its gradient g, Input 2 + k slot k; an
 * expression sees what earlier assignments of the same step wrote. A {@link Expression.StepScalar}
 * is one of {@code scalars}, which a backend computes once a step and replica in double precision
 * from Input 0 = the learning rate and Input 1 = the step, counted from 1, and rounds to float32.
 *
 * <p>An element whose parameter, gradient and slots are all 0 must stay 0: the padding of the flat
 * state is updated as well.
 *
 * @param name Keras's name of the optimizer
 * @param slots the names of what is kept for each parameter, all starting at 0
 * @param scalars computed once a step
 * @param assignments done for each element
 */
public record UpdateRule(
    String name, List<String> slots, List<Expression> scalars, List<Assignment> assignments) {
  /** Writes the value of an expression to an input: 0 for the parameter, 2 + k for slot k. */
  public record Assignment(int target, Expression value) {}

  /** Index of the parameter among an assignment's inputs. */
  public static final int PARAMETER = 0;

  /** Index of the gradient among an assignment's inputs. */
  public static final int GRADIENT = 1;

  /** Index of the first slot among an assignment's inputs. */
  public static final int FIRST_SLOT = 2;

  public UpdateRule {
    slots = List.copyOf(slots);
    scalars = List.copyOf(scalars);
    assignments = List.copyOf(assignments);
    for (Expression scalar : scalars) {
      if (scalar.largestInput() > 1 || scalar.largestStepScalar() >= 0 || scalar.readsColumn()) {
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
            name + ": an assignment reads or writes what the rule has not: " + assignment);
      }
    }
  }

  /** Computes scalar {@code index} from the learning rate and the step, counted from 1. */
  public double scalar(int index, double... rateAndStep) {
    return scalars.get(index).evaluate(rateAndStep, 0, rateAndStep);
  }
}
