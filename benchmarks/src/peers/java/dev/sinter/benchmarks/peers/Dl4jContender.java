package dev.sinter.benchmarks.peers;

import dev.sinter.benchmarks.Contender;
import dev.sinter.benchmarks.Workload;
import dev.sinter.benchmarks.Workload.DenseLayer;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.ActivationFunction;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.Loader;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The MultiLayerNetwork of DL4J with its best settings: workspaces on (the default), batches prepared before the measurement and kept off the heap, one call of fit per batch, no listeners, no shuffle. It thus avoids the gather that Sinter includes. Its threads alternate with those of OpenBLAS, so it needs OMP_WAIT_POLICY=passive and OPENBLAS_THREAD_TIMEOUT=4 in the environment.
 */
final class Dl4jContender implements Contender {
  private final Workload work;
  private final MultiLayerNetwork network;
  private final List<DataSet> train; // batches; the last may be shorter
  private final List<DataSet> test;
  private final int wholeTrain;
  private final int wholeTest;
  private int nextTrain;
  private int nextTest;

  Dl4jContender(Workload work) {
    this.work = work;
    if (work.threads() > 0) {
      Nd4j.factory().blas().setMaxThreads(work.threads());
      Nd4j.getEnvironment().setMaxThreads(work.threads());
      Nd4j.getEnvironment().setMaxMasterThreads(work.threads());
    }
    this.train = batches(work.train());
    this.test = batches(work.test());
    this.wholeTrain = work.train().size() / work.batch();
    this.wholeTest = work.test().size() / work.batch();
    this.network = network(work);
  }

  private List<DataSet> batches(Dataset samples) {
    List<DataSet> batches = new ArrayList<>();
    Tensor x = samples.x();
    Tensor y = work.targets(samples);
    for (int from = 0; from < samples.size(); from += work.batch()) {
      int to = Math.min(samples.size(), from + work.batch());
      batches.add(new DataSet(array(x.rows(from, to)), array(y.rows(from, to))));
    }
    return batches;
  }

  private static INDArray array(Tensor rows) {
    return Nd4j.createFromArray(rows.toFloats()).reshape('c', rows.dimension(0), rows.rowSize());
  }

  private static MultiLayerNetwork network(Workload work) {
    var list =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .weightInit(WeightInit.XAVIER_UNIFORM)
            .updater(updater(work.optimizer()))
            .trainingWorkspaceMode(WorkspaceMode.ENABLED)
            .inferenceWorkspaceMode(WorkspaceMode.ENABLED)
            .list();
    List<DenseLayer> layers = work.layers();
    for (DenseLayer layer : layers.subList(0, layers.size() - 1)) {
      list.layer(
          new org.deeplearning4j.nn.conf.layers.DenseLayer.Builder()
              .nIn(layer.inputs())
              .nOut(layer.units())
              .activation(activation(layer.activation()))
              .build());
    }
    DenseLayer last = layers.get(layers.size() - 1);
    list.layer(
        new OutputLayer.Builder(work.isBinary() ? LossFunction.XENT : LossFunction.MCXENT)
            .nIn(last.inputs())
            .nOut(last.units())
            .activation(activation(last.activation()))
            .build());
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    return network;
  }

  private static IUpdater updater(Optimizer optimizer) {
    if (optimizer instanceof RmsProp r && r.momentum() == 0 && !r.centered()) {
      return new org.nd4j.linalg.learning.config.RmsProp(r.learningRate(), r.rho(), r.epsilon());
    } else if (optimizer instanceof Adam a && !a.amsgrad()) {
      return new org.nd4j.linalg.learning.config.Adam(
          a.learningRate(), a.beta1(), a.beta2(), a.epsilon());
    } else if (optimizer instanceof Sgd s && s.momentum() == 0) {
      return new org.nd4j.linalg.learning.config.Sgd(s.learningRate());
    }
    throw InputException.of(
        "optimizer of trainer dl4j",
        "rmsprop, adam or sgd",
        optimizer,
        "Choose one that both libraries have");
  }

  private static Activation activation(ActivationFunction function) {
    return switch (function) {
      case LINEAR -> Activation.IDENTITY;
      case RELU -> Activation.RELU;
      case SIGMOID -> Activation.SIGMOID;
      case TANH -> Activation.TANH;
      case SOFTMAX -> Activation.SOFTMAX;
      default -> throw new IllegalStateException("no recipe has the activation " + function);
    };
  }

  @Override
  public String description() {
    String version;
    try {
      version = Loader.getVersion("org.nd4j", "nd4j-api");
    } catch (java.io.IOException e) {
      version = "of unknown version";
    }
    return "DL4J MultiLayerNetwork "
        + version
        + " on "
        + Nd4j.factory().blas().getBlasVendor()
        + ", at most "
        + Nd4j.getEnvironment().maxMasterThreads()
        + " threads, BLAS "
        + Nd4j.factory().blas().getMaxThreads();
  }

  @Override
  public double train(int steps) {
    for (int i = 0; i < steps; i++) {
      network.fit(train.get(nextTrain));
      nextTrain = (nextTrain + 1) % wholeTrain;
    }
    return network.score();
  }

  @Override
  public void fit(int epochs) {
    for (int epoch = 0; epoch < epochs; epoch++) {
      for (DataSet batch : train) {
        network.fit(batch);
      }
    }
  }

  @Override
  public double forward(int steps) {
    double output = 0;
    for (int i = 0; i < steps; i++) {
      output = network.output(test.get(nextTest).getFeatures()).getDouble(0);
      nextTest = (nextTest + 1) % wholeTest;
    }
    return output;
  }

  @Override
  public double predict() {
    double output = 0;
    for (DataSet batch : test) {
      output = network.output(batch.getFeatures()).getDouble(0);
    }
    return output;
  }

  @Override
  public float[] output(float[] row) {
    return network.output(Nd4j.createFromArray(row).reshape('c', 1, row.length)).toFloatVector();
  }

  @Override
  public Quality quality(int samples) {
    Dataset part = work.test().take(samples);
    INDArray x = array(part.x());
    double loss = network.score(new DataSet(x, array(work.targets(part))));
    Tensor classes = work.classes(part);
    INDArray outputs = network.output(x);
    INDArray chosen = work.isBinary() ? null : outputs.argMax(1);
    int right = 0;
    for (int i = 0; i < samples; i++) {
      float predicted =
          work.isBinary() ? outputs.getFloat(i, 0) > 0.5f ? 1 : 0 : chosen.getInt(i);
      right += predicted == classes.get(i) ? 1 : 0;
    }
    return new Quality(loss, (double) right / samples);
  }

  @Override
  public void close() {
    network.close();
  }
}
