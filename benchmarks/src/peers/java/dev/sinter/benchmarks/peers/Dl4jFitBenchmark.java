package dev.sinter.benchmarks.peers;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.dl4j.Dl4j;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the one changed line gains: a network of DL4J, 784-512-10, trained by its own fit and by
 * Dl4j.fit on the same batches in memory, in samples per second. A call is one epoch of 60 000
 * generated digits in batches of 128; for Sinter it includes taking the network over, packing the
 * batches and giving everything back.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 3, time = 10)
@Fork(
    value = 3,
    jvmArgsAppend = {"-Xmx4g", "-Djava.awt.headless=true"})
public class Dl4jFitBenchmark {
  private static final int SAMPLES = 60_000;
  private static final int BATCH = 128;

  /** The updater of the network. */
  @Param({"rmsprop", "adam"})
  public String updater;

  private MultiLayerNetwork network;
  private DataSetIterator batches;

  /** Makes the network and the batches. */
  @Setup(Level.Trial)
  public void setUp() {
    IUpdater chosen =
        updater.equals("adam") ? new Adam(1e-3) : new RmsProp(1e-3, 0.9, 1e-7);
    network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .weightInit(WeightInit.XAVIER_UNIFORM)
                .updater(chosen)
                .list()
                .layer(
                    new DenseLayer.Builder()
                        .nIn(784)
                        .nOut(512)
                        .activation(Activation.RELU)
                        .build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(512)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    Dataset digits = Mnist.load(MnistOptions.defaults().generated(true)).train();
    Dataset samples = digits.flatten().scale(1 / 255f).take(SAMPLES);
    List<DataSet> list = new ArrayList<>();
    for (int from = 0; from < SAMPLES; from += BATCH) {
      Dataset batch = samples.skip(from).take(BATCH);
      list.add(new DataSet(array(batch.x()), array(batch.toCategorical(10).y())));
    }
    batches = new ListDataSetIterator<>(list, 1); // one of them at a time
    if (samples.size() != SAMPLES) {
      throw new IllegalStateException("expected " + SAMPLES + " digits, found " + samples.size());
    }
  }

  private static INDArray array(Tensor rows) {
    return Nd4j.createFromArray(rows.toFloats()).reshape('c', rows.dimension(0), rows.rowSize());
  }

  /** Trains an epoch by the network's own fit. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public void dl4j() {
    network.fit(batches, 1);
  }

  /** Trains an epoch by Sinter. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public void sinter() {
    Dl4j.on("onednn").fit(network, batches, 1);
  }
}
