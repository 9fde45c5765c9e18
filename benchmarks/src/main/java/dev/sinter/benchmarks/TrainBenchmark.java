package dev.sinter.benchmarks;

import dev.sinter.data.Dataset;
import dev.sinter.data.Mnist;
import dev.sinter.data.MnistOptions;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Training of the dense MNIST network (784 - 512 relu - 10 softmax, RMSprop, batch 128) in samples
 * per second: Sinter's CPU backends beside DL4J's MultiLayerNetwork, on the same generated digits.
 *
 * <p>One invocation is 100 steps. Whoever trains must have learned before it is timed: the loss
 * after the warm-up epoch has to be below half of chance.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx4g", "-Djava.awt.headless=true"})
public class TrainBenchmark {
  static final int BATCH = 128;
  static final int SAMPLES = 100 * BATCH;

  /** Who trains. */
  @Param({"onednn", "nd4j", "dl4j"})
  public String trainer;

  private Contender contender;

  /** Someone who trains the network. */
  interface Contender extends AutoCloseable {
    /**
     * Trains one pass over the samples, in batches of 128; returns the loss of the pass or of its
     * last batch.
     */
    double epoch();

    @Override
    void close();
  }

  /** Prepares the data and proves that the contender learns. */
  @Setup(Level.Trial)
  public void setUp() {
    Dataset all =
        Mnist.load(MnistOptions.defaults().withGenerated(true)).train().flatten().scale(1 / 255f);
    Dataset data = all.take(SAMPLES);
    contender =
        trainer.equals("dl4j") ? new Dl4jContender(data) : new SinterContender(trainer, data);
    contender.epoch();
    double loss = contender.epoch();
    if (!(loss < Math.log(10) / 2)) {
      throw new IllegalStateException(trainer + " did not learn: loss " + loss);
    }
    System.out.printf("# %s learned: loss %.4f%n", trainer, loss);
  }

  /** Gives native memory back. */
  @TearDown(Level.Trial)
  public void tearDown() {
    contender.close();
  }

  /** 100 steps. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public double train() {
    return contender.epoch();
  }
}
