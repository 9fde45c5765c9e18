package dev.sinter.recipes;

import dev.sinter.datasets.MnistOptions;
import java.nio.file.Path;

/**
 * Which data a recipe should use.
 *
 * @param mnist where to look for MNIST
 * @param x the user's own inputs (.npy), or null for MNIST
 * @param y the labels that belong to them, null together with x
 * @param limit the number of training samples to keep; 0 keeps all
 */
public record DataChoice(MnistOptions mnist, Path x, Path y, int limit) {}
