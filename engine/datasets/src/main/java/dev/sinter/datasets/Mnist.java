package dev.sinter.datasets;

import dev.sinter.data.Dataset;

/**
 * Handwritten digits: MNIST where it can be found or downloaded, generated digits where not.
 * Immutable: any number of threads may use it.
 *
 * <p>{@code train()} is uint8 [60000, 28, 28] with labels uint8 [60000], {@code test()} [10000, 28,
 * 28] with labels [10000]; pixels 0 (paper) to 255 (ink). A folder that the user names may hold
 * other IDX data of the same kind, in other sizes.
 *
 * <p>Searched in this order: the folder named by the options or SINTER_DATA, and nothing else when
 * there is one; the cache ($XDG_CACHE_HOME/sinter or ~/.cache/sinter); Keras's and torchvision's
 * copies; the network; then digits are generated. What was not named by the user is believed only
 * when its SHA-256 is MNIST's.
 *
 * <p>Errors: {@link dev.sinter.errors.InputException} when a folder is named and its files are
 * missing or damaged. A network that fails is no error: {@link #note()} tells.
 *
 * @param train the training set, unscaled
 * @param test the test set, unscaled
 * @param source "mnist" or "generated"
 * @param note one line: where the data came from, and what was tried before
 */
public record Mnist(Dataset train, Dataset test, String source, String note) {
  public Mnist {
    note = note.replaceAll("\\R", " "); // one line, whatever a server or a path contains
  }

  /** Finds MNIST in the usual places, or generates digits. */
  public static Mnist load() {
    return load(MnistOptions.defaults());
  }

  /** Finds MNIST where the options allow, or generates digits. */
  public static Mnist load(MnistOptions options) {
    return load(options, SearchPaths.system());
  }

  static Mnist load(MnistOptions options, SearchPaths places) {
    return new MnistSearch(options, places).load();
  }

  static Mnist found(Dataset train, Dataset test, String note) {
    return new Mnist(train, test, "mnist", note);
  }

  static Mnist generated(long seed, String note) {
    return new Mnist(GeneratedDigits.train(seed), GeneratedDigits.test(seed), "generated", note);
  }
}
