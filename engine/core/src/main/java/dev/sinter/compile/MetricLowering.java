package dev.sinter.compile;

import static dev.sinter.program.Expression.input;

import dev.sinter.metrics.Accuracy;
import dev.sinter.metrics.ElementwiseMetric;
import dev.sinter.metrics.Metric;
import dev.sinter.metrics.SummedMetric;
import dev.sinter.metrics.SummedMetric.SampleValue;
import dev.sinter.metrics.SummedMetric.Sum;
import dev.sinter.metrics.Weighted;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Op.CrossEntropyKind;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Emits the sums of metrics over the samples of a batch. */
final class MetricLowering {
  private final ProgramBuilder program;
  private final BatchEmitter batch;
  private final Value scores; // [B, C], the outputs, or the logits that they are made of
  private final @Nullable CrossEntropyKind kind; // null where the scores are the outputs
  private final LossLowering.Labels labels;
  private @Nullable Value outputs; // [B, C], null until a metric reads them
  private @Nullable Value y; // [B, C] one-hot, null until a metric reads it

  /**
   * Creates a lowering.
   *
   * @param kind the folded form whose logits the scores are, or null for outputs
   */
  MetricLowering(
      BatchEmitter batch,
      Value scores,
      @Nullable CrossEntropyKind kind,
      LossLowering.Labels labels) {
    this.program = batch.program();
    this.batch = batch;
    this.scores = scores;
    this.kind = kind;
    this.labels = labels;
  }

  /** Returns how samples are counted for an accuracy. */
  Op.Accuracy accuracy(Accuracy metric) {
    return ObjectiveRules.accuracy(metric, batch.columns(), labels.y().shape().columns());
  }

  /**
   * Whether a cross-entropy may count for an accuracy on its logits: they order the classes as the
   * outputs do, but 0.5 is no bound of softmax's, nor 0 one of outputs that are logits themselves.
   */
  boolean readsLogits(Accuracy metric) {
    return accuracy(metric) != Op.Accuracy.BINARY || kind == CrossEntropyKind.SIGMOID;
  }

  /** Emits a metric; returns its sums, in order: as many floats as the metric says. */
  List<Value> measure(Metric metric) {
    if (!(metric instanceof Weighted weighted)) {
      return measure(metric, null);
    }
    Value weight = labels.weight();
    List<Value> sums = new ArrayList<>(measure(weighted.metric(), weight));
    if (weight != null) {
      Value total = batch.scalar("weights");
      batch.reduce("weights", Op.Reduction.SUM, weight, total);
      sums.add(total);
    }
    return sums;
  }

  private List<Value> measure(Metric metric, @Nullable Value weight) {
    if (metric instanceof SummedMetric summed) {
      return sums(summed, weight);
    }
    Value total = batch.scalar(metric instanceof Accuracy ? "correct" : "metric");
    if (metric instanceof Accuracy counted) {
      count(counted, weight, total);
    } else {
      ElementwiseMetric own = (ElementwiseMetric) metric;
      int columns = batch.columns();
      Expression element =
          ObjectiveRules.element(own, columns, labels.y().shape().columns())
              .times(own.isSummed() ? 1 : 1.0 / columns);
      batch.sum("metric", element, List.of(outputs(), labels.y()), weight, total);
    }
    return List.of(total);
  }

  private void count(Accuracy metric, @Nullable Value weight, Value total) {
    Op.Accuracy accuracy = accuracy(metric);
    boolean logits = kind != null && readsLogits(metric);
    Value read = logits ? scores : outputs();
    double threshold = logits ? 0 : 0.5;
    program.add(
        new Op.CountCorrect(
            program.label("count"), accuracy, read, labels.y(), weight, threshold, total));
  }

  private List<Value> sums(SummedMetric metric, @Nullable Value weight) {
    int columns = batch.columns();
    ObjectiveRules.check(metric, columns, labels.y().shape().columns());
    String name = metric.name();
    List<Value> operands = new ArrayList<>(List.of(outputs(), labels()));
    for (SampleValue value : metric.ofSamples(columns)) {
      Value elements = batch.like(name + "/elements");
      batch.emit(name + "/elements", value.element(), operands, elements);
      Value reduced = batch.column(name + "/of-samples");
      batch.reduce(name + "/of-samples", value.reduction(), elements, reduced);
      operands.add(reduced);
    }
    List<Value> sums = new ArrayList<>();
    for (Sum sum : metric.sums(columns)) {
      sums.add(
          switch (sum.over()) {
            case ALL -> total(name, sum, batch.like(name), operands, weight, Shape.SCALAR);
            case SAMPLES -> {
              Value elements = batch.column(name);
              List<Value> own = operands.subList(2, operands.size()); // p and y are wider
              yield total(name, ofSamples(sum, own.size()), elements, own, weight, Shape.SCALAR);
            }
            case OUTPUTS -> {
              Shape one = new Shape(1, columns);
              yield total(name, sum, batch.like(name), operands, weight, one);
            }
            case BOUNDS -> {
              int rows = batch.rows() * columns;
              Value elements = program.temporary(name, rows, sum.bounds());
              List<Value> flat = List.of(flat(outputs()), flat(labels()));
              Value flatWeight = weight == null ? null : flat(spread(weight));
              Shape all = new Shape(1, sum.bounds());
              yield total(name, sum, elements, flat, flatWeight, all);
            }
          });
    }
    return sums;
  }

  /** Returns a sum whose inputs are the values of the samples alone. */
  private static Sum ofSamples(Sum sum, int values) {
    Expression[] shifted = new Expression[2 + values];
    for (int i = 0; i < shifted.length; i++) {
      shifted[i] = input(Math.max(0, i - 2));
    }
    return Sum.ofSamples(sum.element().substitute(shifted));
  }

  private Value total(
      String name, Sum sum, Value elements, List<Value> from, @Nullable Value weight, Shape shape) {
    batch.emitWeighted(name, sum.element(), from, weight, elements);
    Value total = program.temporary(name + "/sum", shape.rows(), shape.columns());
    batch.reduce(name + "/sum", Op.Reduction.SUM, elements, total);
    return total;
  }

  /** Returns a value [B, C] as [B C, 1]. */
  private Value flat(Value value) {
    if (batch.columns() == 1) {
      return value;
    }
    Value flat = program.temporary(value.name() + "/flat", value.shape().size(), 1);
    program.add(new Op.Reshape(program.label(value.name() + "/flat"), value, flat));
    return flat;
  }

  private Value spread(Value weight) {
    if (batch.columns() == 1) {
      return weight;
    }
    Value spread = batch.like("weights/spread");
    batch.emit("weights/spread", input(0), List.of(weight), spread);
    return spread;
  }

  /** Returns the labels [B, C]: class indices one-hot. */
  private Value labels() {
    if (labels.y().shape().columns() == batch.columns()) {
      return labels.y();
    }
    if (y == null) {
      y = batch.like("one-hot");
      batch.emit("one-hot", input(0).equalTo(new Expression.Column()), List.of(labels.y()), y);
    }
    return y;
  }

  /** Returns the outputs, which are made of logits when they are first asked for. */
  private Value outputs() {
    if (outputs == null) {
      outputs = kind == null ? scores : batch.like("outputs");
      if (kind == CrossEntropyKind.SIGMOID) {
        batch.emit("outputs", ActivationFunction.SIGMOID.forward(), List.of(scores), outputs);
      } else if (kind != null) {
        program.add(new Op.Softmax(program.label("outputs"), scores, outputs));
      }
    }
    return outputs;
  }
}
