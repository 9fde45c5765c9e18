package dev.sinter.testkit;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;

/** The networks of the three recipes, which the core itself does not know. */
public final class MnistNetworks {
  private MnistNetworks() {}

  /** Returns a network by the name of its recipe, built, not compiled. */
  public static Model of(String recipe) {
    return switch (recipe) {
      case "mnist-dense" ->
          Sequential.of(new Input(784), new Dense(512).relu(), new Dense(10).softmax());
      case "mnist-sigmoid" ->
          Sequential.of(
              new Input(784),
              new Dense(100),
              new Activation("sigmoid"),
              new Dense(10),
              new Activation("softmax"));
      case "digits01" ->
          Sequential.of(
              new Input(400),
              new Dense(25).sigmoid(),
              new Dense(15).sigmoid(),
              new Dense(1).sigmoid());
      default -> throw new IllegalArgumentException(recipe);
    };
  }
}
