package dev.sinter.benchmarks;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A trainer with its work: opens it, proves that it learns, closes it. */
@State(Scope.Benchmark)
public class TrainerState {
  /**
   * The trainer: onednn, onednn-bf16, nd4j, reference; with the Maven profile cuda also cuda,
   * cuda-cudnn, cuda-tf32, cuda-bf16; with the profile peers also dl4j and djl.
   */
  @Param({"onednn"})
  public String trainer;

  /** The network: mnist-dense, mnist-sigmoid, digits01, mnist-convnet. */
  @Param({"mnist-dense"})
  public String recipe;

  /** Samples per step, 1 to 16 384; for peers up to 10 000. */
  @Param({"128"})
  public int batch;

  /** CPU threads; 0 lets the trainer choose. */
  @Param({"0"})
  public int threads;

  /** rmsprop, adam, sgd, ... with the defaults of Keras, or the optimizer of the recipe. */
  @Param({Workload.OWN_OPTIMIZER})
  public String optimizer;

  /** The least samples per call on a GPU, because the host waits for it after each call. */
  static final int GPU_SAMPLES = 1 << 16;

  private Contender contender;
  private Workload work;
  private int leastSamples;
  private long owed; // requested samples not yet trained, less than a batch

  /** Opens the trainer, proves that it learns, prints its environment. */
  @Setup(Level.Trial)
  public void setUp() {
    BenchmarkProcess.prepare(trainer);
    open(Workload.of(recipe, batch, threads, optimizer));
  }

  /** Opens the trainer for the given work. */
  void open(Workload given) {
    take(given, Contenders.open(trainer, given), isGpu() ? GPU_SAMPLES : 0);
    try {
      String proof = LearningCheck.learns(work, contender, this::practise);
      System.out.println();
      BenchmarkProcess.print(System.out, work, contender);
      System.out.println("# learned: " + proof);
    } catch (RuntimeException e) {
      contender.close();
      throw e;
    }
  }

  /**
   * Takes over a trainer.
   *
   * @param least the least samples to train or predict at a time
   */
  final void take(Workload given, Contender opened, int least) {
    work = given;
    contender = opened;
    leastSamples = least;
  }

  /**
   * Trains about the given number of samples, in whole batches, in the way that is measured or a
   * similar one.
   */
  void practise(int samples) {
    contender.train(Math.max(1, samples / work.batch()));
  }

  /** Frees the native memory. */
  @TearDown(Level.Trial)
  public void tearDown() {
    contender.close();
  }

  /** Returns whether the trainer is on a GPU. */
  boolean isGpu() {
    return SinterTrainer.of(trainer).isGpu();
  }

  /** Returns the contender. */
  Contender contender() {
    return contender;
  }

  /** Returns the work. */
  Workload work() {
    return work;
  }

  /**
   * Returns the number of steps for the given number of samples. Samples that do not fill a batch
   * are carried over to the next call, so that samples per second are correct for any batch size.
   * So are amounts too small to keep a GPU busy.
   */
  int steps(int samples) {
    owed += samples;
    if (owed < leastSamples) {
      return 0;
    }
    long steps = owed / work.batch();
    owed -= steps * work.batch();
    return (int) steps;
  }
}
