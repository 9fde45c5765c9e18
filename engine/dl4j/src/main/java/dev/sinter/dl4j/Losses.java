package dev.sinter.dl4j;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.losses.ElementwiseLoss;
import dev.sinter.losses.Loss;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossL1;
import org.nd4j.linalg.lossfunctions.impl.LossL2;
import org.nd4j.linalg.lossfunctions.impl.LossMAE;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.nd4j.linalg.lossfunctions.impl.LossNegativeLogLikelihood;

/**
 * ND4J's losses as Sinter's. ND4J sums over the outputs of a sample, except in MSE and MAE; Sinter
 * takes the mean. Any number of threads may call its methods.
 */
final class Losses {
  private Losses() {}

  /**
   * Minus the log likelihood of independent outputs, clipped, summed over the outputs.
   *
   * @param outputs of a sample
   * @param epsilon outputs are clipped to [epsilon, 1 - epsilon]
   */
  record ClippedCrossEntropy(int outputs, double epsilon) implements ElementwiseLoss {
    private Expression p() {
      return input(0).max(constant((float) epsilon)).min(constant((float) (1 - epsilon)));
    }

    @Override
    public String name() {
      return "dl4j_xent";
    }

    @Override
    public Expression element() {
      Expression p = p();
      Expression y = input(1);
      Expression one = constant(1);
      Expression likelihood =
          y.times(p.apply(UnaryFunction.LOG))
              .plus(one.minus(y).times(one.minus(p).apply(UnaryFunction.LOG)));
      return likelihood.times(-outputs);
    }

    @Override
    public Expression derivative() {
      Expression p = p();
      return p.minus(input(1)).over(p.times(constant(1).minus(p))).times(outputs);
    }
  }

  /**
   * A loss that is summed over the outputs of a sample instead of averaged.
   *
   * @param name of the loss
   * @param outputs of a sample
   * @param mean the same loss, averaged
   */
  record Summed(String name, int outputs, ElementwiseLoss mean) implements ElementwiseLoss {
    @Override
    public Expression element() {
      return mean.element().times(outputs);
    }

    @Override
    public Expression derivative() {
      return mean.derivative().times(outputs);
    }
  }

  /**
   * Returns the loss with ND4J's arithmetic.
   *
   * @throws InputException for another loss, another activation before it, or label weights
   */
  static Loss of(String where, ILossFunction loss, ActivationFunction activation, int outputs) {
    Class<?> kind = loss.getClass();
    if (kind == LossMCXENT.class || kind == LossNegativeLogLikelihood.class) {
      requireUnweighted(where, ((LossMCXENT) loss).getWeights());
      requireActivation(where, loss, activation, ActivationFunction.SOFTMAX);
      return Loss.CATEGORICAL_CROSSENTROPY;
    } else if (kind == LossBinaryXENT.class) {
      requireUnweighted(where, ((LossBinaryXENT) loss).getWeights());
      requireActivation(where, loss, activation, ActivationFunction.SIGMOID);
      return new ClippedCrossEntropy(outputs, ((LossBinaryXENT) loss).getClipEps());
    } else if (kind == LossMSE.class || kind == LossL2.class) {
      requireUnweighted(where, ((LossL2) loss).getWeights());
      return kind == LossMSE.class
          ? Loss.MEAN_SQUARED_ERROR
          : new Summed("dl4j_l2", outputs, (ElementwiseLoss) Loss.MEAN_SQUARED_ERROR);
    } else if (kind == LossMAE.class || kind == LossL1.class) {
      requireUnweighted(where, ((LossL1) loss).getWeights());
      return kind == LossMAE.class
          ? Loss.MEAN_ABSOLUTE_ERROR
          : new Summed("dl4j_l1", outputs, (ElementwiseLoss) Loss.MEAN_ABSOLUTE_ERROR);
    }
    throw InputException.of(
        where,
        "the loss MCXENT, NEGATIVELOGLIKELIHOOD, XENT, MSE, L2, MAE or L1",
        loss.getClass().getSimpleName(),
        "Train this network with its own fit");
  }

  /** Returns Sinter's own loss where it equals ND4J's for so many outputs, else null. */
  static @Nullable Loss standard(Loss loss) {
    if (loss instanceof ClippedCrossEntropy own) {
      return own.outputs == 1 ? Loss.BINARY_CROSSENTROPY : null;
    } else if (loss instanceof Summed own) {
      return own.outputs == 1 ? own.mean : null;
    }
    return loss;
  }

  private static void requireUnweighted(String where, @Nullable INDArray weights) {
    if (weights != null) {
      throw InputException.of(
          where,
          "a loss without label weights",
          "weights " + weights.toString().replace("\n", " "),
          "Train this network with its own fit");
    }
  }

  private static void requireActivation(
      String where, ILossFunction loss, ActivationFunction received, ActivationFunction expected) {
    if (received != expected) {
      throw InputException.of(
          where,
          expected + " before the loss " + loss.name(),
          received,
          "Train this network with its own fit");
    }
  }
}
