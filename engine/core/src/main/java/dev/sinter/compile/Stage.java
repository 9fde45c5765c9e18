package dev.sinter.compile;

import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Value;

/** A layer, or several folded into one, as the programs compute it. */
sealed interface Stage {
  /** Returns the name of the layer it comes from. */
  String name();

  /** Returns the elementwise activation at its end; linear where there is none. */
  ActivationFunction activation();

  /** Returns this stage without its activation, or null where nothing remains. */
  Stage withoutActivation();

  /**
   * output = activation(input kernel + bias); the activation is elementwise, the bias may be null.
   */
  record DenseStage(String name, Value kernel, Value bias, ActivationFunction activation)
      implements Stage {
    @Override
    public Stage withoutActivation() {
      return new DenseStage(name, kernel, bias, ActivationFunction.LINEAR);
    }
  }

  /** output = activation(input), elementwise. */
  record PointwiseStage(String name, ActivationFunction activation) implements Stage {
    @Override
    public Stage withoutActivation() {
      return null;
    }
  }

  /**
   * output = forward(input), elementwise; the derivative is one of input and output. Nothing folds
   * it into its neighbours.
   */
  record ExpressionStage(String name, Expression forward, Expression derivative) implements Stage {
    @Override
    public ActivationFunction activation() {
      return ActivationFunction.LINEAR;
    }

    @Override
    public Stage withoutActivation() {
      return null;
    }
  }

  /** output = softmax(input). */
  record SoftmaxStage(String name) implements Stage {
    @Override
    public ActivationFunction activation() {
      return ActivationFunction.LINEAR;
    }

    @Override
    public Stage withoutActivation() {
      return null;
    }
  }
}
