package dev.sinter.recipes;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.Mnist;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;

/**
 * 784 - 100 (sigmoid) - 10 (softmax) in four layers, SGD, categorical cross-entropy, raw pixels
 * from 0 to 255.
 */
record MnistSigmoid(
    String name,
    String optimizer,
    Loss loss,
    int epochs,
    int batchSize,
    int labelColumns,
    ImageLayout layout)
    implements Recipe {
  private static final int CLASSES = 10;

  MnistSigmoid() {
    this(
        "mnist-sigmoid",
        "sgd",
        Loss.CATEGORICAL_CROSSENTROPY,
        100,
        100,
        CLASSES,
        ImageLayout.byRows(28, 28));
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
