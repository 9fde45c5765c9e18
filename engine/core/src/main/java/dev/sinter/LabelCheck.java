package dev.sinter;

import dev.sinter.compile.Goal;
import dev.sinter.compile.Graph;
import dev.sinter.compile.Objective;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.losses.CrossEntropy;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Checks labels against the losses of a model: their width, and each one's value. */
final class LabelCheck {
  private final String where;
  private final Graph graph;
  private final List<Goal> goals;
  private final List<Part> parts = new ArrayList<>(); // one for each goal

  /** The columns of the labels that belong to an output. */
  private record Part(Graph.Node end, CrossEntropy.@Nullable Labels kind, int first, int columns) {
    float get(Tensor y, int row, int column) {
      return y.get(row * y.rowSize() + first + column);
    }
  }

  /**
   * Prepares the checks.
   *
   * @param where the call, for messages
   */
  LabelCheck(String where, Graph graph, List<Goal> goals) {
    this.where = where;
    this.graph = graph;
    this.goals = goals;
    int column = 0;
    for (int i = 0; i < goals.size(); i++) {
      Graph.Node end = graph.endNodes().get(i);
      int columns = goals.get(i).loss().labelColumns(end.outputs().size());
      CrossEntropy.Labels kind =
          goals.get(i).loss() instanceof CrossEntropy loss ? loss.labels() : null;
      parts.add(new Part(end, kind, column, columns));
      column += columns;
    }
  }

  /** Checks the width of labels. */
  void requireColumns(int received) {
    List<Integer> widths = parts.stream().map(Part::columns).toList();
    int all = widths.stream().mapToInt(Integer::intValue).sum();
    if (goals.size() == 1) {
      String end = where + ", layer " + graph.endNodes().get(0).layer();
      Objective.requireLabels(end, goals.get(0).loss(), graph.outputs(), received);
    } else if (received != all) {
      throw InputException.of(
          where,
          "labels of %s columns, those of the outputs %s side by side, %s columns each"
              .formatted(all, goals.stream().map(Goal::output).toList(), widths),
          received,
          "Make the dataset with the model's dataset method");
    }
  }

  /**
   * Checks the finite values of a row.
   *
   * @param number what the row is called
   */
  void row(Tensor y, int row, long number) {
    for (Part part : parts) {
      if (part.kind == null) {
        continue; // any finite number will do
      }
      switch (part.kind) {
        case CLASS_INDICES -> classIndex(part, part.get(y, row, 0), number);
        case DISTRIBUTIONS -> distribution(part, y, row, number);
        case SHARES -> shares(part, y, row, number);
      }
    }
  }

  private void classIndex(Part part, float label, long number) {
    int classes = part.end.outputs().size();
    if (!(label >= 0 && label < classes) || label != (int) label) {
      throw InputException.of(
          where + ", label " + number,
          "a class from 0 to %s, as layer %s has %s outputs"
              .formatted(classes - 1, part.end.layer(), classes),
          plain(label),
          "Correct the labels or the number of units");
    }
  }

  private void distribution(Part part, Tensor y, int row, long number) {
    double sum = 0;
    for (int column = 0; column < part.columns; column++) {
      float value = part.get(y, row, column);
      if (value < 0) {
        throw InputException.of(
            where + ", label row " + number,
            "probabilities of at least 0",
            value,
            "Correct the labels");
      }
      sum += value;
    }
    if (Math.abs(sum - 1) > 1e-3) {
      throw InputException.of(
          where + ", label row " + number,
          "a one-hot row, or probabilities that add up to 1",
          "a sum of " + sum,
          "Several labels a sample need binary_crossentropy and sigmoid");
    }
  }

  private void shares(Part part, Tensor y, int row, long number) {
    for (int column = 0; column < part.columns; column++) {
      float value = part.get(y, row, column);
      if (!(value >= 0 && value <= 1)) {
        throw InputException.of(
            where + ", label row " + number,
            "values from 0 to 1",
            plain(value),
            "Correct the labels");
      }
    }
  }

  private static String plain(float value) {
    return value == (int) value ? Integer.toString((int) value) : Float.toString(value);
  }
}
