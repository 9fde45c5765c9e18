package dev.sinter.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The text of a summary. Source: Keras 3, utils/summary_utils.py; Keras 2, utils/layer_utils.py.
 */
final class SummaryText {
  private static final List<String> TITLES = List.of("Layer (type)", "Output Shape", "Param #");
  private static final String CONNECTED = "Connected to";
  private static final int KERAS2_COLUMNS = 65;
  private static final int KERAS2_CONNECTED_COLUMNS = 98;

  private final Summary summary;
  private final SummaryOptions options;
  private final StringBuilder text = new StringBuilder();

  SummaryText(Summary summary, SummaryOptions options) {
    this.summary = summary;
    this.options = options;
  }

  String text() {
    if (options.style() == Style.KERAS3) {
      keras3();
    } else {
      keras2();
    }
    if (options.details()) {
      details();
    }
    return text.toString();
  }

  private void line(String line) {
    text.append(line).append(System.lineSeparator());
  }

  private void keras3() {
    String title = "Model: \"" + summary.model() + "\"";
    line(options.color() ? "\033[1m" + title + "\033[0m" : title);
    List<List<String>> rows = new ArrayList<>();
    summary.layers().forEach(layer -> rows.add(cells(layer, true)));
    BoxTable.summary(options.columns(), options.unicode(), titles(), rows).forEach(this::line);
    long weights = summary.parameterCount();
    Summary.Optimizer optimizer = summary.optimizer();
    Summary.Optimizer used = optimizer != null && optimizer.inUse() ? optimizer : null;
    long kept = used == null ? 0 : used.parameterCount(weights);
    long keptBytes = used == null ? 0 : used.sizeBytes(weights);
    total("Total", weights + kept, weights * Float.BYTES + keptBytes);
    total("Trainable", weights, weights * Float.BYTES);
    total("Non-trainable", 0, 0);
    if (used != null) {
      total("Optimizer", kept, keptBytes);
    }
  }

  private void total(String what, long count, long sizeBytes) {
    line(" " + what + " params: " + Numbers.count(count) + " (" + Numbers.bytes(sizeBytes) + ")");
  }

  private List<String> titles() {
    return summary.isConnected()
        ? Stream.concat(TITLES.stream(), Stream.of(CONNECTED)).toList()
        : TITLES;
  }

  private void keras2() {
    int most = summary.isConnected() ? KERAS2_CONNECTED_COLUMNS : KERAS2_COLUMNS;
    int width = Math.min(most, Math.max(1, options.columns()));
    line("Model: \"" + summary.model() + "\"");
    line("_".repeat(width));
    keras2Row(titles(), width);
    line("=".repeat(width));
    int last = summary.layers().size() - 1;
    for (int i = 0; i <= last; i++) {
      Summary.Layer layer = summary.layers().get(i);
      List<String> cells = cells(layer, false);
      int feeding = layer.connected() == null ? 0 : layer.connected().size();
      keras2Row(feeding > 1 ? replaced(cells, layer.connected().get(0)) : cells, width);
      for (int k = 1; k < feeding; k++) {
        keras2Row(List.of("", "", "", layer.connected().get(k)), width);
      }
      line((i == last ? "=" : "_").repeat(width));
    }
    String count = Numbers.count(summary.parameterCount());
    line("Total params: " + count);
    line("Trainable params: " + count);
    line("Non-trainable params: 0");
    line("_".repeat(width));
  }

  /** Adds a row with fixed column starts; longer text is cut, as in Keras 2. */
  private void keras2Row(List<String> cells, int width) {
    int[] ends =
        cells.size() == TITLES.size()
            ? new int[] {(int) (width * .45), (int) (width * .85), width}
            : new int[] {(int) (width * .33), (int) (width * .55), (int) (width * .67), width};
    StringBuilder row = new StringBuilder();
    for (int i = 0; i < ends.length; i++) {
      if (i > 0) {
        row.setCharAt(row.length() - 1, ' ');
      }
      row.append(cells.get(i));
      row.setLength(Math.min(row.length(), ends[i]));
      row.append(" ".repeat(ends[i] - row.length()));
    }
    line(row.toString());
  }

  private static List<String> replaced(List<String> cells, String last) {
    List<String> others = new ArrayList<>(cells.subList(0, TITLES.size()));
    others.add(last);
    return others;
  }

  private static List<String> cells(Summary.Layer layer, boolean separators) {
    long count = layer.parameterCount();
    String parameters = separators ? Numbers.count(count) : Long.toString(count);
    List<String> cells = new ArrayList<>();
    cells.add(layer.name() + " (" + layer.type() + ")");
    cells.add(
        layer.outputs().stream()
            .map(String::valueOf)
            .reduce((first, next) -> first + ", " + next)
            .map(shape -> "(None, " + shape + ")")
            .orElse("?"));
    cells.add(layer.built() ? parameters : "0 (unbuilt)");
    if (layer.connected() != null) {
      cells.add(layer.connected().isEmpty() ? "-" : String.join(", ", layer.connected()));
    }
    return cells;
  }

  /** Adds the details that Keras does not print. */
  private void details() {
    line("");
    if (summary.memory() == null) {
      folded("Not built: start the model with an Input, call build, or let fit see data.");
    }
    summary.layers().stream()
        .filter(layer -> !layer.weights().isEmpty())
        .forEach(layer -> folded(layer.name() + ": " + shapes(layer.weights())));
    Summary.Optimizer optimizer = summary.optimizer();
    if (optimizer != null) {
      boolean slots = !optimizer.slots().isEmpty();
      String kept =
          slots ? String.join(" and ", optimizer.slots()) + " for each weight" : "no state";
      folded("Optimizer " + optimizer.name() + ": " + kept);
    }
    if (summary.memory() != null) {
      folded(memory(summary.memory()));
    }
  }

  private static String shapes(List<Summary.Weight> weights) {
    return weights.stream()
        .map(weight -> weight.symbol() + " " + tuple(weight.shape()))
        .collect(Collectors.joining(", "));
  }

  private static String tuple(List<Integer> shape) {
    String inside = shape.stream().map(String::valueOf).collect(Collectors.joining(", "));
    return "(" + inside + (shape.size() == 1 ? ",)" : ")");
  }

  private static String memory(Summary.Memory memory) {
    String weights = "Memory with padding: weights " + Numbers.bytes(memory.weights());
    if (memory.gradients() == 0) {
      return weights;
    }
    return "%s, gradients %s, optimizer state %s, scratch %s for batches of %s"
        .formatted(
            weights,
            Numbers.bytes(memory.gradients()),
            Numbers.bytes(memory.slots()),
            Numbers.bytes(memory.scratch()),
            memory.batchSize());
  }

  private void folded(String words) {
    BoxTable.fold(words, Math.max(1, options.columns() - 2)).forEach(row -> line(" " + row));
  }
}
