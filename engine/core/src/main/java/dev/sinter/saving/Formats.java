package dev.sinter.saving;

import dev.sinter.errors.InputException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The formats on the class path, by the end of a file's name; the longest end decides, so that
 * {@code .weights.h5} is not {@code .h5}. The core has .npz and .npy; sinter-formats has the
 * others. Any number of threads may call its methods.
 */
public final class Formats {
  private static final List<ModelFormat> MODELS = load(ModelFormat.class);
  private static final List<WeightsFormat> WEIGHTS = weightsFormats();

  private Formats() {}

  private static <T> List<T> load(Class<T> type) {
    List<T> found = new ArrayList<>();
    ServiceLoader.load(type, Formats.class.getClassLoader()).forEach(found::add);
    return found;
  }

  private static List<WeightsFormat> weightsFormats() {
    List<WeightsFormat> formats = new ArrayList<>(List.of(new NpzWeights(), new NpyWeights()));
    formats.addAll(load(WeightsFormat.class));
    return formats;
  }

  /** Returns the format of a whole model, if the name of the file says one. */
  public static Optional<ModelFormat> findModel(Path file) {
    int most = longest(file);
    return MODELS.stream()
        .filter(format -> most > 0 && longest(file, format.suffixes()) == most)
        .findFirst();
  }

  /** Returns the format of weights alone, if the name of the file says one. */
  public static Optional<WeightsFormat> findWeights(Path file) {
    int most = longest(file);
    return WEIGHTS.stream()
        .filter(format -> most > 0 && longest(file, format.suffixes()) == most)
        .findFirst();
  }

  /**
   * Returns the format of a whole model.
   *
   * @throws InputException when the file's name says none, or one of weights alone
   */
  public static ModelFormat model(Path file) {
    WeightsFormat other = findWeights(file).orElse(null);
    return findModel(file)
        .orElseThrow(
            () ->
                refused(
                    file,
                    "a model file: a name that ends in " + String.join(", ", modelSuffixes()),
                    other));
  }

  /**
   * Returns the format of weights alone.
   *
   * @throws InputException when the file's name says none, or one of whole models
   */
  public static WeightsFormat weights(Path file) {
    return findWeights(file)
        .orElseThrow(
            () ->
                refused(
                    file,
                    "a weights file: a name that ends in " + String.join(", ", weightsSuffixes()),
                    null));
  }

  /** Returns how the names of model files end, sorted. */
  public static List<String> modelSuffixes() {
    TreeSet<String> all = new TreeSet<>();
    MODELS.forEach(format -> all.addAll(format.suffixes()));
    return List.copyOf(all);
  }

  /** Returns how the names of weights files end, sorted. */
  public static List<String> weightsSuffixes() {
    TreeSet<String> all = new TreeSet<>();
    WEIGHTS.forEach(format -> all.addAll(format.suffixes()));
    return List.copyOf(all);
  }

  private static InputException refused(
      Path file, String expected, @Nullable WeightsFormat weights) {
    String remedy =
        MODELS.isEmpty()
            ? "Add dev.sinter:sinter-formats to the class path, which knows them"
            : "Name a file of such a format";
    return InputException.of(
        String.valueOf(file.getFileName()),
        MODELS.isEmpty() && weightsSuffixes().size() == 2
            ? "a format that is on the class path"
            : expected,
        weights == null ? "\"" + file + "\"" : "weights alone (" + weights.name() + ")",
        remedy);
  }

  private static int longest(Path file) {
    int most = 0;
    for (ModelFormat format : MODELS) {
      most = Math.max(most, longest(file, format.suffixes()));
    }
    for (WeightsFormat format : WEIGHTS) {
      most = Math.max(most, longest(file, format.suffixes()));
    }
    return most;
  }

  private static int longest(Path file, List<String> suffixes) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return suffixes.stream().filter(name::endsWith).mapToInt(String::length).max().orElse(0);
  }
}
