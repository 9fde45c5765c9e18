package dev.sinter.dl4j;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.testkit.TestData;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Networks of DL4J, batches for them, and how far two of them are apart. */
final class Networks {
  private static final Mnist MNIST =
      Mnist.load(
          TestData.folder()
              .map(found -> MnistOptions.defaults().dataDir(found, "SINTER_DATA"))
              .orElse(MnistOptions.defaults().generated(true))
              .offline(true));

  private Networks() {}

  static NeuralNetConfiguration.Builder builder(IUpdater updater) {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .weightInit(WeightInit.XAVIER_UNIFORM)
        .updater(updater);
  }

  /** 784-512(relu)-10(softmax), MCXENT. */
  static MultiLayerNetwork mnistDense(NeuralNetConfiguration.Builder builder) {
    return network(builder, LossFunction.MCXENT, Activation.RELU, Activation.SOFTMAX, 784, 512, 10);
  }

  /** 784-24(tanh)-10(softmax), MCXENT: as many inputs, fewer weights. */
  static MultiLayerNetwork small(NeuralNetConfiguration.Builder builder) {
    return network(builder, LossFunction.MCXENT, Activation.TANH, Activation.SOFTMAX, 784, 24, 10);
  }

  static MultiLayerNetwork network(
      NeuralNetConfiguration.Builder builder,
      LossFunction loss,
      Activation hidden,
      Activation last,
      int... widths) {
    var list = builder.list();
    for (int i = 0; i + 2 < widths.length; i++) {
      list.layer(
          new DenseLayer.Builder().nIn(widths[i]).nOut(widths[i + 1]).activation(hidden).build());
    }
    list.layer(
        new OutputLayer.Builder(loss)
            .nIn(widths[widths.length - 2])
            .nOut(widths[widths.length - 1])
            .activation(last)
            .build());
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    return network;
  }

  /** Digits / 255 with one-hot labels, in batches; the last one may be smaller. */
  static DataSetIterator digits(int samples, int batch) {
    return batches(MNIST.train().flatten().scale(1 / 255f).take(samples).toCategorical(10), batch);
  }

  /** Test digits / 255. */
  static Dataset testDigits(int samples) {
    return MNIST.test().flatten().scale(1 / 255f).take(samples);
  }

  static DataSetIterator batches(Dataset samples, int batch) {
    List<DataSet> batches = new ArrayList<>();
    Tensor x = samples.x();
    Tensor y = samples.y();
    for (int from = 0; from < samples.size(); from += batch) {
      int to = Math.min(samples.size(), from + batch);
      batches.add(new DataSet(array(x.rows(from, to)), array(y.rows(from, to))));
    }
    return iterator(batches);
  }

  /** Returns batches as they are. */
  static DataSetIterator iterator(List<DataSet> batches) {
    return new ListDataSetIterator<>(batches, 1); // one of them at a time
  }

  /** Random samples with targets from 0 to 1. */
  static DataSetIterator random(int samples, int inputs, int outputs, int batch) {
    Random random = new Random(3);
    float[] x = new float[samples * inputs];
    float[] y = new float[samples * outputs];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    for (int i = 0; i < y.length; i++) {
      y[i] = random.nextInt(2);
    }
    return batches(
        Dataset.of(Tensor.of(x, samples, inputs), Tensor.of(y, samples, outputs)), batch);
  }

  static INDArray array(Tensor rows) {
    return Nd4j.createFromArray(rows.toFloats()).reshape('c', rows.dimension(0), rows.rowSize());
  }

  /** Returns |a - b| / |a - start|: the difference by the distance moved. */
  static double apart(INDArray a, INDArray b, INDArray start) {
    return a.sub(b).norm2Number().doubleValue() / a.sub(start).norm2Number().doubleValue();
  }
}
