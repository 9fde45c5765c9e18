package dev.sinter.cuda.check;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Precision;
import dev.sinter.cuda.CudaOptions;
import dev.sinter.data.Dataset;
import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.errors.InputException;
import dev.sinter.errors.SinterException;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Times trainings through {@code fit}, whole epochs with their shuffle, and prints a line of JSON
 * each. The loss has to fall before anything is timed.
 */
public final class Speed {
  private static final int WARM_UP_EPOCHS = 3;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /**
   * One training.
   *
   * @param recipe such as mnist-dense
   * @param batch samples a step
   * @param precision float32, tf32 or bf16
   * @param ops fused or cudnn
   */
  record Work(String recipe, int batch, String precision, String ops) {
    /** Reads mnist-dense:128:float32:fused. */
    static Work parse(String text) {
      String[] parts = text.split(":");
      return new Work(parts[0], Integer.parseInt(parts[1]), parts[2], parts[3]);
    }

    @Override
    public String toString() {
      return recipe + ":" + batch + ":" + precision + ":" + ops;
    }
  }

  private Speed() {}

  /**
   * Measures.
   *
   * @param arguments the backend, seconds for each training, at most so many samples (0: all), the
   *     folder that holds mnist/ or nothing for generated digits, trainings
   */
  public static void main(String[] arguments) throws Exception {
    double seconds = Double.parseDouble(arguments[1]);
    int limit = Integer.parseInt(arguments[2]);
    MnistOptions options = MnistOptions.defaults().offline(true);
    Mnist mnist =
        Mnist.load(
            arguments[3].isEmpty()
                ? options.generated(true)
                : options.dataDir(Path.of(arguments[3])));
    for (String argument : List.of(arguments).subList(4, arguments.length)) {
      Work work = Work.parse(argument);
      ObjectNode line = MAPPER.createObjectNode();
      line.put("work", work.toString());
      try {
        measure(arguments[0], work, seconds, limit, mnist, line);
      } catch (RuntimeException | LinkageError e) { // one measurement; the others go on
        line.put("error", e instanceof SinterException ? e.getMessage() : e.toString());
        line.put("refused", e instanceof InputException);
      }
      System.out.println(MAPPER.writeValueAsString(line));
    }
  }

  private static void measure(
      String backend, Work work, double seconds, int limit, Mnist mnist, ObjectNode line) {
    Recipe recipe = Recipe.of(work.recipe());
    Dataset train = recipe.fromMnist(mnist, limit).train();
    try (Model model = recipe.model(0)) {
      BackendOptions options = BackendOptions.DEFAULT.precision(Precision.of(work.precision()));
      boolean fused = work.ops().equals(CudaOptions.FUSED); // the default, which only cuda knows
      model.backend(backend, fused ? options : options.option(CudaOptions.OPS, work.ops()));
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      Fit fit = Fit.epochs(WARM_UP_EPOCHS).batchSize(work.batch()).verbose(0);
      List<Double> losses = model.fit(train, fit).get("loss");
      double first = losses.get(0);
      double last = losses.get(losses.size() - 1);
      List<Double> rates = new ArrayList<>();
      long end = System.nanoTime() + (long) (seconds * 1e9);
      do {
        History history = model.fit(train, fit);
        history.epochSeconds().forEach(time -> rates.add(train.size() / time));
      } while (System.nanoTime() < end);
      rates.sort(null);
      line.put("device", model.openBackend().device());
      line.put("samples", train.size());
      line.put("epochs", rates.size());
      line.put("first_loss", first);
      line.put("last_loss", last);
      if (!(last < first)) {
        line.put("error", "expected the loss to fall, received " + last + " after " + first);
        return;
      }
      line.put("median", rates.get(rates.size() / 2));
      line.put("lowest", rates.get(0));
      line.put("highest", rates.get(rates.size() - 1));
      Map<String, String> choices = new TreeMap<>(model.openBackend().choices());
      line.set("choices", MAPPER.valueToTree(choices));
    }
  }
}
