package dev.sinter.cluster;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.data.Dataset;

/** Trains on the machines of a cluster; found by ServiceLoader. Used by one thread at a time. */
public interface ClusterTrainer {
  /** Returns the name of what runs the cluster. */
  String name();

  /**
   * Trains a model.
   *
   * @param model compiled; has the trained weights and the optimizer's state afterwards
   * @param data of all workers together
   * @param fit without callbacks; its batch size is that of all workers together
   * @throws dev.sinter.errors.InputException for what the user can correct, such as too few slots
   * @throws dev.sinter.errors.RunException when the cluster does not answer, or loses too much
   */
  ClusterResult fit(ClusterJob job, Model model, Dataset data, Fit fit);
}
