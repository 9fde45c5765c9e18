package dev.sinter.program;

/**
 * Counter-based random numbers: Philox4x32-10. The same seed, stream, index and element give the
 * same number on every backend and in any order, so there is no generator state to save.
 *
 * <p>Key: the 64-bit seed. Counter: element / 4, index (epoch, step or parameter), stream. Source:
 * Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011.
 *
 * <p>Immutable: any number of threads may use it.
 */
public final class Philox {
  /** The purpose of the numbers; streams never share numbers. */
  public enum Stream {
    /** Initial weights; the index is the position of the parameter. */
    INITIAL_WEIGHTS,
    /** The order of the samples; the index is the epoch. */
    SHUFFLE,
    /** Random numbers of layers; the index is the step. */
    LAYER
  }

  /** The most random sources that a program may have. */
  public static final int LAYER_STREAMS = 1 << 24;

  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;

  private final int stream;
  private int key0;
  private int key1;
  private long index;
  private final int[] counter = new int[4];
  private final int[] block = new int[4];
  private long blockNumber = -1;

  /** Opens a sequence; not shared between threads. */
  public Philox(long seed, Stream stream, long index) {
    this(seed, stream.ordinal(), index);
  }

  private Philox(long seed, int stream, long index) {
    this.stream = stream;
    reset(seed, index);
  }

  /** Switches to the sequence of another seed and index, in the same stream. */
  public void reset(long seed, long newIndex) {
    key0 = (int) seed;
    key1 = (int) (seed >>> 32);
    index = newIndex;
    blockNumber = -1;
  }

  /**
   * Opens the sequence of one random source of a program in one step, for up to 2^34 elements:
   * counter word 1 is the source times 256 plus the stream {@link Stream#LAYER}.
   *
   * @param source from 0 to below {@link #LAYER_STREAMS}
   * @param step from 1
   */
  public static Philox layer(long seed, int source, long step) {
    return new Philox(seed, source << 8 | Stream.LAYER.ordinal(), step);
  }

  /** Returns the 32 random bits of an element. */
  public int bits(long element) {
    if (element >>> 2 != blockNumber) {
      blockNumber = element >>> 2;
      counter[0] = (int) blockNumber;
      counter[1] = (int) (blockNumber >>> 32) << 8 | stream;
      counter[2] = (int) index;
      counter[3] = (int) (index >>> 32);
      generate(block, key0, key1, counter);
    }
    return block[(int) (element & 3)];
  }

  /** Returns a number in [0, 1) with 24 random bits. */
  public float uniform(long element) {
    return (bits(element) >>> 8) * 0x1p-24f;
  }

  /**
   * Returns a number from the normal distribution of mean 0 and standard deviation 1, at most 5.8
   * from 0, to the same bits everywhere; uses elements 2 * element and the next (Box and Muller,
   * 1958).
   */
  public double normal(long element) {
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - uniform(2 * element)));
    return radius * StrictMath.cos(2 * Math.PI * uniform(2 * element + 1));
  }

  /** Returns a whole number in [0, bound), from 32 bits: bias below bound / 2^32. */
  public int below(long element, int bound) {
    return (int) ((bits(element) & 0xFFFFFFFFL) * bound >>> 32);
  }

  /**
   * Shuffles an array in place, every order equally likely (Fisher-Yates); uses elements 1 to
   * length - 1.
   */
  public void shuffle(int[] values) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = below(i, i + 1);
      int swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
  }

  /** Computes one block of four words; counter is overwritten. */
  static void generate(int[] result, int key0, int key1, int[] counter) {
    int k0 = key0;
    int k1 = key1;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (counter[0] & 0xFFFFFFFFL);
      long product1 = MULTIPLIER_1 * (counter[2] & 0xFFFFFFFFL);
      int c1 = counter[1];
      int c3 = counter[3];
      counter[0] = (int) (product1 >>> 32) ^ c1 ^ k0;
      counter[1] = (int) product1;
      counter[2] = (int) (product0 >>> 32) ^ c3 ^ k1;
      counter[3] = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    System.arraycopy(counter, 0, result, 0, 4);
  }
}
