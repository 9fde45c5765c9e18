package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PlanTest {
  private static final List<String> RECIPES = List.of("mnist-dense", "mnist-sigmoid", "digits01");
  private static final List<String> BACKENDS = List.of("onednn", "nd4j", "reference");
  private static final List<String> CUDA = List.of("cuda", "cuda-cudnn", "cuda-tf32", "cuda-bf16");

  private static Plan plan(List<String> trainers, boolean full) {
    return Plan.of(trainers, RECIPES, List.of(), List.of(), full);
  }

  private static List<String> batches(Plan plan, String trainer) {
    return plan.runs().stream()
        .filter(run -> run.trainer().equals(trainer))
        .filter(run -> run.params().get("recipe").equals("mnist-dense"))
        .map(run -> run.params().get("batch"))
        .toList();
  }

  @Test
  void quick_onThisBuildsBackends_takesEachRecipesOwnBatch() {
    Plan plan = plan(BACKENDS, false);
    assertThat(plan.runs())
        .extracting(run -> run.trainer() + " " + run.params().get("batch"))
        .containsExactly(
            "onednn 128",
            "nd4j 128",
            "onednn 100",
            "nd4j 100",
            "onednn 32",
            "nd4j 32",
            "reference 32");
    assertThat(plan.cold()).isEqualTo(BACKENDS);
    assertThat(plan.summary()).isEqualTo("13 results, about 3 min");
  }

  @Test
  void full_hasEveryBatchAndThreadCount() {
    Plan plan = plan(BACKENDS, true);
    assertThat(batches(plan, "nd4j"))
        .containsExactly("32", "64", "128", "256", "512", "1024", "2048", "4096");
    assertThat(plan.runs().get(0).params().get("threads")).startsWith("1");
    assertThat(plan.runs())
        .filteredOn(run -> run.trainer().equals("reference"))
        .allSatisfy(run -> assertThat(run.params()).containsEntry("threads", "1"));
  }

  @Test
  void chosenBatchesAndThreads_replaceThePlansOwn() {
    Plan plan = Plan.of(BACKENDS, List.of("digits01"), List.of(7, 9), List.of(1, 2), false);
    assertThat(plan.runs())
        .extracting(run -> run.params().get("batch") + ": " + run.params().get("threads"))
        .containsExactly("7: 1,2", "9: 1,2", "7: 1,2", "9: 1,2", "7: 0", "9: 0");
    assertThat(plan.runs().get(0).results()).isEqualTo(2);
  }

  @Test
  void quick_withAGpu_hasItsCeilings() {
    List<String> all = new ArrayList<>(CUDA);
    all.addAll(BACKENDS);
    Plan plan = Plan.of(all, RECIPES, List.of(), List.of(1, 2), false);
    assertThat(plan.cold()).containsExactly("cuda", "onednn", "nd4j", "reference");
    assertThat(plan.runs())
        .filteredOn(run -> CUDA.contains(run.trainer()))
        .hasSize(CUDA.size() * RECIPES.size())
        .allSatisfy(run -> assertThat(run.params().get("threads")).isEqualTo("0"))
        .allSatisfy(run -> assertThat(run.benchmarks()).contains("StepBenchmark.train"));
    assertThat(plan.runs().get(0).benchmarks())
        .contains(
            "CeilingBenchmark.gemms", "CeilingBenchmark.deviceMemory", "CeilingBenchmark.replay");
  }

  @Test
  void full_withAGpu_hasLargerBatches() {
    Plan plan = plan(List.of("cuda", "cuda-bf16", "onednn"), true);
    assertThat(batches(plan, "cuda")).contains("8192", "16384");
    assertThat(batches(plan, "cuda-bf16")).isEqualTo(batches(plan, "cuda"));
    assertThat(batches(plan, "onednn")).contains("4096").doesNotContain("8192");
    assertThat(plan.runs().get(0).benchmarks()).contains("CeilingBenchmark.bandwidth");
  }

  @Test
  void djl_whereTheRecipeHasRmsprop_takesOthersAndOnednnToo() {
    Plan plan = plan(List.of("onednn", "djl"), false);
    assertThat(plan.runs())
        .filteredOn(run -> run.params().containsKey("optimizer"))
        .extracting(run -> run.trainer() + " " + run.params().get("recipe"))
        .containsExactly("onednn mnist-dense", "djl mnist-dense");
    assertThat(plan.cold()).containsExactly("onednn");
    assertThat(plan.pythonArguments("mnist-dense"))
        .contains("--optimizer=default,adam,sgd", "--batch=128");
  }

  @Test
  void arguments_asARegularExpression_matchTheNamedBenchmarksAlone() {
    Plan plan = plan(List.of("nd4j"), false);
    List<String> arguments = plan.jmhArguments(plan.runs().get(1), "part.json");
    Pattern pattern = Pattern.compile(arguments.get(0));
    assertThat(pattern.matcher("dev.sinter.benchmarks.StepBenchmark.train").find()).isTrue();
    assertThat(pattern.matcher("dev.sinter.benchmarks.StepBenchmark.trainMore").find()).isFalse();
    assertThat(arguments).contains("trainer=nd4j", "batch=100", "part.json");
  }
}
