package dev.sinter.benchmarks;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** A trainer with its work: opened, proven to learn, closed. */
@State(Scope.Benchmark)
public class TrainerState {
  /**
   * Who trains: onednn, nd4j, reference; with the Maven profile cuda also cuda, cuda-cudnn,
   * cuda-tf32, cuda-bf16, with the profile peers dl4j and djl.
   */
  @Param({"onednn"})
  public String trainer;

  /** The network: mnist-dense, mnist-sigmoid, digits01. */
  @Param({"mnist-dense"})
  public String recipe;

  /** Samples a step, 1 to 16 384; of peers 10 000. */
  @Param({"128"})
  public int batch;

  /** CPU threads; 0 for as many as the trainer chooses. */
  @Param({"0"})
  public int threads;

  /** rmsprop, adam, sgd, ... at Keras's numbers, or the recipe's own. */
  @Param({Work.OWN_OPTIMIZER})
  public String optimizer;

  /** Samples that a GPU gets at least: the host waits for it after each call. */
  static final int GPU_SAMPLES = 1 << 16;

  private Contender contender;
  private Work work;
  private int leastSamples;
  private long owed; // samples that were asked for and not yet trained, less than a batch

  /** Opens the trainer, proves that it learns, prints where it runs. */
  @Setup(Level.Trial)
  public void setUp() {
    BenchmarkProcess.prepare(trainer);
    open(Work.of(recipe, batch, threads, optimizer));
  }

  /** Opens the trainer for some work. */
  void open(Work given) {
    take(given, Contenders.open(trainer, given), isGpu() ? GPU_SAMPLES : 0);
    try {
      String proof = Proof.learns(work, contender, this::practise);
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
   * @param least samples that it trains or predicts at a time at least
   */
  final void take(Work given, Contender opened, int least) {
    work = given;
    contender = opened;
    leastSamples = least;
  }

  /** Trains so many samples, give or take a batch: what is measured, or the like of it. */
  void practise(int samples) {
    contender.train(Math.max(1, samples / work.batch()));
  }

  /** Gives native memory back. */
  @TearDown(Level.Trial)
  public void tearDown() {
    contender.close();
  }

  /** Returns whether the trainer is on a GPU. */
  boolean isGpu() {
    return SinterTrainer.of(trainer).isGpu();
  }

  /** Returns who trains. */
  Contender contender() {
    return contender;
  }

  /** Returns what is trained. */
  Work work() {
    return work;
  }

  /**
   * Returns the number of steps that so many samples take. What does not fill a batch is carried
   * over to the next call, so that samples a second are right for any batch; so is what a GPU would
   * be done with before the host has turned round.
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
