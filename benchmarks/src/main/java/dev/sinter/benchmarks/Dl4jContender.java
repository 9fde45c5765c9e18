package dev.sinter.benchmarks;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/**
 * DL4J's MultiLayerNetwork at its best: workspaces on (its default), batches made before the clock
 * starts, no listeners, one fit call a batch. It does not shuffle, which saves it the gather that
 * Sinter pays for.
 */
final class Dl4jContender implements TrainBenchmark.Contender {
  private static final int CLASSES = 10;

  private final MultiLayerNetwork network;
  private final List<DataSet> batches = new ArrayList<>();

  Dl4jContender(Dataset data) {
    Tensor x = data.x();
    Tensor y = data.toCategorical(CLASSES).y();
    for (int from = 0; from < data.size(); from += TrainBenchmark.BATCH) {
      int to = from + TrainBenchmark.BATCH;
      batches.add(
          new DataSet(
              Nd4j.createFromArray(x.rows(from, to).toRows()),
              Nd4j.createFromArray(y.rows(from, to).toRows())));
    }
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .weightInit(WeightInit.XAVIER_UNIFORM)
            .updater(new RmsProp(0.001, 0.9, 1e-7))
            .list()
            .layer(new DenseLayer.Builder().nIn(784).nOut(512).activation(Activation.RELU).build())
            .layer(
                new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                    .nIn(512)
                    .nOut(CLASSES)
                    .activation(Activation.SOFTMAX)
                    .build())
            .build();
    network = new MultiLayerNetwork(configuration);
    network.init();
  }

  @Override
  public double epoch() {
    for (DataSet batch : batches) {
      network.fit(batch);
    }
    return network.score();
  }

  @Override
  public void close() {
    network.close();
  }
}
