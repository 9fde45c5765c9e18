package dev.sinter.spark;

import dev.sinter.errors.InputException;
import dev.sinter.layers.BatchNormalization;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Dropout;
import dev.sinter.layers.Layer;
import dev.sinter.layers.LayerNormalization;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Layers written as text: {@code Dense(64, relu), Dropout(0.2)}. */
final class LayerText {
  private static final Pattern LAYER =
      Pattern.compile("\\s*([A-Za-z]+)\\s*(?:\\(([^()]*)\\))?\\s*(?:,|$)");
  private static final String KNOWN =
      "Dense(units), Dense(units, activation), Dropout(rate), BatchNormalization(),"
          + " LayerNormalization()";

  private LayerText() {}

  /** Returns the layers; none for a blank text. */
  static List<Layer> parse(String text) {
    List<Layer> layers = new ArrayList<>();
    Matcher next = LAYER.matcher(text);
    int at = 0;
    while (!text.substring(at).isBlank()) {
      if (!next.find(at) || next.start() != at) {
        throw refused(text.substring(at));
      }
      String inner = next.group(2) == null ? "" : next.group(2).strip();
      List<String> arguments = inner.isEmpty() ? List.of() : List.of(inner.split("\\s*,\\s*"));
      layers.add(layer(next.group().strip(), next.group(1), arguments));
      at = next.end();
    }
    return layers;
  }

  private static Layer layer(String text, String name, List<String> arguments) {
    int count = arguments.size();
    try {
      if (name.equals("Dense") && count == 1) {
        return new Dense(Integer.parseInt(arguments.get(0)));
      } else if (name.equals("Dense") && count == 2) {
        return new Dense(Integer.parseInt(arguments.get(0)), arguments.get(1));
      } else if (name.equals("Dropout") && count == 1) {
        return new Dropout(Double.parseDouble(arguments.get(0)));
      } else if (name.equals("BatchNormalization") && count == 0) {
        return new BatchNormalization();
      } else if (name.equals("LayerNormalization") && count == 0) {
        return new LayerNormalization();
      }
    } catch (NumberFormatException e) { // falls through
    }
    throw refused(text);
  }

  private static InputException refused(String text) {
    return InputException.of(
        "layers",
        "layers separated by commas, each one of " + KNOWN,
        "\"" + text.strip() + "\"",
        "Correct it, or make the network in a program or a file and set the model");
  }
}
