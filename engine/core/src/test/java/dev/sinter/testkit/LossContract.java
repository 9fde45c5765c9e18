package dev.sinter.testkit;

import dev.sinter.program.Op;
import dev.sinter.program.Op.Accuracy;
import dev.sinter.program.Op.CrossEntropyKind;
import dev.sinter.program.Value;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Softmax, CrossEntropy and CountCorrect. */
interface LossContract extends ContractTheme {
  @ParameterizedTest(name = "[{0}, {1}], {2} replicas")
  @CsvSource({
    "1, 1, 1",
    "3, 10, 3",
    "31, 33, 1",
    "33, 32, 3",
    "128, 10, 1",
    "1000, 3, 1",
    "3, 1000, 3",
    "127, 129, 1"
  })
  default void softmax_manySizes_matchesOracle(int batch, int classes, int replicas) {
    long seed = 100L * batch + classes;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Value z = run.input("z", () -> samples.normal(batch, classes, 5));
    Value p = run.output("p", batch, classes);
    run.op(new Op.Softmax("softmax", z, p));
    run.run(batch);
    for (int replica = 0; replica < replicas; replica++) {
      run.check(p, replica, Oracle.softmax(run.in(z, replica)));
    }
  }

  @Test
  default void softmax_extremeLogits_matchesOracle() {
    OpRun run = opRun(1, 6);
    Value z = run.input("z", LossContract::extremes);
    Value p = run.output("p", 6, 4);
    run.op(new Op.Softmax("softmax", z, p));
    run.run(6);
    run.check(p, 0, Oracle.softmax(run.in(z, 0)));
  }

  /** Logits that overflow a naive exponential, and ties. */
  private static double[][] extremes() {
    return new double[][] {
      {100, -100, 100, -100},
      {-100, -100, -100, -100},
      {1000, 999, 998, -1000},
      {0, 0, 0, 0},
      {-100, 100, 99, 0.5},
      {1e-6, -1e-6, 0, 88}
    };
  }

  @ParameterizedTest(name = "{0} [{1}, {2}], {3} replicas")
  @CsvSource({
    "SOFTMAX_SPARSE, 1, 3, 1",
    "SOFTMAX_SPARSE, 32, 10, 3",
    "SOFTMAX_SPARSE, 129, 33, 1",
    "SOFTMAX_SPARSE, 1000, 3, 3",
    "SOFTMAX_SPARSE, 3, 1000, 1",
    "SOFTMAX, 1, 3, 1",
    "SOFTMAX, 33, 10, 3",
    "SOFTMAX, 127, 31, 1",
    "SOFTMAX, 1000, 3, 3",
    "SOFTMAX, 3, 1000, 1",
    "SIGMOID, 1, 1, 1",
    "SIGMOID, 32, 1, 3",
    "SIGMOID, 128, 33, 1",
    "SIGMOID, 1000, 1, 3",
    "SIGMOID, 3, 1000, 1"
  })
  default void crossEntropy_everyKind_matchesOracle(
      CrossEntropyKind kind, int batch, int columns, int replicas) {
    long seed = 100L * batch + columns;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Value z = run.input("z", () -> samples.normal(batch, columns, 3));
    Value y = run.input("y", () -> targets(kind, samples, batch, columns));
    checkCrossEntropy(run, kind, z, y);
  }

  @ParameterizedTest
  @EnumSource(CrossEntropyKind.class)
  default void crossEntropy_extremeLogitsAndTies_matchesOracle(CrossEntropyKind kind) {
    OpRun run = opRun(3, 7);
    Samples samples = new Samples(7);
    Value z = run.input("z", LossContract::extremes);
    Value y = run.input("y", () -> targets(kind, samples, 6, 4));
    checkCrossEntropy(run, kind, z, y);
  }

  @ParameterizedTest
  @EnumSource(
      value = CrossEntropyKind.class,
      names = {"SOFTMAX", "SIGMOID"})
  default void crossEntropy_softTargets_matchesOracle(CrossEntropyKind kind) {
    OpRun run = opRun(3, 8);
    Samples samples = new Samples(8);
    Value z = run.input("z", () -> samples.normal(31, 10));
    Value y = run.input("y", () -> samples.distributions(31, 10));
    checkCrossEntropy(run, kind, z, y);
  }

  private static double[][] targets(
      CrossEntropyKind kind, Samples samples, int batch, int columns) {
    return switch (kind) {
      case SOFTMAX_SPARSE -> samples.indices(batch, 1, columns);
      case SOFTMAX -> samples.oneHot(batch, columns);
      case SIGMOID -> samples.indices(batch, columns, 2);
    };
  }

  private static Accuracy accuracy(CrossEntropyKind kind) {
    return switch (kind) {
      case SOFTMAX_SPARSE -> Accuracy.SPARSE_CATEGORICAL;
      case SOFTMAX -> Accuracy.CATEGORICAL;
      case SIGMOID -> Accuracy.BINARY;
    };
  }

  /** Runs all four forms, with and without gradient and count, and compares each. */
  private void checkCrossEntropy(OpRun run, CrossEntropyKind kind, Value z, Value y) {
    int batch = z.shape().rows();
    int columns = z.shape().columns();
    Accuracy accuracy = accuracy(kind);
    Value dz = run.output("full/dz", batch, columns);
    Value loss = run.output("full/loss", 1, 1);
    Value correct = run.output("full/correct", 1, 1);
    run.op(new Op.CrossEntropy("full", kind, z, y, null, null, dz, loss, accuracy, correct));
    Value gradientDz = run.output("gradient/dz", batch, columns);
    Value gradientLoss = run.output("gradient/loss", 1, 1);
    run.op(
        new Op.CrossEntropy(
            "gradient", kind, z, y, null, null, gradientDz, gradientLoss, null, null));
    Value countLoss = run.output("count/loss", 1, 1);
    Value countCorrect = run.output("count/correct", 1, 1);
    run.op(
        new Op.CrossEntropy(
            "count", kind, z, y, null, null, null, countLoss, accuracy, countCorrect));
    Value plainLoss = run.output("plain/loss", 1, 1);
    run.op(new Op.CrossEntropy("plain", kind, z, y, null, null, null, plainLoss, null, null));
    run.run(batch);
    for (int replica = 0; replica < run.replicas(); replica++) {
      double[][] logits = run.in(z, replica);
      double[][] labels = run.in(y, replica);
      Oracle.CrossEntropyResult expected = Oracle.crossEntropy(kind, logits, labels);
      run.check(dz, replica, expected.dz());
      run.check(gradientDz, replica, expected.dz());
      for (Value value : new Value[] {loss, gradientLoss, countLoss, plainLoss}) {
        run.check(value, replica, new Approximate[][] {{expected.loss()}});
      }
      Approximate count = Oracle.countCorrect(accuracy, logits, labels, 0);
      run.check(correct, replica, new Approximate[][] {{count}});
      run.check(countCorrect, replica, new Approximate[][] {{count}});
    }
  }

  @ParameterizedTest(name = "{0} [{1}, {2}], {3} replicas")
  @CsvSource({
    "SPARSE_CATEGORICAL, 1, 3, 1",
    "SPARSE_CATEGORICAL, 33, 10, 3",
    "SPARSE_CATEGORICAL, 1000, 3, 1",
    "SPARSE_CATEGORICAL, 31, 1000, 1",
    "CATEGORICAL, 1, 3, 1",
    "CATEGORICAL, 127, 10, 3",
    "CATEGORICAL, 1000, 3, 1",
    "BINARY, 1, 1, 1",
    "BINARY, 129, 1, 3",
    "BINARY, 32, 33, 1",
    "BINARY, 1000, 3, 1"
  })
  default void countCorrect_everyKind_matchesOracle(
      Accuracy accuracy, int batch, int columns, int replicas) {
    long seed = 100L * batch + columns;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    // Quarters: many ties between columns, and many scores that equal a threshold.
    Value scores = run.input("scores", () -> quarters(samples, batch, columns));
    Value y =
        run.input(
            "y",
            () ->
                switch (accuracy) {
                  case SPARSE_CATEGORICAL -> samples.indices(batch, 1, columns);
                  case CATEGORICAL -> quarters(samples, batch, columns);
                  case BINARY -> samples.indices(batch, columns, 2);
                });
    Value half = run.output("half", 1, 1);
    Value zero = run.output("zero", 1, 1);
    run.op(new Op.CountCorrect("count at 0.5", accuracy, scores, y, null, 0.5, half));
    run.op(new Op.CountCorrect("count at 0", accuracy, scores, y, null, 0, zero));
    run.run(batch);
    for (int replica = 0; replica < replicas; replica++) {
      double[][] values = run.in(scores, replica);
      double[][] labels = run.in(y, replica);
      run.check(half, replica, count(accuracy, values, labels, 0.5));
      run.check(zero, replica, count(accuracy, values, labels, 0));
    }
  }

  private static double[][] quarters(Samples samples, int batch, int columns) {
    double[][] values = samples.indices(batch, columns, 5);
    for (double[] row : values) {
      for (int column = 0; column < columns; column++) {
        row[column] = row[column] / 4 - 0.25;
      }
    }
    return values;
  }

  private static Approximate[][] count(
      Accuracy accuracy, double[][] scores, double[][] y, double threshold) {
    return new Approximate[][] {{Oracle.countCorrect(accuracy, scores, y, threshold)}};
  }
}
