package dev.sinter.cli;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code sinter data RECIPE}: shapes, types, first labels and first sample, in the format of the
 * texts behind the recipes.
 */
@Command(
    name = "data",
    description = "Shows the training data of a recipe: shapes, types, labels, the first sample.",
    sortOptions = false)
final class DataCommand extends Subcommand {
  @Parameters(
      paramLabel = "RECIPE",
      description = "mnist-dense, mnist-sigmoid, digits01 or mnist-convnet.")
  private String recipeName;

  @Mixin private DataOptions dataOptions;

  @Override
  void run() {
    PrintWriter out = out();
    Recipe recipe = Recipe.of(recipeName);
    RecipeData data = recipe.data(dataOptions.choice());
    out.println(data.note());
    show(out, "train", data.train());
    if (data.test() != null) {
      show(out, "test", data.test());
    }
    Dataset first = data.train().take(1);
    out.println("first sample, label " + label(first.y(), 0) + ":");
    out.print(sample(first.source().rows(first.firstRow(), first.firstRow() + 1)));
  }

  private static void show(PrintWriter out, String name, Dataset data) {
    int[] shape = data.source().shape();
    shape[0] = data.size();
    Tensor labels = data.y();
    out.println(name + " x " + tuple(shape) + " " + data.source().type());
    out.println(name + " y " + tuple(labels.shape()) + " " + labels.type() + " " + ends(labels));
  }

  private static String tuple(int[] shape) {
    String inside = Arrays.toString(shape).replaceAll("[\\[\\]]", "");
    return "(" + inside + (shape.length == 1 ? ",)" : ")");
  }

  /** Returns the first and the last three labels; one-hot rows appear as their class. */
  private static String ends(Tensor labels) {
    int count = labels.dimension(0);
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < count; i++) {
      if (i == 3 && count > 6) {
        text.append(" ...");
        i = count - 3;
      }
      text.append(i == 0 ? "" : " ").append(label(labels, i));
    }
    return text.append("]").toString();
  }

  /** Returns the class of a row of labels, which is an index or one-hot. */
  static int label(Tensor labels, int row) {
    return labels.rowSize() == 1 ? (int) labels.get(row) : labels.argmax(row);
  }

  /** Formats an image row by row, or a vector with eight values per line. */
  private static String sample(Tensor x) {
    boolean image = x.rank() == 3;
    int columns = image ? x.dimension(2) : 8;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < x.size(); i++) {
      String format = x.type() == Tensor.Type.UINT8 ? "%4.0f" : "%16.8e";
      text.append(String.format(Locale.ROOT, format, x.get(i)));
      if ((i + 1) % columns == 0 || i + 1 == x.size()) {
        text.append(System.lineSeparator());
      }
    }
    return text.toString();
  }
}
