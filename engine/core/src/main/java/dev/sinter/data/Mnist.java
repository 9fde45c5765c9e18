package dev.sinter.data;

/**
 * Handwritten digits: MNIST where it can be found or downloaded, generated digits where not.
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
 */
public final class Mnist {
  private final Dataset train;
  private final Dataset test;
  private final boolean generated;
  private final String note;

  private Mnist(Dataset train, Dataset test, boolean generated, String note) {
    this.train = train;
    this.test = test;
    this.generated = generated;
    this.note = note.replaceAll("\\R", " "); // one line, whatever a server or a path contains
  }

  /** Finds MNIST in the usual places, or generates digits. */
  public static Mnist load() {
    return load(MnistOptions.defaults());
  }

  /** Finds MNIST where the options allow, or generates digits. */
  public static Mnist load(MnistOptions options) {
    return load(options, Places.system());
  }

  static Mnist load(MnistOptions options, Places places) {
    return new MnistSearch(options, places).load();
  }

  static Mnist found(Dataset train, Dataset test, String note) {
    return new Mnist(train, test, false, note);
  }

  static Mnist generated(long seed, String note) {
    return new Mnist(GeneratedDigits.train(seed), GeneratedDigits.test(seed), true, note);
  }

  /** Returns the training set, unscaled. */
  public Dataset train() {
    return train;
  }

  /** Returns the test set, unscaled. */
  public Dataset test() {
    return test;
  }

  /** Returns "mnist" or "generated". */
  public String source() {
    return generated ? "generated" : "mnist";
  }

  /** Returns one line: where the data came from, and what was tried before. */
  public String note() {
    return note;
  }

  @Override
  public String toString() {
    return "Mnist[" + source() + ", train " + train + ", test " + test + "]";
  }
}
