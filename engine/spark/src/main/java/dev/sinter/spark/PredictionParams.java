package dev.sinter.spark;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Precision;
import dev.sinter.errors.InputException;
import java.util.Locale;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;

/**
 * What Sinter's estimators and models have in common: the backend that computes.
 *
 * @param <T> the estimator or model itself
 */
public interface PredictionParams<T> extends Params {
  /**
   * Returns the parameter objects; {@link #backend} and {@link #backendOptions} are two of them.
   */
  ParamSet own();

  /** The backend: auto (default), onednn, nd4j, cuda, reference. */
  default Param<String> backend() {
    return own().backend;
  }

  /** Options of the backend as text, such as "threads=2, onednn.sparse=auto"; none by default. */
  default Param<String> backendOptions() {
    return own().backendOptions;
  }

  /** Returns the backend's name. */
  default String getBackend() {
    return getOrDefault(backend());
  }

  /** Returns the backend's options. */
  default String getBackendOptions() {
    return getOrDefault(backendOptions());
  }

  /** Sets the backend of the executors by name. */
  default T setBackend(String value) {
    return with(backend(), value);
  }

  /** Sets options of the backend: device, threads, precision, and those of its own. */
  default T setBackendOptions(String value) {
    parsedBackendOptions(value);
    return with(backendOptions(), value);
  }

  /** Sets a parameter and returns this. */
  @SuppressWarnings("unchecked") // T is the type of this
  default <V> T with(Param<V> param, V value) {
    return (T) set(param, value);
  }

  /**
   * Returns options that were written as text.
   *
   * @throws InputException for what is no option
   */
  static BackendOptions parsedBackendOptions(String text) {
    BackendOptions options = BackendOptions.DEFAULT;
    for (String part : text.isBlank() ? new String[0] : text.split(",")) {
      String[] sides = part.split("=", 2);
      if (sides.length < 2 || sides[0].isBlank() || sides[1].isBlank()) {
        throw InputException.of(
            "backendOptions",
            "name=value, separated by commas",
            "\"" + part.strip() + "\"",
            "Correct it, as in threads=2, onednn.sparse=off");
      }
      String name = sides[0].strip();
      String value = sides[1].strip();
      options =
          switch (name) {
            case "device" -> options.device(value);
            case "threads" -> options.threads(threads(value));
            case "precision" -> options.precision(Precision.of(value.toLowerCase(Locale.ROOT)));
            default -> options.option(name, value);
          };
    }
    return options;
  }

  private static int threads(String value) {
    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw InputException.of(
          "backendOptions, threads", "a whole number", "\"" + value + "\"", "Correct it", e);
    }
  }
}
