package dev.sinter.recipes;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.Mnist;
import dev.sinter.errors.KnownNames;
import dev.sinter.optimizers.Optimizer;
import java.util.List;
import java.util.Map;

/** A network that Sinter trains by name: data, layers, optimizer, loss and training parameters. */
public interface Recipe extends Task {
  /** All recipes, in listing order. */
  List<Recipe> ALL =
      List.of(new MnistDense(), new MnistSigmoid(), new Digits01Recipe(), new MnistConvnet());

  @Override
  default Model model(Map<String, Tensor> weights) {
    Tensor kernel = weights.get("dense/kernel");
    return model(kernel == null || kernel.rank() != 2 ? 0 : kernel.dimension(1));
  }

  /** Returns the Keras name of the optimizer. */
  String optimizer();

  @Override
  default Optimizer defaultOptimizer() {
    return Optimizer.of(optimizer());
  }

  @Override
  default Fit fit(int number) {
    return Fit.epochs(number).batchSize(batchSize());
  }

  /** Returns the batch size. */
  int batchSize();

  /** Returns the number of label columns that {@link #loss} expects. */
  int labelColumns();

  /**
   * Returns whether an epoch takes the reference backend hours: measured only where it is named.
   */
  default boolean isLarge() {
    return false;
  }

  /**
   * Prepares MNIST, or digits like it: train and test; a limit above 0 shortens the training set.
   */
  RecipeData fromMnist(Mnist mnist, int limit);

  /** Prepares MNIST images, uint8 [N, 28, 28], as input of this network, without labels. */
  Dataset fromImages(Tensor images);

  /** Prepares samples of the user as input of this network. */
  Dataset fromArrays(Dataset samples, int limit);

  /** Returns the first prepared samples; every class has its part, where the samples are sorted. */
  default Dataset first(Dataset prepared, int count) {
    return prepared.take(count);
  }

  /** Finds the data: the arrays of the user if given, else MNIST. */
  @Override
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

  /** Returns a recipe by name. */
  static Recipe of(String name) {
    return KnownNames.of("recipe", ALL, Recipe::name).get(name);
  }
}
