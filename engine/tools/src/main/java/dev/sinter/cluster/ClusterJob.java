package dev.sinter.cluster;

import dev.sinter.backend.BackendOptions;
import java.util.Map;

/**
 * What a training on a cluster needs beside model, data and fit.
 *
 * @param name shown by the cluster
 * @param master where the cluster is
 * @param workers the processes that train
 * @param transport how they send numbers to each other: tcp, nccl, auto
 * @param backend of the workers
 * @param options of that backend
 * @param progress told how it goes
 */
public record ClusterJob(
    String name,
    String master,
    int workers,
    String transport,
    String backend,
    BackendOptions options,
    Progress progress) {

  /** Told how a training goes, by the thread that trains. */
  @FunctionalInterface
  public interface Progress {
    /**
     * Called after an epoch, counted from 0, with the means of loss and metrics by name; for
     * several epochs at once, if they are short. After a restart, epochs may come again.
     */
    void onEpoch(int epoch, Map<String, Double> logs);
  }
}
