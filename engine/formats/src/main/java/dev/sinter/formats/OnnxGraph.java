package dev.sinter.formats;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an ONNX file that Sinter looks at, as the file has them. Immutable, as long as
 * nobody writes into its buffers: any number of threads may use it.
 *
 * @param name of the graph
 * @param producer the tool that wrote the file, or ""
 * @param opset the version of the standard operators
 * @param metadata by key
 * @param nodes in the order of the file
 * @param initializers by name
 * @param inputs of the graph; old files list the initializers too
 * @param outputs names
 */
record OnnxGraph(
    String name,
    String producer,
    long opset,
    Map<String, String> metadata,
    List<Node> nodes,
    Map<String, TensorData> initializers,
    List<Input> inputs,
    List<String> outputs) {

  /** One application of an operator; {@code domain} "" is the standard's. */
  record Node(
      String name,
      String operator,
      String domain,
      List<String> inputs,
      List<String> outputs,
      Map<String, Attribute> attributes) {}

  /** An attribute: the one of its values that the file has; others are 0 or null. */
  record Attribute(float number, long integer, @Nullable TensorData tensor) {}

  /** An array: its elements as little-endian bytes, from the field of a number, or 0 for none. */
  record TensorData(
      String name,
      List<Long> dimensions,
      int type,
      int field,
      ByteBuffer elements,
      boolean external) {}

  /** An input: the element type, and dimensions, of which -1 are open; null where not declared. */
  record Input(String name, int type, @Nullable List<Long> dimensions) {}
}
