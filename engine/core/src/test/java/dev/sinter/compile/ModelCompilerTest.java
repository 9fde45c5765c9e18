package dev.sinter.compile;

import static dev.sinter.compile.Rules.activation;
import static dev.sinter.compile.Rules.dense;
import static dev.sinter.compile.Rules.labels;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adam;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.ProgramPrinter;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModelCompilerTest {
  private static final int BATCH = 6;
  private static final Graph EMPTY = new Graph(Features.of(4), List.of());
  private static final Graph GRAPH =
      Graph.path(
          Features.of(4),
          List.of("dense", "dense_1"),
          List.of(new Dense(5).relu().rules(), new Dense(3).softmax().rules()));
  private static final ModelCompiler COMPILER = compiler(GRAPH, false);

  private static ModelCompiler compiler(Graph graph, boolean weighted) {
    Objective objective =
        new Objective(
            new Adam().rule(),
            Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
            List.of(Metric.ACCURACY, Metric.SPARSE_CATEGORICAL_ACCURACY),
            weighted);
    return new ModelCompiler(graph, objective, 2);
  }

  private static List<String> names(List<Value> values) {
    return values.stream().map(Value::toString).toList();
  }

  @Test
  void train_twoLayers_hasEachOperationInOrder() {
    Program train = COMPILER.train(BATCH, 1);
    assertThat(labels(train.ops()))
        .containsExactly(
            "gather",
            "dense/forward",
            "dense_1/forward",
            "loss",
            "count",
            "dense_1/grad-weights",
            "dense_1/grad-input",
            "dense/grad-weights",
            "update");
    assertThat(names(train.results()))
        .containsExactly("loss [1, 1]", "correct [1, 1]", "correct_1 [1, 1]");
    assertThat(train.rule()).isEqualTo(new Adam().rule());
    assertThat(train.resultSize()).as("of 2 replicas").isEqualTo(6);
  }

  @Test
  void gradientsThenApply_operations_areThoseOfTrain() {
    List<Op> both = new ArrayList<>(COMPILER.gradients(BATCH, 1).ops());
    both.addAll(COMPILER.apply().ops());
    assertThat(both).isEqualTo(COMPILER.train(BATCH, 1).ops());
    assertThat(COMPILER.gradients(BATCH, 1).results())
        .isEqualTo(COMPILER.train(BATCH, 1).results());
    assertThat(COMPILER.gradients(BATCH, 1).rule()).isNull();
    assertThat(COMPILER.apply().results()).isEmpty();
    assertThat(COMPILER.apply().scratch().size()).isZero();
  }

  @Test
  void evaluate_twoLayers_endsWithLossAndCounts() {
    Program evaluate = COMPILER.evaluate(BATCH, 1);
    assertThat(labels(evaluate.ops()))
        .containsExactly("gather", "dense/forward", "dense_1/forward", "loss", "count");
    assertThat(((Op.CrossEntropy) Rules.op(evaluate.ops(), "loss")).dz()).isNull();
    assertThat(evaluate.results()).isEqualTo(COMPILER.train(BATCH, 1).results());
  }

  @Test
  void predict_twoLayers_appliesTheLastActivationAndNeedsNoObjective() {
    Program predict = new ModelCompiler(GRAPH, null, 2).predict(BATCH);
    assertThat(labels(predict.ops()))
        .containsExactly("gather", "dense/forward", "dense_1/forward", "dense_1/forward_1");
    assertThat(predict.ops().get(3)).isInstanceOf(Op.Softmax.class);
    assertThat(predict.ops().get(0).outputs()).as("no labels").hasSize(1);
    assertThat(names(predict.results())).containsExactly("dense_1/output [6, 3]");
  }

  @Test
  void programs_ofOneCompiler_shareTheirState() {
    assertThat(
            Stream.of(
                COMPILER.train(1, 1),
                COMPILER.gradients(2, 1),
                COMPILER.apply(),
                COMPILER.evaluate(3, 1),
                COMPILER.predict(4)))
        .allMatch(program -> program.state() == COMPILER.state())
        .extracting(program -> ProgramPrinter.print(program).lines().findFirst().orElseThrow())
        .allMatch(line -> line.contains("replicas 2"))
        .extracting(line -> line.substring(0, line.indexOf(',')))
        .containsExactly(
            "program train[1]: batch 1",
            "program gradients[2]: batch 2",
            "program apply[1]: batch 1",
            "program evaluate[3]: batch 3",
            "program predict[4]: batch 4");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void gather_weightedOrNot_fetchesWeightAndCount(boolean weighted) {
    Program train = compiler(GRAPH, weighted).train(BATCH, 1);
    assertThat(names(train.ops().get(0).outputs()))
        .containsSubsequence("x [6, 4]", "y [6, 1]")
        .hasSize(weighted ? 4 : 2);
    assertThat(Rules.op(train.ops(), "loss").inputs()).hasSize(weighted ? 4 : 2);
    assertThat(Rules.op(train.ops(), "count").inputs()).as("metrics do not weigh").hasSize(2);
  }

  @Test
  void train_nothingToTrainOrNoUse_isRefusedByName() {
    Graph none = EMPTY.with("bend", activation("softmax"), Graph.INPUT);
    assertThatThrownBy(() -> compiler(none, false).train(BATCH, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("model: expected at least one layer with weights");
    assertThat(labels(compiler(none, false).evaluate(BATCH, 1).ops()))
        .containsExactly("gather", "loss", "count");
    Graph unread =
        EMPTY
            .with("stem", dense(3), Graph.INPUT)
            .with("unread", dense(3), Graph.INPUT)
            .with("last", activation("softmax"), 0);
    assertThatThrownBy(() -> compiler(unread, false).gradients(BATCH, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "layer unread: expected a path from its output to the output of the model");
    assertThatThrownBy(() -> COMPILER.train(BATCH, 3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("layer dense_1, sparse_categorical_crossentropy");
  }
}
