package dev.sinter.compile;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.ElementwiseLoss;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Accuracy;
import dev.sinter.metrics.ElementwiseMetric;
import dev.sinter.metrics.Metric;
import dev.sinter.metrics.SummedMetric;
import dev.sinter.metrics.SummedMetric.SampleValue;
import dev.sinter.metrics.SummedMetric.Sum;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Op.CrossEntropyKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the compiler knows of losses and metrics: formulas, widths of labels, what is refused. */
final class ObjectiveRules {
  /** Keys that training and callbacks log themselves. */
  private static final Set<String> RESERVED = Set.of("loss", "epoch", "learning_rate");

  private static final double EPSILON = 1e-7;
  private static final String OPERANDS = "an expression of x0, the output, and x1, the label";

  private ObjectiveRules() {}

  /** Returns the folded form of a loss behind an activation, or null where there is none. */
  static @Nullable CrossEntropyKind folded(Loss loss, ActivationFunction activation) {
    if (!(loss instanceof CrossEntropy crossEntropy) || crossEntropy.fromLogits()) {
      return null;
    }
    boolean softmax = activation == ActivationFunction.SOFTMAX;
    return switch (crossEntropy.labels()) {
      case CLASS_INDICES -> softmax ? CrossEntropyKind.SOFTMAX_SPARSE : null;
      case DISTRIBUTIONS -> softmax ? CrossEntropyKind.SOFTMAX : null;
      case SHARES -> activation == ActivationFunction.SIGMOID ? CrossEntropyKind.SIGMOID : null;
    };
  }

  /** Returns the form of a cross-entropy of logits. */
  static CrossEntropyKind ofLogits(CrossEntropy loss) {
    return switch (loss.labels()) {
      case CLASS_INDICES -> CrossEntropyKind.SOFTMAX_SPARSE;
      case DISTRIBUTIONS -> CrossEntropyKind.SOFTMAX;
      case SHARES -> CrossEntropyKind.SIGMOID;
    };
  }

  /** Returns the label y, Input 0, of so many classes, as a cross-entropy smooths it. */
  static Expression smoothed(CrossEntropy loss, int classes) {
    double smoothing = loss.labelSmoothing();
    int shares = loss.labels() == CrossEntropy.Labels.SHARES ? 2 : classes;
    return input(0).times(1 - smoothing).plus(constant(smoothing / shares));
  }

  /**
   * Returns the contribution of one output element to the loss of its sample, before any mean over
   * the elements: Input 0 is the output p, Input 1 the label y. Categorical losses expect p divided
   * by the sum of its row, and y one-hot.
   */
  static Expression element(Loss loss) {
    if (loss instanceof ElementwiseLoss own) {
      return own.element();
    }
    Expression p = input(0).max(constant(EPSILON)).min(constant(1 - EPSILON));
    Expression y = input(1);
    return switch (((CrossEntropy) loss).labels()) {
      case CLASS_INDICES, DISTRIBUTIONS ->
          y.times(p.apply(UnaryFunction.LOG)).apply(UnaryFunction.NEGATE);
      case SHARES ->
          y.times(p.apply(UnaryFunction.LOG))
              .plus(constant(1).minus(y).times(constant(1).minus(p).apply(UnaryFunction.LOG)))
              .apply(UnaryFunction.NEGATE);
    };
  }

  /** Returns the derivative of {@link #element} by p: 0 where a cross-entropy clips p. */
  static Expression derivative(Loss loss) {
    if (loss instanceof ElementwiseLoss own) {
      return own.derivative();
    }
    Expression p = input(0);
    Expression y = input(1);
    return switch (((CrossEntropy) loss).labels()) {
      case CLASS_INDICES, DISTRIBUTIONS -> insideClip(y.over(p).apply(UnaryFunction.NEGATE));
      case SHARES -> insideClip(p.minus(y).over(p.times(constant(1).minus(p))));
    };
  }

  private static Expression insideClip(Expression derivative) {
    Expression below = constant(EPSILON).greater(input(0));
    Expression above = input(0).greater(constant(1 - EPSILON));
    return new Expression.Select(below.plus(above), constant(0), derivative);
  }

  /** Returns how samples are counted for outputs and labels of these widths. */
  static Op.Accuracy accuracy(Accuracy metric, int outputs, int labelColumns) {
    return switch (metric.kind()) {
      case BY_SHAPE ->
          outputs == 1
              ? Op.Accuracy.BINARY
              : labelColumns == 1 ? Op.Accuracy.SPARSE_CATEGORICAL : Op.Accuracy.CATEGORICAL;
      case SPARSE_CATEGORICAL -> fitting(metric, 1, outputs, labelColumns);
      case CATEGORICAL, BINARY -> fitting(metric, outputs, outputs, labelColumns);
    };
  }

  private static Op.Accuracy fitting(Accuracy metric, int needed, int outputs, int columns) {
    requireColumns(metric, needed, outputs, columns, "Use accuracy: it fits itself to the labels");
    return Op.Accuracy.valueOf(metric.kind().name());
  }

  /** Returns the formula of a metric for outputs and labels of these widths. */
  static Expression element(ElementwiseMetric metric, int outputs, int labelColumns) {
    int needed = metric.labelColumns(outputs);
    requireOneOrAll("metric " + metric.name(), needed, outputs);
    String remedy = "Use a metric and a loss that take the same labels";
    requireColumns(metric, needed, outputs, labelColumns, remedy);
    return metric.element();
  }

  /** Refuses a metric of sums for outputs and labels of these widths that it cannot be made for. */
  static void check(SummedMetric metric, int outputs, int labelColumns) {
    String where = "metric " + metric.name();
    if (labelColumns != 1 && labelColumns != outputs) {
      throw InputException.of(
          where,
          "class indices, or %s label columns for %s outputs".formatted(outputs, outputs),
          labelColumns + " label columns",
          "Use a metric and a loss that take the same labels");
    }
    int inputs = 2;
    for (SampleValue value : metric.ofSamples(outputs)) {
      requireInputs(where, value.element(), 0, inputs++);
    }
    for (Sum sum : metric.sums(outputs)) {
      boolean ofSamples = sum.over() == Sum.Over.SAMPLES;
      boolean ofElements = sum.over() == Sum.Over.BOUNDS;
      requireInputs(where, sum.element(), ofSamples ? 2 : 0, ofElements ? 2 : inputs);
    }
  }

  private static void requireInputs(String where, Expression formula, int first, int end) {
    if (formula.smallestInput() < first
        || formula.largestInput() >= end
        || formula.largestStepScalar() >= 0) {
      throw InputException.of(
          where,
          first >= end ? "no formula over samples" : "x%s to x%s".formatted(first, end - 1),
          formula,
          "Correct the formula");
    }
  }

  private static void requireColumns(
      Metric metric, int needed, int outputs, int received, String remedy) {
    if (received != needed) {
      throw InputException.of(
          "metric " + metric.name(),
          needed + " label columns for " + outputs + " outputs",
          received,
          remedy);
    }
  }

  private static void requireOneOrAll(String where, int columns, int outputs) {
    if (columns != 1 && columns != outputs) {
      throw InputException.of(
          where,
          "1 label column, or %s for %s outputs".formatted(outputs, outputs),
          columns,
          "Correct its labelColumns");
    }
  }

  /** Checks that labels are as wide as a loss needs; {@code where} is the data and the layer. */
  static void requireLabels(String where, Loss loss, int outputs, int labelColumns) {
    int needed = loss.labelColumns(outputs);
    requireOneOrAll("loss " + loss.name(), needed, outputs);
    if (labelColumns != needed) {
      throw InputException.of(
          where + ", " + loss.name(),
          "labels of %s for %s outputs"
              .formatted(needed == 1 ? "1 column" : needed + " columns", outputs),
          labelColumns,
          remedy(loss, outputs));
    }
  }

  private static String remedy(Loss loss, int outputs) {
    CrossEntropy.Labels labels =
        loss instanceof CrossEntropy crossEntropy ? crossEntropy.labels() : null;
    if (labels == CrossEntropy.Labels.CLASS_INDICES) {
      return "Use class indices, or categorical_crossentropy for one-hot rows";
    }
    if (labels == CrossEntropy.Labels.DISTRIBUTIONS) {
      return "Use toCategorical(%s), or sparse_categorical_crossentropy for class indices"
          .formatted(outputs);
    }
    return loss.labelColumns(outputs) == outputs
        ? "Give one label column an output"
        : "Give one label column a sample";
  }

  /** Refuses losses and metrics of users that no program can be made of. */
  static void check(Loss loss, List<Metric> metrics) {
    if (loss instanceof ElementwiseLoss own) {
      requireFormula("loss " + own.name() + ", element", own.element());
      requireFormula("loss " + own.name() + ", derivative", own.derivative());
    }
    if (loss.name() == null || loss.name().isBlank()) {
      throw InputException.of("loss", "a name", loss.name(), "Give the loss a name");
    }
    Map<String, Metric> names = new HashMap<>();
    for (Metric metric : metrics) {
      String name = metric.name();
      if (metric instanceof ElementwiseMetric own) {
        requireFormula("metric " + name + ", element", own.element());
      }
      boolean taken = name == null || name.isBlank() || RESERVED.contains(name);
      Metric other = names.put(name, metric);
      if (taken || name.startsWith("val_") || other != null && !other.equals(metric)) {
        throw InputException.of(
            "metric", "a name of its own", "\"" + name + "\"", "Give the metric another name");
      }
    }
  }

  private static void requireFormula(String where, Expression formula) {
    if (formula == null || formula.largestInput() > 1 || formula.largestStepScalar() >= 0) {
      throw InputException.of(where, OPERANDS, formula, "Correct the formula");
    }
  }
}
