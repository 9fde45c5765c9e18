package dev.sinter.cli;

import dev.sinter.errors.InputException;
import dev.sinter.recipes.Recipe;
import dev.sinter.saving.SavedModel;
import java.nio.file.Path;
import java.util.List;

/**
 * The recipe that prepares the samples of a model from a file: the one that the command names, else
 * the one that the file names, else the first one whose samples are as wide as the model's input.
 *
 * @param recipe null if none fits
 * @param note one line for the user: which one it is, and why
 */
record RecipeChoice(Recipe recipe, String note) {
  /**
   * Chooses.
   *
   * @param named the recipe of the command, or null
   */
  static RecipeChoice of(SavedModel model, String named) {
    if (named != null) {
      Recipe recipe = Recipe.of(named);
      return new RecipeChoice(recipe, "recipe " + recipe.name());
    }
    String noted = model.notes().get(ModelFile.RECIPE_NOTE);
    if (noted != null && Recipe.names().contains(noted)) { // a newer Sinter may have others
      return new RecipeChoice(Recipe.of(noted), "recipe " + noted + ", as the file says");
    }
    int features = model.input().size();
    return Recipe.ALL.stream()
        .filter(recipe -> recipe.layout().features() == features)
        .findFirst()
        .map(
            recipe ->
                new RecipeChoice(
                    recipe,
                    "recipe %s, whose samples have %s features like the model's; --recipe names another"
                        .formatted(recipe.name(), features)))
        .orElseGet(
            () ->
                new RecipeChoice(null, "no recipe has samples of %s features".formatted(features)));
  }

  /** Returns the recipe, or refuses a model whose input is not as wide as the recipe's samples. */
  Recipe require(Path file, SavedModel model, String remedy) {
    int features = model.input().size();
    if (recipe != null && recipe.layout().features() == features) {
      return recipe;
    }
    List<Recipe> possible = recipe == null ? Recipe.ALL : List.of(recipe);
    String expected =
        String.join(
            ", or ",
            possible.stream()
                .map(each -> each.layout().features() + " (" + each.name() + ")")
                .toList());
    throw InputException.of(
        file.toString(),
        "a model with as many input features as the samples of a recipe: " + expected,
        features,
        remedy);
  }
}
