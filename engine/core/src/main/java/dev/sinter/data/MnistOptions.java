package dev.sinter.data;

import java.nio.file.Path;

/**
 * Where {@link Mnist#load(MnistOptions)} may look.
 *
 * <p>As in {@code MnistOptions.defaults().withOffline(true)}.
 *
 * @param dataDir the folder that holds {@code mnist/}, or null: SINTER_DATA if set, else the usual
 *     places
 * @param offline whether the network is forbidden
 * @param generated whether to draw digits without looking for MNIST
 * @param seed of the generated digits
 */
public record MnistOptions(Path dataDir, boolean offline, boolean generated, long seed) {
  private static final long DEFAULT_SEED = 1;

  /** Looks everywhere, the network last. */
  public static MnistOptions defaults() {
    return new MnistOptions(null, false, false, DEFAULT_SEED);
  }

  /** Returns these options with a folder that must hold the files; null for none. */
  public MnistOptions withDataDir(Path value) {
    return new MnistOptions(value, offline, generated, seed);
  }

  /** Returns these options with the network forbidden or allowed. */
  public MnistOptions withOffline(boolean value) {
    return new MnistOptions(dataDir, value, generated, seed);
  }

  /** Returns these options with generated digits asked for or not. */
  public MnistOptions withGenerated(boolean value) {
    return new MnistOptions(dataDir, offline, value, seed);
  }

  /** Returns these options with another seed of the generated digits. */
  public MnistOptions withSeed(long value) {
    return new MnistOptions(dataDir, offline, generated, value);
  }
}
