package dev.sinter.cluster;

import dev.sinter.History;

/**
 * The result of a training on a cluster.
 *
 * @param history of all workers together
 * @param workers the processes that trained
 * @param transport that carried the numbers
 * @param averageEvery steps between two averages of the weights; 0 if gradients were summed
 * @param backend that the workers ran
 * @param device of the first worker
 * @param threads of each worker
 */
public record ClusterResult(
    History history,
    int workers,
    String transport,
    int averageEvery,
    String backend,
    String device,
    int threads) {}
