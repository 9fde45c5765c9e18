package dev.sinter.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RecipeTest {
  @Test
  void recipes_inAnyCase_areFound() {
    assertThat(Recipe.of("MNIST_dense").name()).isEqualTo("mnist-dense");
  }
}
