package dev.sinter.datasets;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where {@link Mnist#load(MnistOptions)} may look. Immutable: any number of threads may use it.
 *
 * <p>Example: {@code MnistOptions.defaults().offline(true)}.
 *
 * @param dataDir the folder that holds {@code mnist/}, or null: SINTER_DATA if set, else the usual
 *     places
 * @param dataDirName the name of that folder in messages
 * @param offline whether to stay off the network
 * @param generated whether to draw digits without looking for MNIST
 * @param seed of the generated digits
 */
public record MnistOptions(
    @Nullable Path dataDir, String dataDirName, boolean offline, boolean generated, long seed) {
  private static final long DEFAULT_SEED = 1;

  /** Looks everywhere, on the network last. */
  public static MnistOptions defaults() {
    return new MnistOptions(null, "data folder", false, false, DEFAULT_SEED);
  }

  /** Returns these options with a folder that must hold the files, or null for none. */
  public MnistOptions dataDir(@Nullable Path value) {
    return dataDir(value, dataDirName);
  }

  /**
   * Returns these options with a folder and its name in messages, such as the name of an option.
   */
  public MnistOptions dataDir(@Nullable Path value, String name) {
    return new MnistOptions(value, name, offline, generated, seed);
  }

  /** Returns these options with the network forbidden or allowed. */
  public MnistOptions offline(boolean value) {
    return new MnistOptions(dataDir, dataDirName, value, generated, seed);
  }

  /** Returns these options with generated digits requested or not. */
  public MnistOptions generated(boolean value) {
    return new MnistOptions(dataDir, dataDirName, offline, value, seed);
  }

  /** Returns these options with another seed for the generated digits. */
  public MnistOptions seed(long value) {
    return new MnistOptions(dataDir, dataDirName, offline, generated, value);
  }
}
