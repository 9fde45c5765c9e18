package dev.sinter.dl4j;

import dev.sinter.errors.InputException;
import java.util.Set;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.jspecify.annotations.Nullable;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

/**
 * Reads configuration.json of anybody's making. DL4J's own parser creates whatever class {@code
 * @class} names and recurses as deeply as the text does: both are checked before it sees the text.
 * Any number of threads may call its methods.
 */
final class ConfigurationJson {
  static final int MAX_BYTES = 1 << 20;
  private static final int MAX_DEPTH = 40;
  private static final int MAX_NUMBER = 64; // characters; longer ones take quadratic time
  private static final int MAX_LAYERS = 1000;
  private static final String LAYERS = "org.deeplearning4j.nn.conf.layers.";

  /** The packages whose classes describe a network and do nothing. */
  private static final Set<String> PACKAGES =
      Set.of(
          "org.nd4j.linalg.activations.impl",
          "org.nd4j.linalg.lossfunctions.impl",
          "org.nd4j.linalg.learning.config",
          "org.nd4j.linalg.learning.regularization",
          "org.nd4j.linalg.schedule",
          "org.deeplearning4j.nn.weights",
          "org.deeplearning4j.nn.conf.distribution",
          "org.deeplearning4j.nn.conf.dropout",
          "org.deeplearning4j.nn.conf.weightnoise",
          "org.deeplearning4j.nn.conf.constraint",
          "org.deeplearning4j.nn.conf.stepfunctions");

  private ConfigurationJson() {}

  /**
   * Returns the configuration.
   *
   * @param where the file, for messages
   * @throws InputException for text that is no configuration of dense layers
   */
  static MultiLayerConfiguration read(String where, String text) {
    checkText(where, text);
    JsonNode root;
    try {
      root = new ObjectMapper().readTree(text);
    } catch (JsonProcessingException e) {
      throw refused(where, "JSON", "something else (" + reason(e) + ")", e);
    }
    JsonNode layers = root == null ? null : root.get("confs");
    if (layers == null || !layers.isArray() || layers.size() == 0) {
      boolean graph = root != null && root.has("vertices");
      String received = graph ? "a ComputationGraph" : "no confs";
      throw refused(where, "a MultiLayerConfiguration", received, null);
    }
    if (layers.size() > MAX_LAYERS) {
      throw refused(where, "at most " + MAX_LAYERS + " layers", layers.size(), null);
    }
    for (int i = 0; i < layers.size(); i++) {
      checkLayer(where + ", layer " + i, layers.get(i).path("layer"));
    }
    checkClasses(where, root);
    try {
      return MultiLayerConfiguration.fromJson(text);
    } catch (RuntimeException e) {
      throw refused(where, "a configuration that DL4J reads", reason(e), e);
    }
  }

  /** Refuses what would take a parser too deep or too long, before it starts. */
  private static void checkText(String where, String text) {
    int depth = 0;
    int number = 0;
    boolean quoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c == '\\') {
          i++;
        } else if (c == '"') {
          quoted = false;
        }
        continue;
      }
      number = c >= '0' && c <= '9' ? number + 1 : 0;
      quoted = c == '"';
      depth += c == '{' || c == '[' ? 1 : c == '}' || c == ']' ? -1 : 0;
      if (depth > MAX_DEPTH) {
        throw refused(where, "at most " + MAX_DEPTH + " levels", "more", null);
      }
      if (number > MAX_NUMBER) {
        throw refused(where, "numbers of at most " + MAX_NUMBER + " digits", "a longer one", null);
      }
    }
  }

  private static void checkLayer(String where, JsonNode layer) {
    String kind = layer.path("@class").asText("");
    if (!kind.equals(LAYERS + "DenseLayer") && !kind.equals(LAYERS + "OutputLayer")) {
      String received = kind.isEmpty() ? "none, as DL4J before 1.0.0-beta wrote it" : simple(kind);
      throw refused(where, "DenseLayer or OutputLayer", received, null);
    }
    if (layer.path("lossFn").hasNonNull("weights")) {
      throw refused(where, "a loss without label weights", "weights", null);
    }
  }

  /** Refuses any class that is not a plain description. The tree is not deep: see checkText. */
  private static void checkClasses(String where, JsonNode node) {
    JsonNode named = node.get("@class");
    if (named != null) {
      String name = named.asText("");
      int dot = name.lastIndexOf('.');
      boolean layer = name.equals(LAYERS + "DenseLayer") || name.equals(LAYERS + "OutputLayer");
      boolean described =
          dot > 0
              && PACKAGES.contains(name.substring(0, dot))
              && name.substring(dot + 1).matches("[A-Za-z0-9]{1,60}");
      if (!named.isTextual() || !(layer || described)) {
        throw refused(where, "classes that describe a dense network", shown(name), null);
      }
    }
    node.elements().forEachRemaining(child -> checkClasses(where, child));
  }

  private static String simple(String name) {
    return shown(name.substring(name.lastIndexOf('.') + 1));
  }

  /** Returns text of a file for a message: short, on one line. */
  private static String shown(String text) {
    String plain = text.replaceAll("[^ -~]", "?");
    return plain.length() > 80 ? plain.substring(0, 80) + "..." : plain;
  }

  private static String reason(Throwable e) {
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String message =
        cause instanceof JsonProcessingException json
            ? json.getOriginalMessage() // without the place, which quotes the text
            : cause.getMessage();
    message = message == null ? cause.toString() : message;
    return shown(message.lines().findFirst().orElse("an error"));
  }

  private static InputException refused(
      String where, String expected, Object received, @Nullable Throwable cause) {
    return InputException.of(
        where, expected, received, "Use a file that ModelSerializer wrote for dense layers", cause);
  }
}
