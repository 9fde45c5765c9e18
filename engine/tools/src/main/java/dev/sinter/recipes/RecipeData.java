package dev.sinter.recipes;

import dev.sinter.data.Dataset;

/**
 * The training and test data of a task.
 *
 * @param train prepared: flattened and scaled
 * @param test prepared in the same way, or null for arrays of the user
 * @param source "mnist", "generated" or "npy"; of a user's network "table", "images" or "idx"
 * @param note one human-readable line: the origin of the data
 */
public record RecipeData(Dataset train, Dataset test, String source, String note) {}
