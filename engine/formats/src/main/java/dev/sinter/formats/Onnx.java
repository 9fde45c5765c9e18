package dev.sinter.formats;

import dev.sinter.errors.InputException;
import dev.sinter.formats.OnnxGraph.Node;

/** What readers of ONNX share. Any number of threads may call its methods. */
final class Onnx {
  private static final int MAX_SHOWN = 100; // characters of a name in a message

  private Onnx() {}

  /** Returns whether a domain is the one of the standard operators. */
  static boolean isStandard(String domain) {
    return domain.isEmpty() || domain.equals("ai.onnx");
  }

  /** Returns a name from a file as messages show it: a file may hold one of any length. */
  static String clipped(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
  }

  /** Returns a node as messages name it. */
  static String describe(Node node) {
    String domain = isStandard(node.domain()) ? "" : clipped(node.domain()) + ".";
    return "node " + clipped(node.name()) + " (" + domain + clipped(node.operator()) + ")";
  }

  static InputException refused(String file, Node node, Object expected, Object received) {
    return InputException.of(
        file + ", " + describe(node),
        expected,
        received,
        "Export a chain of dense layers and activations, which Sinter reads");
  }
}
