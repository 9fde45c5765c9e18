package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.data.Tensor;
import dev.sinter.report.BoxTable;
import dev.sinter.report.Terminal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Predictions as a table, or as JSON: the most likely class and its probability, then the
 * probabilities of all classes; of a single sigmoid output the probability of a one; of other
 * outputs the numbers. Used by one thread at a time.
 */
final class PredictionTable {
  /** What the outputs of a network mean. */
  enum Meaning {
    CLASSES,
    ONE_OR_ZERO,
    NUMBERS
  }

  /** With more classes, the table has the most likely one alone. */
  private static final int MOST_CLASSES = 20;

  /** The numbers of a sample that a table shows. */
  private static final int MOST_NUMBERS = 20;

  private static final int FIXED = 4; // file, row, prediction, probability

  private final Meaning meaning;
  private final int outputs;
  private final List<String> classes; // names; empty if classes are called by their numbers
  private final List<List<String>> rows = new ArrayList<>();

  PredictionTable(Meaning meaning, int outputs, List<String> classes) {
    this.meaning = meaning;
    this.outputs = outputs;
    this.classes = classes;
  }

  /** Adds a row for a sample. */
  void add(Path file, Tensor predicted, int row) {
    List<String> cells = new ArrayList<>();
    cells.add(Names.printable(String.valueOf(file.getFileName())));
    cells.add("" + row);
    if (meaning != Meaning.NUMBERS) {
      cells.add(Names.printable(name(prediction(predicted, row))));
      cells.add(probability(predicted.get(row * outputs + likeliest(predicted, row))));
    }
    rows.add(cells);
    if (meaning == Meaning.CLASSES && outputs <= MOST_CLASSES) {
      for (int i = 0; i < outputs; i++) {
        cells.add(probability(predicted.get(row * outputs + i)));
      }
    } else if (meaning == Meaning.NUMBERS) {
      String numbers =
          IntStream.range(0, Math.min(outputs, MOST_NUMBERS))
              .mapToObj(i -> String.format(Locale.ROOT, "%.6g", predicted.get(row * outputs + i)))
              .collect(Collectors.joining(" "));
      cells.add(outputs > MOST_NUMBERS ? numbers + " ..." : numbers);
    }
  }

  private static String probability(float value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private int likeliest(Tensor predicted, int row) {
    return outputs == 1 ? 0 : predicted.argmax(row);
  }

  private int prediction(Tensor predicted, int row) {
    return meaning == Meaning.ONE_OR_ZERO
        ? predicted.get(row) > 0.5f ? 1 : 0
        : likeliest(predicted, row);
  }

  private String name(int label) {
    return classes.isEmpty() ? "" + label : classes.get(label);
  }

  private List<String> titles() {
    List<String> titles = new ArrayList<>(List.of("file", "row"));
    switch (meaning) {
      case CLASSES -> titles.addAll(List.of("prediction", "probability"));
      case ONE_OR_ZERO ->
          titles.addAll(
              List.of("prediction", "probability of " + (classes.isEmpty() ? "a one" : name(1))));
      case NUMBERS -> titles.add(outputs == 1 ? "output" : "outputs");
    }
    if (meaning == Meaning.CLASSES && outputs <= MOST_CLASSES) {
      IntStream.range(0, outputs).forEach(i -> titles.add(Names.printable(name(i))));
    }
    return titles;
  }

  /** Returns the table; if the terminal is too narrow, the probabilities share a column. */
  List<String> lines(Terminal terminal) {
    List<String> titles = titles();
    if (meaning == Meaning.CLASSES && BoxTable.naturalWidth(titles, rows) > terminal.columns()) {
      List<List<String>> joined = rows.stream().map(PredictionTable::joined).toList();
      List<String> heading = titles.subList(0, FIXED);
      if (titles.size() > FIXED) {
        heading = new ArrayList<>(heading);
        heading.add("of " + name(0) + " to " + name(outputs - 1));
      }
      return BoxTable.fitting(terminal, heading, BoxTable.ruled(joined), 1);
    }
    return BoxTable.fitting(terminal, titles, rows, 1);
  }

  private static List<String> joined(List<String> row) {
    if (row.size() <= FIXED) {
      return row;
    }
    List<String> cells = new ArrayList<>(row.subList(0, FIXED));
    cells.add(String.join(" ", row.subList(FIXED, row.size())));
    return cells;
  }

  /** Adds an object for each sample of a file to an array. */
  void toJson(ArrayNode array, Path file, Tensor predicted) {
    for (int row = 0; row < predicted.dimension(0); row++) {
      ObjectNode sample = array.addObject();
      sample.put("file", file.toString());
      sample.put("row", row);
      if (meaning != Meaning.NUMBERS) {
        int label = prediction(predicted, row);
        if (classes.isEmpty()) {
          sample.put("prediction", label);
        } else {
          sample.put("prediction", classes.get(label));
        }
        sample.put("probability", predicted.get(row * outputs + likeliest(predicted, row)));
      }
      ArrayNode values = sample.putArray("outputs");
      for (int i = 0; i < outputs; i++) {
        values.add(predicted.get(row * outputs + i));
      }
    }
  }
}
