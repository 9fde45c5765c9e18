package dev.sinter.spark;

import dev.sinter.Model;
import org.apache.spark.ml.param.BooleanParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;

/**
 * How {@link SinterClassifier} and {@link SinterRegressor} train. Each method that sets a parameter
 * returns the estimator itself.
 *
 * @param <T> the estimator
 */
public interface TrainingParams<T> extends PredictionParams<T> {
  /** Passes over the training rows, default 10. */
  default IntParam epochs() {
    return own().epochs;
  }

  /** Rows of a step, of all workers together; default 32. */
  default IntParam batchSize() {
    return own().batchSize;
  }

  /**
   * Seed of the initial weights and of shuffles, default 1; a model that is given keeps its own.
   */
  default LongParam seed() {
    return own().seed;
  }

  /** The optimizer by Keras's name, default adam. */
  default Param<String> optimizer() {
    return own().optimizer;
  }

  /** The learning rate; without it, the optimizer's default. */
  default DoubleParam learningRate() {
    return own().learningRate;
  }

  /**
   * The loss by Keras's name; default sparse_categorical_crossentropy for classes and
   * mean_squared_error for numbers.
   */
  default Param<String> loss() {
    return own().loss;
  }

  /**
   * The layers before the last one, separated by commas: {@code Dense(units, activation)}, {@code
   * Dropout(rate)}, {@code BatchNormalization()}, {@code LayerNormalization()}. Default {@code
   * Dense(64, relu)}. The last layer follows from the labels.
   */
  default Param<String> layers() {
    return own().layers;
  }

  /**
   * A file with the whole network, in any format that Sinter reads, on the driver. Its weights are
   * trained on; loss, optimizer and learning rate are those of the file unless they are set.
   */
  default Param<String> modelFile() {
    return own().modelFile;
  }

  /**
   * Tasks that train together, one slot each; 0, the default, for all slots of the cluster, but not
   * more than there are rows in a batch.
   */
  default IntParam numWorkers() {
    return own().numWorkers;
  }

  /** Steps between two averages of the workers' weights; 0, the default: gradients are summed. */
  default IntParam averageEvery() {
    return own().averageEvery;
  }

  /** A column of booleans: true for rows that are not trained on, but validated with. */
  default Param<String> validationIndicatorCol() {
    return own().validationIndicatorCol;
  }

  /** How the workers' numbers travel: tcp (default), nccl, auto. */
  default Param<String> transport() {
    return own().transport;
  }

  /** Seconds that a worker waits for another one from which nothing comes, default 120. */
  default IntParam timeout() {
    return own().timeout;
  }

  /** A folder for checkpoints that all executors see under this path; without it, none. */
  default Param<String> checkpointDir() {
    return own().checkpointDir;
  }

  /** Units between two checkpoints, default 1. */
  default IntParam checkpointInterval() {
    return own().checkpointInterval;
  }

  /** The unit of {@link #checkpointInterval}: epochs (default), steps, seconds. */
  default Param<String> checkpointUnit() {
    return own().checkpointUnit;
  }

  /**
   * Whether to go on from the checkpoints of an earlier program, default false: the folder must not
   * hold any then.
   */
  default BooleanParam resume() {
    return own().resume;
  }

  /** Returns the number of epochs. */
  default int getEpochs() {
    return (int) getOrDefault(epochs());
  }

  /** Returns the batch size. */
  default int getBatchSize() {
    return (int) getOrDefault(batchSize());
  }

  /** Returns the seed. */
  default long getSeed() {
    return (long) getOrDefault(seed());
  }

  /** Returns the optimizer's name. */
  default String getOptimizer() {
    return getOrDefault(optimizer());
  }

  /** Returns the loss's name. */
  default String getLoss() {
    return getOrDefault(loss());
  }

  /** Returns the layers. */
  default String getLayers() {
    return getOrDefault(layers());
  }

  /** Returns the number of workers, or 0. */
  default int getNumWorkers() {
    return (int) getOrDefault(numWorkers());
  }

  /** Returns the steps between averages, or 0. */
  default int getAverageEvery() {
    return (int) getOrDefault(averageEvery());
  }

  /** Sets the number of epochs. */
  default T setEpochs(int value) {
    return with(epochs(), value);
  }

  /** Sets the batch size. */
  default T setBatchSize(int value) {
    return with(batchSize(), value);
  }

  /** Sets the seed. */
  default T setSeed(long value) {
    return with(seed(), value);
  }

  /** Sets the optimizer. */
  default T setOptimizer(String value) {
    return with(optimizer(), value);
  }

  /** Sets the learning rate. */
  default T setLearningRate(double value) {
    return with(learningRate(), value);
  }

  /** Sets the loss. */
  default T setLoss(String value) {
    return with(loss(), value);
  }

  /** Sets the layers before the last one. */
  default T setLayers(String value) {
    return with(layers(), value);
  }

  /** Sets the file of the network. */
  default T setModelFile(String value) {
    return with(modelFile(), value);
  }

  /**
   * Sets the network to train, as it is now; null for none. It takes precedence over a file and
   * over layers, is saved with the estimator, and stays unchanged.
   *
   * @throws dev.sinter.errors.InputException for a model that is not built, or has layers that a
   *     .keras file cannot hold
   */
  T setModel(Model model);

  /** Sets the number of workers. */
  default T setNumWorkers(int value) {
    return with(numWorkers(), value);
  }

  /** Sets the steps between averages. */
  default T setAverageEvery(int value) {
    return with(averageEvery(), value);
  }

  /** Sets the column that says which rows to validate with. */
  default T setValidationIndicatorCol(String value) {
    return with(validationIndicatorCol(), value);
  }

  /** Sets how numbers travel. */
  default T setTransport(String value) {
    return with(transport(), value);
  }

  /** Sets the seconds that a worker waits for another one. */
  default T setTimeout(int seconds) {
    return with(timeout(), seconds);
  }

  /** Sets the folder for checkpoints. */
  default T setCheckpointDir(String value) {
    return with(checkpointDir(), value);
  }

  /** Sets the units between checkpoints. */
  default T setCheckpointInterval(int value) {
    return with(checkpointInterval(), value);
  }

  /** Sets the unit: epochs, steps, seconds. */
  default T setCheckpointUnit(String value) {
    return with(checkpointUnit(), value);
  }

  /** Sets whether to go on from checkpoints that are there. */
  default T setResume(boolean value) {
    return with(resume(), value);
  }
}
