package dev.sinter.spark;

import java.io.Serializable;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;

/**
 * The parameter objects of an estimator or a model; see {@link TrainingParams} for what they mean.
 * Immutable: any number of threads may use it.
 */
public final class ParamSet implements Serializable {
  private static final long serialVersionUID = 1L;

  final Param<String> backend;
  final Param<String> backendOptions;
  final IntParam epochs;
  final IntParam batchSize;
  final LongParam seed;
  final Param<String> optimizer;
  final DoubleParam learningRate;
  final Param<String> loss;
  final Param<String> layers;
  final Param<String> modelFile;
  final IntParam numWorkers;
  final IntParam averageEvery;
  final Param<String> validationIndicatorCol;
  final Param<String> transport;
  final IntParam timeout;
  final Param<String> checkpointDir;
  final IntParam checkpointInterval;
  final Param<String> checkpointUnit;
  final BooleanParam resume;

  ParamSet(Params owner) {
    backend = text(owner, "backend", "the backend that computes, or auto");
    backendOptions = text(owner, "backendOptions", "options of the backend, as in threads=2");
    epochs = integer(owner, "epochs", "passes over the training rows", 1);
    batchSize = integer(owner, "batchSize", "rows of a step, of all workers together", 1);
    seed = new LongParam(owner, "seed", "of the initial weights and of shuffles");
    optimizer = text(owner, "optimizer", "the optimizer by Keras's name");
    learningRate =
        new DoubleParam(
            owner,
            "learningRate",
            "of the optimizer; its own default where it is not set",
            ParamValidators.gt(0));
    loss = text(owner, "loss", "the loss by Keras's name");
    layers = text(owner, "layers", "the layers before the last, as in Dense(64, relu)");
    modelFile = text(owner, "modelFile", "a file with the network to train, instead of layers");
    numWorkers = integer(owner, "numWorkers", "tasks that train together; 0: all slots", 0);
    averageEvery =
        integer(owner, "averageEvery", "steps between averages (local SGD); 0: sum gradients", 0);
    validationIndicatorCol =
        text(owner, "validationIndicatorCol", "a column that is true for rows to validate with");
    transport = text(owner, "transport", "how the workers' numbers travel: tcp, nccl, auto");
    timeout = integer(owner, "timeout", "seconds that a worker waits for another one", 1);
    checkpointDir = text(owner, "checkpointDir", "a folder for checkpoints, seen by all executors");
    checkpointInterval = integer(owner, "checkpointInterval", "units between checkpoints", 1);
    checkpointUnit = text(owner, "checkpointUnit", "of checkpointInterval: epochs, steps, seconds");
    resume = new BooleanParam(owner, "resume", "whether to go on from checkpoints that are there");
  }

  private static Param<String> text(Params owner, String name, String doc) {
    return new Param<>(owner, name, doc);
  }

  private static IntParam integer(Params owner, String name, String doc, int least) {
    return new IntParam(owner, name, doc, ParamValidators.gtEq(least));
  }
}
