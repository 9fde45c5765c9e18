package dev.sinter.datasets;

import dev.sinter.data.Dataset;

/**
 * Handwritten digits: MNIST if it can be found or downloaded, otherwise generated digits.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * <p>{@code train()} is uint8 [60000, 28, 28] with labels uint8 [60000], {@code test()} [10000, 28,
 * 28] with labels [10000]; pixels 0 (paper) to 255 (ink). A folder named by the user may hold other
 * IDX data of the same kind, in other sizes.
 *
 * <p>Search order: the folder named by the options or by SINTER_DATA (if one is named, nothing else
 * is searched); the cache ($XDG_CACHE_HOME/sinter or ~/.cache/sinter); the copies of Keras and
 * torchvision; the network; finally, digits are generated. Files not named by the user are accepted
 * only if their SHA-256 matches.
 *
 * <p>Errors: {@link dev.sinter.errors.InputException} if a folder is named and its files are
 * missing or damaged. A network failure is not an error; {@link #note()} reports it.
 *
 * @param train the training set, unscaled
 * @param test the test set, unscaled
 * @param source "mnist" or "generated"
 * @param note one line: the origin of the data, and the places tried before
 */
public record Mnist(Dataset train, Dataset test, String source, String note) {
  public Mnist {
    note = note.replaceAll("\\R", " "); // one line, whatever a server or a path contains
  }

  /** Finds MNIST in the usual places, or generates digits. */
  public static Mnist load() {
    return load(MnistOptions.defaults());
  }

  /** Finds MNIST in the places that the options allow, or generates digits. */
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
