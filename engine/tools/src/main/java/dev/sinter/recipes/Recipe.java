package dev.sinter.recipes;

import dev.sinter.Model;
import dev.sinter.data.Dataset;
import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.Mnist;
import dev.sinter.errors.KnownNames;
import dev.sinter.losses.Loss;
import java.util.List;
import java.util.Map;

/**
 * One of the networks that Sinter trains by name: data, layers, optimizer, loss and the numbers of
 * its text.
 */
public interface Recipe {
  /** All recipes, in the order in which they are listed. */
  List<Recipe> ALL = List.of(new MnistDense(), new MnistSigmoid(), new Digits01Recipe());

  /** Returns the name on the command line. */
  String name();

  /**
   * Creates the model, not compiled.
   *
   * @param hidden units of the first layer; 0 for the recipe's own
   */
  Model model(int hidden);

  /** Creates a model as wide as trained weights, by Keras's names, are; it does not take them. */
  default Model model(Map<String, Tensor> weights) {
    Tensor kernel = weights.get("dense/kernel");
    return model(kernel == null || kernel.rank() != 2 ? 0 : kernel.dimension(1));
  }

  /** Returns Keras's name of the recipe's optimizer. */
  String optimizer();

  /** Returns the loss. */
  Loss loss();

  /** Returns the recipe's number of epochs. */
  int epochs();

  /** Returns the recipe's batch size. */
  int batchSize();

  /** Returns the number of label columns that {@link #loss} takes. */
  int labelColumns();

  /** Returns how a sample's features are a picture. */
  ImageLayout layout();

  /**
   * Prepares MNIST, or digits made like it: train and test, the training part cut to a limit if it
   * is above 0.
   */
  RecipeData fromMnist(Mnist mnist, int limit);

  /**
   * Prepares pictures as MNIST has them, uint8 [N, 28, 28], as this recipe's network takes them;
   * without labels.
   */
  Dataset fromImages(Tensor images);

  /** Prepares the user's own samples as this recipe's network takes them. */
  Dataset fromArrays(Dataset samples, int limit);

  /** Finds the data: the user's arrays where given, else MNIST. */
  default RecipeData data(DataChoice choice) {
    if (choice.x() == null) {
      return fromMnist(Mnist.load(choice.mnist()), choice.limit());
    }
    Dataset train = fromArrays(UserArrays.read(choice.x(), choice.y()), choice.limit());
    return new RecipeData(train, null, "npy", "data: " + choice.x() + " and " + choice.y());
  }

  /** Returns the names of all recipes. */
  static List<String> names() {
    return ALL.stream().map(Recipe::name).toList();
  }

  /** Returns the recipe with a name. */
  static Recipe of(String name) {
    return KnownNames.of("recipe", ALL, Recipe::name).get(name);
  }
}
