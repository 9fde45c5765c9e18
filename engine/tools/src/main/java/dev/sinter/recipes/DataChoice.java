package dev.sinter.recipes;

import dev.sinter.datasets.MnistOptions;
import java.nio.file.Path;

/**
 * The choice of data for a recipe.
 *
 * @param mnist where to look for MNIST
 * @param x the user's own inputs (.npy), or null for MNIST
 * @param y the labels of x; null if x is null
 * @param limit the number of training samples to keep; 0 keeps all
 */
public record DataChoice(MnistOptions mnist, Path x, Path y, int limit) {}
