package dev.sinter.recipes;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.Digits01;
import dev.sinter.datasets.Mnist;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;
import java.util.stream.IntStream;

/** 400 - 25 - 15 - 1, all sigmoid, Adam, binary cross-entropy: is this 20x20 digit a one? */
record Digits01Recipe(
    String name,
    String optimizer,
    Loss loss,
    int epochs,
    int batchSize,
    int labelColumns,
    ImageLayout layout)
    implements Recipe {
  Digits01Recipe() {
    this("digits01", "adam", Loss.BINARY_CROSSENTROPY, 20, 32, 1, ImageLayout.byColumns(20, 20));
  }

  @Override
  public Model model(int hidden) {
    return Sequential.of(
        "my_model",
        new Input(400),
        new Dense(hidden > 0 ? hidden : 25).sigmoid(),
        new Dense(15).sigmoid(),
        new Dense(1).sigmoid());
  }

  @Override
  public RecipeData fromMnist(Mnist mnist, int limit) {
    Digits01 digits = Digits01.of(mnist, limit > 0 ? Math.max(1, limit / 2) : -1);
    return new RecipeData(digits.train(), digits.test(), mnist.source(), mnist.note());
  }

  @Override
  public Dataset fromImages(Tensor images) {
    return Dataset.of(Digits01.features(images));
  }

  @Override
  public Dataset fromArrays(Dataset samples, int limit) {
    Dataset prepared = UserArrays.scaled(samples);
    return limit == 0 ? prepared : first(prepared, limit);
  }

  @Override
  public Dataset first(Dataset prepared, int count) {
    requireZerosAndOnes(prepared.sourceLabels());
    return firstOfEach(prepared, Math.max(1, count / 2));
  }

  /** Copies the first zeros and the first ones, at most {@code perClass} of each. */
  private static Dataset firstOfEach(Dataset samples, int perClass) {
    Tensor labels = samples.sourceLabels();
    int[] chosen =
        IntStream.range(0, 2)
            .flatMap(
                label ->
                    IntStream.range(0, samples.size())
                        .filter(row -> labels.get(row) == label)
                        .limit(perClass))
            .toArray();
    return Dataset.of(samples.source().rows(chosen), labels.rows(chosen)).like(samples);
  }

  /** Refuses other labels, because a limit would drop their samples silently. */
  private static void requireZerosAndOnes(Tensor labels) {
    for (int i = 0; i < labels.size(); i++) {
      float label = labels.get(i);
      if (label != 0 && label != 1) {
        throw InputException.of(
            "limit, label " + i, "0 or 1", label, "Correct the labels, or leave the limit out");
      }
    }
  }
}
