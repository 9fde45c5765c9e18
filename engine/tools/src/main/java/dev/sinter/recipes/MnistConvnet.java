package dev.sinter.recipes;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.Mnist;
import dev.sinter.layers.Conv2D;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Dropout;
import dev.sinter.layers.Flatten;
import dev.sinter.layers.Input;
import dev.sinter.layers.MaxPooling2D;
import dev.sinter.losses.Loss;
import java.util.Map;

/**
 * Two convolutions with poolings, 32 and 64 filters of 3 x 3, Dropout and Dense(10): Keras's
 * mnist_convnet. Adam, categorical cross-entropy, MNIST / 255, the last tenth of it held out.
 */
record MnistConvnet(
    String name,
    String optimizer,
    Loss loss,
    int epochs,
    int batchSize,
    int labelColumns,
    ImageLayout layout)
    implements Recipe {
  private static final int CLASSES = 10;

  MnistConvnet() {
    this(
        "mnist-convnet",
        "adam",
        Loss.CATEGORICAL_CROSSENTROPY,
        12,
        128,
        CLASSES,
        ImageLayout.byRows(28, 28));
  }

  @Override
  public Fit fit(int number) {
    return Recipe.super.fit(number).validationSplit(0.1);
  }

  @Override
  public boolean isLarge() {
    return true;
  }

  @Override
  public Model model(int hidden) {
    return Sequential.of(
        new Input(28, 28, 1),
        new Conv2D(hidden > 0 ? hidden : 32, 3).relu(),
        new MaxPooling2D(2),
        new Conv2D(64, 3).relu(),
        new MaxPooling2D(2),
        new Flatten(),
        new Dropout(0.5),
        new Dense(CLASSES).softmax());
  }

  @Override
  public Model model(Map<String, Tensor> weights) {
    Tensor kernel = weights.get("conv2d/kernel");
    return model(kernel == null || kernel.rank() != 4 ? 0 : kernel.dimension(3));
  }

  @Override
  public RecipeData fromMnist(Mnist mnist, int limit) {
    Dataset train = prepared(mnist.train().toCategorical(CLASSES));
    Dataset test = mnist.test().toCategorical(CLASSES).like(train);
    return new RecipeData(UserArrays.limited(train, limit), test, mnist.source(), mnist.note());
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
    boolean indices = samples.sourceLabels().rowSize() == 1;
    Dataset labelled = indices ? samples.toCategorical(CLASSES) : samples;
    return UserArrays.limited(UserArrays.scaled(labelled), limit);
  }
}
