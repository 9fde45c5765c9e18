package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.benchmarks.report.JmhRun.Effort;
import dev.sinter.benchmarks.report.Plan.Choice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final List<String> RECIPES = List.of("mnist-dense", "mnist-sigmoid", "digits01");
  private static final List<String> BACKENDS = List.of("onednn", "nd4j", "reference");

  private static Choice choice(List<String> trainers) {
    return new Choice(trainers, RECIPES, List.of(), List.of());
  }

  @Test
  void quick_onThisBuildsBackends_isEstimatedBelowThreeMinutes() {
    Plan plan = Plan.quick(choice(BACKENDS));
    assertThat(plan.estimateSeconds()).isBetween(60, 180);
    assertThat(plan.runs())
        .extracting(run -> run.params().get("batch").get(0))
        .contains("128", "100", "32");
    assertThat(plan.cold()).isEqualTo(BACKENDS);
  }

  @Test
  void full_withFourCores_hasEveryBatchAndThreadCount() {
    JmhRun run = Plan.full(choice(List.of("nd4j")), 6).runs().get(1);
    assertThat(run.params().get("batch"))
        .containsExactly("32", "64", "100", "128", "256", "512", "1024", "2048", "4096");
    assertThat(run.params().get("threads")).containsExactly("1", "2", "4", "6");
    assertThat(run.cells()).isEqualTo(9 * 4 * 4);
    assertThat(run.parts()).hasSize(9).allSatisfy(part -> assertThat(part.cells()).isEqualTo(16));
    assertThat(Plan.full(choice(BACKENDS), 6).toString())
        .contains("results, about", "in all", "reference");
  }

  @Test
  void djl_whereTheRecipeHasRmsprop_takesOthersAndOnednnToo() {
    List<JmhRun> runs = Plan.quick(choice(List.of("onednn", "djl"))).runs();
    assertThat(runs)
        .filteredOn(
            run ->
                run.params().get("recipe").contains("mnist-dense")
                    && run.params().containsKey("optimizer"))
        .extracting(JmhRun::trainer)
        .containsExactly("onednn", "djl");
    assertThat(Plan.quick(choice(List.of("onednn", "djl"))).cold()).containsExactly("onednn");
  }

  @Test
  void arguments_asARegularExpression_matchTheNamedBenchmarksAlone() {
    Pattern pattern = Pattern.compile(run().arguments().get(0));
    assertThat(pattern.matcher("dev.sinter.benchmarks.StepBenchmark.train").find()).isTrue();
    assertThat(pattern.matcher("dev.sinter.benchmarks.StepBenchmark.trainMore").find()).isFalse();
    assertThat(run().arguments()).contains("trainer=nd4j", "batch=32,64", "1s");
  }

  @Test
  void missing_whatJmhLeftOut_isNamed() {
    List<JsonNode> entries =
        List.of(
            Results.step("nd4j", "mnist-dense", 32, 1),
            Results.step("onednn", "mnist-dense", 64, 1));
    assertThat(run().missing(entries)).containsExactly("step.train {batch=64}, nd4j");
  }

  private static JmhRun run() {
    Map<String, List<String>> params = new LinkedHashMap<>();
    params.put("batch", List.of("32", "64"));
    return new JmhRun("nd4j", List.of("StepBenchmark.train"), params, new Effort(1, 1, 2, 1));
  }

  @Test
  void time_ofAnyLength_isReadable() {
    assertThat(Plan.time(5)).isEqualTo("5 s");
    assertThat(Plan.time(170)).isEqualTo("3 min");
    assertThat(Plan.time(15_000)).isEqualTo("4 h 10 min");
  }
}
