package dev.sinter.recipes;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.ImageLayout;
import dev.sinter.data.Mnist;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;

/**
 * 784 - 100 (sigmoid) - 10 (softmax) in four layers, SGD, categorical cross-entropy, raw pixels
 * from 0 to 255.
 */
final class MnistSigmoid implements Recipe {
  private static final int CLASSES = 10;

  @Override
  public String name() {
    return "mnist-sigmoid";
  }

  @Override
  public Model model(int hidden) {
    return Sequential.of(
        new Input(784),
        new Dense(hidden > 0 ? hidden : 100),
        new Activation("sigmoid"),
        new Dense(CLASSES),
        new Activation("softmax"));
  }

  @Override
  public String optimizer() {
    return "sgd";
  }

  @Override
  public Loss loss() {
    return Loss.CATEGORICAL_CROSSENTROPY;
  }

  @Override
  public int epochs() {
    return 100;
  }

  @Override
  public int batchSize() {
    return 100;
  }

  @Override
  public int labelColumns() {
    return CLASSES;
  }

  @Override
  public ImageLayout layout() {
    return ImageLayout.byRows(28, 28);
  }

  @Override
  public RecipeData fromMnist(Mnist mnist, int limit) {
    Dataset train = mnist.train().flatten().toCategorical(CLASSES);
    Dataset test = mnist.test().toCategorical(CLASSES).like(train);
    return new RecipeData(UserArrays.limited(train, limit), test, mnist.source(), mnist.note());
  }

  @Override
  public Dataset fromImages(Tensor images) {
    return Dataset.of(images).flatten();
  }

  @Override
  public Dataset fromArrays(Dataset samples, int limit) {
    boolean indices = samples.sourceLabels().rowSize() == 1;
    return UserArrays.limited(indices ? samples.toCategorical(CLASSES) : samples, limit);
  }
}
