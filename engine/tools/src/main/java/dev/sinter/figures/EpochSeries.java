package dev.sinter.figures;

import dev.sinter.History;
import dev.sinter.errors.InputException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Numbers by epoch, from a {@link History} or from a file.
 *
 * @param epochs counted from 0, ascending
 * @param values by name ({@code loss}, {@code val_loss}, ...), one per epoch; NaN if there is none
 */
public record EpochSeries(List<Integer> epochs, Map<String, List<Double>> values) {
  /** Copies the lists and checks that they have equal lengths. */
  public EpochSeries {
    epochs = List.copyOf(epochs);
    Map<String, List<Double>> copies = new LinkedHashMap<>();
    for (Map.Entry<String, List<Double>> series : values.entrySet()) {
      if (series.getValue().size() != epochs.size()) {
        throw new InputException(
            "epoch series %s: expected %s values, one per epoch, received %s. Use NaN for an epoch without a value."
                .formatted(series.getKey(), epochs.size(), series.getValue().size()));
      }
      copies.put(series.getKey(), List.copyOf(series.getValue()));
    }
    values = Map.copyOf(copies);
  }

  /** Returns the series of a training. */
  public static EpochSeries of(History history) {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    history.names().forEach(name -> values.put(name, history.get(name)));
    return new EpochSeries(history.epochs(), values);
  }

  /**
   * Reads a file in the format of the Keras CSVLogger: a line of names including {@code epoch},
   * then one line per epoch. Of the other columns, only loss, accuracy, the mean absolute and
   * squared error, and these with val_ are read; NA means no value.
   *
   * @throws InputException for a file that is missing, damaged or of another kind
   */
  public static EpochSeries read(Path file) {
    return new HistoryFile(file).read();
  }

  /**
   * Reads a file that may still be growing: like {@link #read}, but it may be missing, hold no
   * epoch yet, or end in an incomplete line, which is ignored.
   *
   * @throws InputException for a file that is damaged or of another kind
   */
  public static EpochSeries readGrowing(Path file) {
    return new HistoryFile(file).readGrowing();
  }

  /** Returns the number of the last epoch; NaN if there is no epoch or no such series. */
  public double last(String name) {
    return epochs.isEmpty() ? Double.NaN : get(name, epochs.size() - 1);
  }

  /** Returns whether a name has at least one finite number. */
  boolean has(String name) {
    return values.getOrDefault(name, List.of()).stream().anyMatch(Double::isFinite);
  }

  /** Returns one number; NaN if there is none. */
  double get(String name, int row) {
    List<Double> series = values.get(name);
    return series == null ? Double.NaN : series.get(row);
  }
}
