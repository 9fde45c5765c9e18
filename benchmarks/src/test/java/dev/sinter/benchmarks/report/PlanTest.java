package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.benchmarks.report.Plan.Choice;
import java.util.ArrayList;
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
    Plan plan = Plan.of(choice(BACKENDS), false, 2);
    assertThat(plan.estimateSeconds()).isBetween(60, 180);
    assertThat(plan.runs())
        .extracting(run -> run.params().get("batch").get(0))
        .contains("128", "100", "32");
    assertThat(plan.cold()).isEqualTo(BACKENDS);
  }

  @Test
  void full_withFourCores_hasEveryBatchAndThreadCount() {
    Plan.Run run = Plan.of(choice(List.of("nd4j")), true, 6).runs().get(1);
    assertThat(run.params().get("batch"))
        .containsExactly("32", "64", "100", "128", "256", "512", "1024", "2048", "4096");
    assertThat(run.params().get("threads")).containsExactly("1", "2", "4", "6");
    assertThat(run.cells()).isEqualTo(9 * 4 * 4);
    assertThat(run.parts()).hasSize(9).allSatisfy(part -> assertThat(part.cells()).isEqualTo(16));
    assertThat(Plan.of(choice(BACKENDS), true, 6).toString())
        .contains("results, about", "in all", "reference");
  }

  private static final List<String> CUDA = List.of("cuda", "cuda-cudnn", "cuda-tf32", "cuda-bf16");

  @Test
  void quick_withAGpu_isEstimatedBelowEightMinutesAndHasItsCeilings() {
    List<String> all = new ArrayList<>(CUDA);
    all.addAll(BACKENDS);
    Plan plan = Plan.of(new Choice(all, RECIPES, List.of(), List.of(1, 2)), false, 2);
    assertThat(Plan.of(choice(all), false, 2).estimateSeconds()).isBetween(180, 480);
    assertThat(plan.cold()).containsExactly("cuda", "onednn", "nd4j", "reference");
    assertThat(plan.runs())
        .filteredOn(run -> CUDA.contains(run.trainer()))
        .hasSize(CUDA.size() * RECIPES.size())
        .allSatisfy(run -> assertThat(run.params().get("threads")).containsExactly("0"))
        .allSatisfy(run -> assertThat(run.benchmarks()).contains("StepBenchmark.train"));
    assertThat(plan.runs().get(0).benchmarks())
        .contains(
            "CeilingBenchmark.gemms", "CeilingBenchmark.deviceMemory", "CeilingBenchmark.replay");
  }

  @Test
  void full_withAGpu_hasLargerBatchesAndOneThreadCount() {
    Plan plan = Plan.of(choice(List.of("cuda", "cuda-bf16", "onednn")), true, 6);
    Plan.Run cuda = plan.runs().get(0);
    assertThat(cuda.params().get("batch"))
        .containsExactly("32", "64", "128", "256", "512", "1024", "2048", "4096", "8192", "16384");
    assertThat(cuda.params().get("threads")).containsExactly("0");
    assertThat(cuda.benchmarks())
        .contains("EpochBenchmark.fit", "CeilingBenchmark.bandwidth", "CeilingBenchmark.replay");
    Plan.Run bf16 = plan.runs().get(1);
    assertThat(bf16.trainer()).isEqualTo("cuda-bf16");
    assertThat(bf16.params().get("batch")).isEqualTo(cuda.params().get("batch"));
    assertThat(bf16.benchmarks()).contains("StepBenchmark.train", "CeilingBenchmark.gemms");
    Plan.Run onednn = plan.runs().get(2);
    assertThat(onednn.params().get("batch")).contains("4096").doesNotContain("8192");
    assertThat(onednn.benchmarks()).doesNotContain("CeilingBenchmark.replay");
    assertThat(plan.toString()).contains("batch 32, 64, 128", "16384", "cuda-bf16");
  }

  @Test
  void djl_whereTheRecipeHasRmsprop_takesOthersAndOnednnToo() {
    List<Plan.Run> runs = Plan.of(choice(List.of("onednn", "djl")), false, 2).runs();
    assertThat(runs)
        .filteredOn(
            run ->
                run.params().get("recipe").contains("mnist-dense")
                    && run.params().containsKey("optimizer"))
        .extracting(Plan.Run::trainer)
        .containsExactly("onednn", "djl");
    assertThat(Plan.of(choice(List.of("onednn", "djl")), false, 2).cold())
        .containsExactly("onednn");
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

  private static Plan.Run run() {
    Map<String, List<String>> params = new LinkedHashMap<>();
    params.put("batch", List.of("32", "64"));
    return new Plan.Run("nd4j", List.of("StepBenchmark.train"), params, false);
  }

  @Test
  void time_ofAnyLength_isReadable() {
    assertThat(Plan.time(5)).isEqualTo("5 s");
    assertThat(Plan.time(170)).isEqualTo("3 min");
    assertThat(Plan.time(15_000)).isEqualTo("4 h 10 min");
  }
}
