package dev.sinter.recipes;

import dev.sinter.data.Dataset;

/**
 * What a recipe trains and is tested on.
 *
 * @param train prepared: flattened and scaled
 * @param test prepared alike, or null where the user brought arrays of their own
 * @param source "mnist", "generated" or "npy"
 * @param note one line for people: where the data came from
 */
public record RecipeData(Dataset train, Dataset test, String source, String note) {}
