package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import dev.sinter.saving.Formats;
import dev.sinter.saving.SavedModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sinter evaluate}: models from files, on test data and on samples of the user. */
class EvaluateTest {
  @TempDir Path folder;
  private Path data;

  @BeforeEach
  void write() {
    data = TinyMnist.write(folder);
  }

  private CliRun evaluate(Path model, Object... more) {
    Object[] arguments = {"evaluate", model, "--backend", "reference"};
    return CliRun.of(
        List.of(List.of(arguments), List.of(more)).stream().flatMap(List::stream).toArray());
  }

  /**
   * Saves a network of a recipe with 8 hidden units; compiled as the recipe is if it has a note.
   */
  private Path save(String recipe, boolean compiled, String note) {
    try (Model model = Recipe.of(recipe).model(8)) {
      if (compiled) {
        model.compile(Optimizer.of("sgd"), Recipe.of(recipe).loss(), Metric.ACCURACY);
      }
      return save(model, note);
    }
  }

  private Path save(Model model, String note) {
    SavedModel saved = model.saved();
    Path file = folder.resolve("model.toy");
    Formats.model(file).write(file, note == null ? saved : saved.note("recipe", note));
    return file;
  }

  private static String result(CliRun run) {
    return run.lines().stream().filter(line -> line.startsWith("test loss ")).findFirst().get();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void trainedWeights_inAModelFile_giveTheResultOfTheTraining(String recipe) {
    Path weights = folder.resolve("w.npz");
    CliRun trained =
        CliRun.train(recipe, "--data", data, "--epochs", 2, "--save-weights", weights).succeeded();
    Map<String, Tensor> arrays = Npz.read(weights);
    Path file;
    try (Model model = Recipe.of(recipe).model(arrays)) {
      model.setNamedWeights(arrays);
      model.compile(Optimizer.of("sgd"), Recipe.of(recipe).loss());
      file = save(model, recipe);
    }
    Path json = folder.resolve("e.json");
    CliRun run = evaluate(file, "--data", data, "--json", json).succeeded();
    assertThat(result(run)).isEqualTo(result(trained));
    assertThat(run.out())
        .contains("recipe " + recipe + ", as the file says")
        .contains("model.toy: reference on plain Java, ")
        .doesNotContain("no loss");
    JsonNode results = CliRun.json(json);
    assertThat(results.fieldNames())
        .toIterable()
        .containsExactly("test_loss", "test_accuracy", "samples", "model", "recipe", "data");
    assertThat(results.path("samples").intValue()).isEqualTo(recipe.equals("digits01") ? 10 : 50);
    assertThat(results.path("model").textValue()).isEqualTo(file.toString());
    assertThat(results.path("recipe").textValue()).isEqualTo(recipe);
    assertThat(results.path("data").textValue()).isEqualTo("mnist");
    assertThat(result(run)).contains("%.4f".formatted(results.path("test_loss").doubleValue()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void run_evaluated_givesTheResultOfTheTraining(String recipe) {
    Path out = folder.resolve("R");
    CliRun trained = CliRun.train(recipe, "--data", data, "--epochs", 2, "--out", out).succeeded();
    CliRun run = evaluate(out, "--data", data).succeeded();
    assertThat(result(run)).isEqualTo(result(trained));
    assertThat(run.out())
        .contains("recipe " + recipe + ", as the file says", "model.keras: reference on ")
        .doesNotContain("no loss");
    assertThat(evaluate(out.resolve("model.keras"), "--data", data)).isEqualTo(run);
  }

  /** What a training has written is where another begins, and with which it compares. */
  @Test
  void init_ofAModel_isLikeInitOfItsWeights() {
    Path out = folder.resolve("R");
    Path kept = folder.resolve("kept.weights.h5");
    CliRun.train("mnist-dense", "--data", data, "--epochs", 1, "--out", out, "--save-weights", kept)
        .succeeded();
    Path model = out.resolve("model.keras");
    Path weights = out.resolve("weights.npz");
    String[] results =
        List.of(model, weights, kept).stream()
            .map(file -> CliRun.train("mnist-dense", "--data", data, "--epochs", 1, "--init", file))
            .map(run -> result(run.succeeded()))
            .toArray(String[]::new);
    assertThat(results[0]).isEqualTo(results[1]).isEqualTo(results[2]);
  }

  @ParameterizedTest
  @ValueSource(strings = {"w.txt", "w.keras", "w"})
  void saveWeights_inNoWeightsFormat_isRefusedBeforeTheTraining(String name) {
    CliRun.train("mnist-dense", "--data", data, "--save-weights", folder.resolve(name))
        .refused(name + ": expected a weights file: a name that ends in ", ".npz");
    assertThat(folder.resolve(name)).doesNotExist();
  }

  @Test
  void recipe_inNoNote_isTheOneThatFits() {
    CliRun dense = evaluate(save("mnist-dense", true, null), "--data", data).succeeded();
    assertThat(dense.out())
        .contains("recipe mnist-dense, whose samples have 784 features like the model's;");
    CliRun digits = evaluate(save("digits01", true, null), "--data", data).succeeded();
    assertThat(digits.out()).contains("recipe digits01, whose samples have 400 features");
    CliRun newer = evaluate(save("mnist-dense", true, "of the future"), "--data", data);
    assertThat(newer.succeeded().out()).contains("recipe mnist-dense, whose samples");
  }

  /** mnist-sigmoid does not scale, so that the results differ. */
  @Test
  void recipe_option_goesBeforeTheNote() {
    Path file = save("mnist-dense", true, "mnist-dense");
    CliRun noted = evaluate(file, "--data", data).succeeded();
    CliRun named = evaluate(file, "--data", data, "--recipe", "mnist-sigmoid").succeeded();
    assertThat(named.lines()).contains("recipe mnist-sigmoid");
    assertThat(result(named)).isNotEqualTo(result(noted));
    evaluate(file, "--recipe", "mnist").refused("recipe: expected one of mnist-dense, ");
    evaluate(file, "--data", data, "--recipe", "digits01")
        .refused("model.toy: expected a model with as many input features", "400 (digits01)");
  }

  /** A network of mnist-dense that wants one-hot rows, as many of other tools do. */
  @Test
  void labels_areAsTheLossWantsThem() {
    try (Model model = Recipe.of("mnist-dense").model(8)) {
      model.compile(Optimizer.of("sgd"), Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
      Path file = save(model, null);
      String sparse = result(evaluate(file, "--data", data).succeeded());
      evaluate(file, "--data", data, "--recipe", "mnist-sigmoid").succeeded();
      model.compile(Optimizer.of("sgd"), Loss.CATEGORICAL_CROSSENTROPY);
      assertThat(result(evaluate(save(model, null), "--data", data).succeeded())).isEqualTo(sparse);
    }
  }

  @Test
  void loss_inNoFile_isTheRecipes() {
    CliRun run = evaluate(save("mnist-dense", false, "mnist-dense"), "--data", data).succeeded();
    assertThat(run.lines())
        .contains("the file says no loss: sparse_categorical_crossentropy is the recipe's");
    assertThat(result(run))
        .isEqualTo(result(evaluate(save("mnist-dense", true, "mnist-dense"), "--data", data)));
  }

  @Test
  void limit_takesTheFirstTestSamples() {
    Path json = folder.resolve("e.json");
    evaluate(save("mnist-dense", true, null), "--data", data, "--limit", 7, "--json", json)
        .succeeded();
    assertThat(CliRun.json(json).path("samples").intValue()).isEqualTo(7);
    evaluate(save("digits01", true, null), "--data", data, "--limit", 4, "--json", json)
        .succeeded();
    assertThat(CliRun.json(json).path("samples").intValue()).isEqualTo(4);
  }

  @Test
  void ownSamples_ofAnyWidth_areTested() {
    Path x = TinyMnist.npy(folder.resolve("X.npy"), TinyMnist.samples(30, 6), 30, 6);
    Path y = TinyMnist.npy(folder.resolve("y.npy"), TinyMnist.classes(30, 3), 30);
    Path json = folder.resolve("e.json");
    try (Model model = Sequential.of(new Input(6), new Dense(3).softmax())) {
      Path bare = save(model, null);
      evaluate(bare, "--x", x, "--y", y).refused("model.toy: expected a model that is compiled");
      evaluate(bare, "--x", x, "--y", y, "--recipe", "mnist-dense").succeeded();
      model.compile(Optimizer.of("sgd"), Loss.CATEGORICAL_CROSSENTROPY);
      Path file = save(model, null);
      CliRun run = evaluate(file, "--x", x, "--y", y, "--json", json).succeeded();
      assertThat(run.out()).contains("data: " + x, "no recipe has samples of 6 features");
      assertThat(CliRun.json(json).path("samples").intValue()).isEqualTo(30);
      assertThat(CliRun.json(json).path("recipe").isNull()).isTrue();
      evaluate(file, "--data", data)
          .refused(
              "expected a model with as many input features as the samples of a recipe: 784",
              "received 6. Test it on your own samples, with --x and --y.");
    }
  }

  @Test
  void model_thatIsNone_isRefused() throws IOException {
    evaluate(folder.resolve("none.toy")).refused("none.toy: expected ", "no such file");
    evaluate(folder.resolve("model.pt")).refused("model.pt: expected a model file: ", ".toy");
    evaluate(folder.resolve("w.npz")).refused("w.npz: expected a model file", "weights alone");
    Path damaged = Files.write(folder.resolve("damaged.toy"), new byte[] {1, 2, 3});
    evaluate(damaged).refused("damaged.toy", "intact zip archive");
    evaluate(data).refused("expected a model file, or the folder of a run", "without it. Name");
    Path json = folder.resolve("none/e.json");
    evaluate(damaged, "--json", json).refused("e.json: expected an existing folder");
  }
}
