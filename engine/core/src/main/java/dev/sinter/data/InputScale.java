package dev.sinter.data;

/**
 * How numbers of a dataset become inputs: number * factor + offset. Immutable: any number of
 * threads may use it.
 *
 * @param factor 1 where nothing is scaled
 * @param offset 0 where nothing is shifted
 */
public record InputScale(float factor, float offset) {}
