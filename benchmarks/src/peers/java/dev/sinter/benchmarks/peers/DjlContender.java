package dev.sinter.benchmarks.peers;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.engine.Engine;
import ai.djl.inference.Predictor;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.convolutional.Conv2d;
import ai.djl.nn.core.Linear;
import ai.djl.nn.norm.Dropout;
import ai.djl.nn.pooling.Pool;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.initializer.XavierInitializer;
import ai.djl.nn.Parameter;
import ai.djl.training.loss.Loss;
import ai.djl.training.tracker.Tracker;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.TranslatorContext;
import dev.sinter.benchmarks.Contender;
import dev.sinter.benchmarks.Workload;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Conv2D;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Flatten;
import dev.sinter.layers.Layer;
import dev.sinter.layers.MaxPooling2D;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.ActivationFunction;
import java.util.ArrayList;
import java.util.List;

/**
 * DJL on PyTorch with its best settings: batches prepared before the measurement and kept in PyTorch memory, a gradient collector and one optimizer step per batch, no listeners, no metrics, and intermediate arrays freed after each batch. The PyTorch engine of DJL has Adam and SGD, but no RMSprop. Gathering random rows in PyTorch was a quarter slower on mnist-dense and digits01.
 */
final class DjlContender implements Contender {
  private static final String OFFLINE = "ai.djl.offline";
  private static final String THREADS = "ai.djl.pytorch.num_threads";

  /** Samples with labels in PyTorch memory. */
  private record Batch(NDArray x, NDArray y) {}

  private final Workload work;
  private final boolean images;
  private final Model model;
  private final Trainer trainer;
  private final NDManager manager;
  private final Loss loss;
  private final List<Batch> train; // the last may be shorter
  private final List<Batch> test;
  private final ThreadLocal<Predictor<float[], float[]>> predictors; // they are not for sharing
  private final int wholeTrain;
  private final int wholeTest;
  private int nextTrain;
  private int nextTest;

  DjlContender(Workload work) {
    this.work = work;
    System.setProperty(OFFLINE, "true"); // natives come from jars, nothing is downloaded
    if (work.threads() > 0) {
      System.setProperty(THREADS, Integer.toString(work.threads()));
    }
    ai.djl.training.optimizer.Optimizer optimizer = optimizer(work.optimizer());
    this.loss = work.isBinary() ? Loss.sigmoidBinaryCrossEntropyLoss() : Loss.softmaxCrossEntropyLoss();
    this.model = Model.newInstance(work.recipe().name(), Device.cpu(), "PyTorch");
    List<Layer> layers = work.network();
    this.images = layers.get(0) instanceof Conv2D;
    model.setBlock(network(layers));
    this.trainer =
        model.newTrainer(
            new DefaultTrainingConfig(loss)
                .optOptimizer(optimizer)
                .optDevices(new Device[] {Device.cpu()})
                .optInitializer(new XavierInitializer(), Parameter.Type.WEIGHT));
    this.manager = trainer.getManager();
    trainer.initialize(shape(work.batch(), work.train().x().rowSize()));
    this.predictors = ThreadLocal.withInitial(() -> model.newPredictor(new Rows()));
    this.train = batches(work.train());
    this.test = batches(work.test());
    this.wholeTrain = work.train().size() / work.batch();
    this.wholeTest = work.test().size() / work.batch();
  }

  /** Builds the network without its last activation, which is part of the loss: softmax or sigmoid. */
  private static SequentialBlock network(List<Layer> layers) {
    SequentialBlock network = new SequentialBlock();
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      boolean last = i == layers.size() - 1;
      if (layer instanceof Dense dense) {
        network.add(Linear.builder().setUnits(dense.units()).build());
        add(network, dense.activation(), last);
      } else if (layer instanceof dev.sinter.layers.Activation activation) {
        add(network, activation.function(), last);
      } else if (layer instanceof Conv2D convolution) {
        network.add(
            Conv2d.builder()
                .setFilters(convolution.filters())
                .setKernelShape(shape(convolution.kernelSize()))
                .build());
        add(network, convolution.activation(), last);
      } else if (layer instanceof MaxPooling2D pooling) {
        network.add(Pool.maxPool2dBlock(shape(pooling.poolSize()), shape(pooling.strides())));
      } else if (layer instanceof Flatten) {
        network.add(Blocks.batchFlattenBlock());
      } else if (layer instanceof dev.sinter.layers.Dropout dropout) {
        network.add(Dropout.builder().optRate((float) dropout.rate()).build());
      } else {
        throw new IllegalStateException("a layer without a counterpart in DJL: " + layer);
      }
    }
    return network;
  }

  private static Shape shape(List<Integer> lengths) {
    return new Shape(lengths.get(0), lengths.get(1));
  }

  private static void add(SequentialBlock network, ActivationFunction function, boolean last) {
    if (last) {
      return;
    }
    switch (function) {
      case LINEAR -> {}
      case RELU -> network.add(Activation::relu);
      case SIGMOID -> network.add(Activation::sigmoid);
      case TANH -> network.add(Activation::tanh);
      default -> throw new IllegalStateException("no hidden layer can have the activation " + function);
    }
  }

  /** Gray images are [B, 1, H, W], in the same memory as [B, H, W, 1]. */
  private Shape shape(int rows, int features) {
    int side = (int) Math.round(Math.sqrt(features));
    return images ? new Shape(rows, 1, side, side) : new Shape(rows, features);
  }

  private static ai.djl.training.optimizer.Optimizer optimizer(Optimizer optimizer) {
    if (optimizer instanceof Adam adam && !adam.amsgrad()) {
      return ai.djl.training.optimizer.Optimizer.adam()
          .optLearningRateTracker(Tracker.fixed((float) adam.learningRate()))
          .optBeta1((float) adam.beta1())
          .optBeta2((float) adam.beta2())
          .optEpsilon((float) adam.epsilon())
          .build();
    } else if (optimizer instanceof Sgd sgd && sgd.momentum() == 0) {
      return ai.djl.training.optimizer.Optimizer.sgd()
          .setLearningRateTracker(Tracker.fixed((float) sgd.learningRate()))
          .build();
    }
    throw InputException.of(
        "optimizer of trainer djl",
        "adam or sgd, the only ones in the PyTorch engine of DJL",
        optimizer,
        "Measure both sides with one of these");
  }

  private List<Batch> batches(Dataset samples) {
    List<Batch> batches = new ArrayList<>();
    Tensor x = samples.x();
    Tensor y = work.classes(samples);
    for (int from = 0; from < samples.size(); from += work.batch()) {
      int to = Math.min(samples.size(), from + work.batch());
      batches.add(new Batch(array(x.rows(from, to)), labels(y.rows(from, to))));
    }
    return batches;
  }

  private NDArray array(Tensor rows) {
    return manager.create(rows.toFloats(), shape(rows.dimension(0), rows.rowSize()));
  }

  private NDArray labels(Tensor rows) {
    return manager.create(rows.toFloats(), new Shape(rows.dimension(0), 1));
  }

  @Override
  public String description() {
    return "DJL "
        + Engine.getDjlVersion()
        + " on PyTorch "
        + Engine.getEngine("PyTorch").getVersion()
        + (work.threads() > 0 ? ", " + work.threads() : ", as many as it chooses")
        + " threads";
  }

  private double step(Batch batch, boolean wanted) {
    double result = Double.NaN;
    try (NDManager scope = manager.newSubManager()) {
      batch.x.tempAttach(scope); // so that arrays computed from it are freed with the scope
      batch.y.tempAttach(scope);
      try (GradientCollector collector = trainer.newGradientCollector()) {
        NDList outputs = trainer.forward(new NDList(batch.x));
        NDArray value = loss.evaluate(new NDList(batch.y), outputs);
        collector.backward(value);
        if (wanted) {
          result = value.getFloat();
        }
      }
      trainer.step();
    }
    return result;
  }

  @Override
  public double train(int steps) {
    double result = Double.NaN;
    for (int i = 0; i < steps; i++) {
      result = step(train.get(nextTrain), i == steps - 1);
      nextTrain = (nextTrain + 1) % wholeTrain;
    }
    return result;
  }

  @Override
  public void fit(int epochs) {
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (Batch batch : train) {
        step(batch, false);
      }
    }
  }

  private double output(Batch batch) {
    try (NDManager scope = manager.newSubManager()) {
      batch.x.tempAttach(scope);
      return trainer.evaluate(new NDList(batch.x)).singletonOrThrow().getFloat(0, 0);
    }
  }

  @Override
  public double forward(int steps) {
    double output = 0;
    for (int i = 0; i < steps; i++) {
      output = output(test.get(nextTest));
      nextTest = (nextTest + 1) % wholeTest;
    }
    return output;
  }

  @Override
  public double predict() {
    double output = 0;
    for (Batch batch : test) {
      output = output(batch);
    }
    return output;
  }

  /** Between arrays and PyTorch's; one row a batch. */
  private final class Rows implements NoBatchifyTranslator<float[], float[]> {
    @Override
    public NDList processInput(TranslatorContext context, float[] row) {
      return new NDList(context.getNDManager().create(row, shape(1, row.length)));
    }

    @Override
    public float[] processOutput(TranslatorContext context, NDList outputs) {
      return outputs.singletonOrThrow().toFloatArray();
    }
  }

  @Override
  public float[] output(float[] row) {
    try {
      return predictors.get().predict(row);
    } catch (TranslateException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public Quality quality(int samples) {
    Dataset part = work.test().take(samples);
    Tensor classes = work.classes(part);
    try (NDManager scope = manager.newSubManager()) {
      NDArray x = array(part.x());
      NDArray y = labels(classes);
      x.attach(scope);
      y.attach(scope);
      NDList outputs = trainer.evaluate(new NDList(x));
      double mean = loss.evaluate(new NDList(y), outputs).getFloat();
      float[] scores = outputs.singletonOrThrow().toFloatArray();
      int right = 0;
      for (int i = 0; i < samples; i++) {
        right += predicted(scores, i, scores.length / samples) == classes.get(i) ? 1 : 0;
      }
      return new Quality(mean, (double) right / samples);
    }
  }

  private static int predicted(float[] scores, int row, int columns) {
    if (columns == 1) {
      return scores[row] > 0 ? 1 : 0;
    }
    int best = 0;
    for (int j = 1; j < columns; j++) {
      if (scores[row * columns + j] > scores[row * columns + best]) {
        best = j;
      }
    }
    return best;
  }

  @Override
  public void close() {
    trainer.close();
    model.close();
  }
}
