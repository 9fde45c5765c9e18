package dev.sinter.recipes;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.Mnist;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;

/** 784 - 512 (relu) - 10 (softmax), RMSprop, sparse categorical cross-entropy, MNIST / 255. */
record MnistDense(
    String name,
    String optimizer,
    Loss loss,
    int epochs,
    int batchSize,
    int labelColumns,
    ImageLayout layout)
    implements Recipe {
  MnistDense() {
    this(
        "mnist-dense",
        "rmsprop",
        Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
        5,
        128,
        1,
        ImageLayout.byRows(28, 28));
  }

  @Override
  public Model model(int hidden) {
    return Sequential.of(
        new Input(784), new Dense(hidden > 0 ? hidden : 512).relu(), new Dense(10).softmax());
  }

  @Override
  public RecipeData fromMnist(Mnist mnist, int limit) {
    Dataset train = prepared(mnist.train());
    return new RecipeData(
        UserArrays.limited(train, limit), mnist.test().like(train), mnist.source(), mnist.note());
  }

  @Override
  public Dataset fromImages(Tensor images) {
    return prepared(Dataset.of(images));
  }

  private static Dataset prepared(Dataset images) {
    return images.flatten().scale(1 / 255f);
  }

  @Override
  public Dataset fromArrays(Dataset samples, int limit) {
    return UserArrays.limited(UserArrays.scaled(samples), limit);
  }
}
