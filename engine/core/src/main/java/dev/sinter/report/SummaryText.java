package dev.sinter.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The text of a summary. Source: Keras 3, utils/summary_utils.py; Keras 2, utils/layer_utils.py.
 */
final class SummaryText {
  private static final List<String> TITLES = List.of("Layer (type)", "Output Shape", "Param #");
  private static final int KERAS2_COLUMNS = 65;

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
    BoxTable.summary(options.columns(), options.unicode(), TITLES, rows).forEach(this::line);
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

  private void keras2() {
    int width = Math.min(KERAS2_COLUMNS, Math.max(1, options.columns()));
    line("Model: \"" + summary.model() + "\"");
    line("_".repeat(width));
    keras2Row(TITLES, width);
    line("=".repeat(width));
    int last = summary.layers().size() - 1;
    for (int i = 0; i <= last; i++) {
      keras2Row(cells(summary.layers().get(i), false), width);
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
    int[] ends = {(int) (width * .45), (int) (width * .85), width};
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

  private static List<String> cells(Summary.Layer layer, boolean separators) {
    long count = layer.parameterCount();
    String parameters = separators ? Numbers.count(count) : Long.toString(count);
    return List.of(
        layer.name() + " (" + layer.type() + ")",
        layer.outputs() == 0 ? "?" : "(None, " + layer.outputs() + ")",
        layer.built() ? parameters : "0 (unbuilt)");
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
