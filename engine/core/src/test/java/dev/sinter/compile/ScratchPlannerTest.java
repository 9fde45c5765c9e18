package dev.sinter.compile;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;
import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Model;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.ScratchPlan;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import dev.sinter.testkit.MnistNetworks;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScratchPlannerTest {
  private static final Fusion EVERYTHING = (candidate, state, resultSize) -> true;

  private static Stream<Arguments> networks() {
    Model relu = MnistNetworks.of("mnist-dense");
    Model sigmoid = MnistNetworks.of("mnist-sigmoid");
    Model binary = MnistNetworks.of("digits01");
    relu.compile("rmsprop", "sparse_categorical_crossentropy", "accuracy");
    sigmoid.compile("sgd", "sparse_categorical_crossentropy", "accuracy");
    binary.compile("adam", "binary_crossentropy", "accuracy");
    return Stream.of(
        Arguments.of(relu, 128, Fusion.NONE),
        Arguments.of(relu, 7, EVERYTHING),
        Arguments.of(sigmoid, 100, Fusion.NONE),
        Arguments.of(sigmoid, 1, EVERYTHING),
        Arguments.of(binary, 32, Fusion.NONE),
        Arguments.of(binary, 32, EVERYTHING));
  }

  @ParameterizedTest(name = "{index}, batch {1}")
  @MethodSource("networks")
  void plan_networks_keepsApartWhatLivesTogether(Model model, int batch, Fusion fusion) {
    Program program = model.trainingProgram(batch, 1, fusion);
    check(program.name(), program.ops(), program.results(), 1, program.scratch());
  }

  @Test
  void plan_reshapedValue_sharesMemoryUntilBothAreRead() {
    Value images = temporary("images", 4, 64);
    Value pixels = temporary("pixels", 16, 16);
    Value other = temporary("other", 4, 64);
    Value result = temporary("result", 16, 16);
    List<Op> ops =
        List.of(
            new Op.Elementwise("images", constant(1), List.of(), images),
            new Op.Reshape("reshape", images, pixels),
            new Op.Elementwise("other", constant(2), List.of(), other),
            new Op.Elementwise("result", input(0), List.of(pixels), result));
    Map<Value, Integer> places = ScratchPlanner.plan(ops, List.of(result), 1).offsets();
    assertThat(places.get(pixels)).isEqualTo(places.get(images));
    assertThat(places.get(other)).isNotEqualTo(places.get(images));
    assertThat(places.get(result)).isNotEqualTo(places.get(images));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void plan_randomOperations_keepsApartWhatLivesTogether(int replicas) {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      List<Value> values = new ArrayList<>();
      List<Op> ops = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Value output = temporary("v" + i, 1 + random.nextInt(12), 1 + random.nextInt(40));
        ops.add(new Op.Elementwise("op" + i, input(0), operands(values, output, random), output));
        values.add(output);
      }
      List<Value> results = values.stream().filter(value -> random.nextInt(6) == 0).toList();
      ScratchPlan plan = ScratchPlanner.plan(ops, results, replicas);
      check("seed " + seed, ops, results, replicas, plan);
    }
  }

  /** Returns some matching values and a parameter. */
  private static List<Value> operands(List<Value> values, Value output, Random random) {
    List<Value> operands = new ArrayList<>();
    operands.add(new Value("p", Value.Kind.PARAMETER, Shape.SCALAR));
    List<Value> known = new ArrayList<>(values);
    Collections.shuffle(known, random);
    known.stream()
        .filter(value -> value.shape().broadcastsTo(output.shape()))
        .limit(2)
        .forEach(operands::add);
    return operands;
  }

  @Test
  void plan_chain_usesTwoPlacesInTurn() {
    List<Value> values = new ArrayList<>(List.of(temporary("v0", 8, 8)));
    List<Op> ops = new ArrayList<>(List.of(new Op.Gather("gather", values.get(0), null)));
    for (int i = 1; i < 6; i++) {
      values.add(temporary("v" + i, 8, 8));
      ops.add(new Op.Softmax("softmax" + i, values.get(i - 1), values.get(i)));
    }
    ScratchPlan plan = ScratchPlanner.plan(ops, List.of(), 2);
    assertThat(plan.size()).isEqualTo(2 * 2 * 64);
    assertThat(plan.offsets().values()).containsExactly(0, 128, 0, 128, 0, 128);
    ScratchPlan kept = ScratchPlanner.plan(ops, values, 2);
    assertThat(kept.size()).as("all are results").isEqualTo(6 * 2 * 64);
  }

  @Test
  void plan_noTemporaries_isEmpty() {
    assertThat(ScratchPlanner.plan(List.of(), List.of(), 1).size()).isZero();
  }

  /** Steps through the operations; all values alive at an operation must have separate places. */
  private static void check(
      String what, List<Op> ops, List<Value> results, int replicas, ScratchPlan plan) {
    List<Value> all = ops.stream().flatMap(op -> temporaries(op).stream()).distinct().toList();
    assertThat(plan.offsets().keySet()).as(what).containsExactlyInAnyOrderElementsOf(all);
    int sum = 0;
    for (Value value : all) {
      int offset = plan.offsets().get(value);
      assertThat(offset % Shape.ALIGNMENT_FLOATS).as("%s, alignment of %s", what, value).isZero();
      assertThat(offset).as("%s, %s", what, value).isNotNegative();
      sum += replicas * value.shape().replicaStride();
    }
    assertThat(plan.size()).as("%s, size of the arena", what).isLessThanOrEqualTo(sum);
    for (int i = 0; i <= ops.size(); i++) {
      int free = 0;
      List<Value> alive = alive(ops, results, i);
      alive.sort(Comparator.comparing(plan.offsets()::get));
      for (Value value : alive) {
        int offset = plan.offsets().get(value);
        assertThat(offset).as("%s, operation %d, %s", what, i, value).isGreaterThanOrEqualTo(free);
        free = offset + replicas * value.shape().replicaStride();
      }
      assertThat(free).as("%s, operation %d", what, i).isLessThanOrEqualTo(plan.size());
    }
  }

  /** Returns the values written up to an operation and read, held or returned from there on. */
  private static List<Value> alive(List<Op> ops, List<Value> results, int at) {
    List<Value> written = new ArrayList<>();
    ops.subList(0, Math.min(at + 1, ops.size())).forEach(op -> written.addAll(op.outputs()));
    List<Value> used = new ArrayList<>(results);
    ops.subList(at, ops.size()).forEach(op -> used.addAll(temporaries(op)));
    written.retainAll(used);
    written.removeIf(value -> value.kind().isState());
    return written;
  }

  private static List<Value> temporaries(Op op) {
    List<Value> values = new ArrayList<>(op.outputs());
    values.addAll(op.inputs());
    values.addAll(op.held());
    values.removeIf(value -> value.kind().isState());
    return values;
  }
}
