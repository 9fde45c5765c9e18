package dev.sinter.recipes;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Digits01;
import dev.sinter.data.Mnist;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;

/** 400 - 25 - 15 - 1, all sigmoid, Adam, binary cross-entropy: is this 20x20 digit a one? */
final class Digits01Recipe implements Recipe {
  @Override
  public String name() {
    return "digits01";
  }

  @Override
  public String summary() {
    return "zeros and ones 20x20, Dense 25, 15, 1, all sigmoid, adam, 20 epochs, batch 32";
  }

  @Override
  public Model model(int hidden) {
    return Sequential.named(
        "my_model",
        new Input(400),
        new Dense(hidden > 0 ? hidden : 25).sigmoid(),
        new Dense(15).sigmoid(),
        new Dense(1).sigmoid());
  }

  @Override
  public String optimizer() {
    return "adam";
  }

  @Override
  public Loss loss() {
    return Loss.BINARY_CROSSENTROPY;
  }

  @Override
  public int epochs() {
    return 20;
  }

  @Override
  public int batchSize() {
    return 32;
  }

  @Override
  public int labelColumns() {
    return 1;
  }

  @Override
  public RecipeData fromMnist(Mnist mnist, int limit) {
    Digits01 digits = Digits01.of(mnist, limit > 0 ? Math.max(1, limit / 2) : -1);
    return new RecipeData(digits.train(), digits.test(), mnist.source(), mnist.note());
  }

  @Override
  public Dataset fromArrays(Dataset samples, int limit) {
    Dataset prepared = UserArrays.scaled(samples);
    return limit > 0 ? prepared.takeOfEachClass(Math.max(1, limit / 2)) : prepared;
  }
}
