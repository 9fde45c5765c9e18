package dev.sinter.formats;

import com.google.protobuf.CodedOutputStream;
import dev.sinter.data.InputScale;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.program.ActivationFunction;
import dev.sinter.saving.NamedLayer;
import dev.sinter.saving.SavedModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a model as an ONNX graph: a Gemm a dense layer, a node an activation, weights as
 * initializers by their names. Any number of threads may call its methods.
 */
final class OnnxExport {
  private static final int IR_VERSION = 7; // the one that opset 13 came with
  private static final int OPSET = 13;
  private static final int BLOCK_BYTES = 1 << 16;
  private static final String BATCH = "N";

  /** The fields of one message. */
  @FunctionalInterface
  private interface Fields {
    void writeTo(CodedOutputStream out) throws IOException;
  }

  private OnnxExport() {}

  static void write(Path file, SavedModel model) {
    byte[] head = head(model);
    List<byte[]> tensors = new ArrayList<>(); // each up to its elements
    long graphBytes = head.length;
    for (Map.Entry<String, Tensor> weight : model.weights().entrySet()) {
      byte[] start = tensorStart(weight.getKey(), weight.getValue());
      tensors.add(start);
      graphBytes += start.length + (long) weight.getValue().size() * Float.BYTES;
    }
    if (graphBytes > Integer.MAX_VALUE - BLOCK_BYTES) {
      throw InputException.of(
          file.toString(),
          "a model of less than 2 GiB, which is the most that an ONNX file can hold",
          graphBytes + " bytes",
          "Use another format");
    }
    int graphLength = (int) graphBytes;
    AtomicFile.write(
        file,
        stream -> {
          CodedOutputStream out = CodedOutputStream.newInstance(stream, BLOCK_BYTES);
          out.writeInt64(OnnxFields.MODEL_IR_VERSION, IR_VERSION);
          out.writeString(OnnxFields.MODEL_PRODUCER_NAME, OnnxFormat.PRODUCER);
          out.writeTag(OnnxFields.MODEL_GRAPH, 2);
          out.writeUInt32NoTag(graphLength);
          out.writeRawBytes(head);
          int index = 0;
          for (Tensor weight : model.weights().values()) {
            out.writeRawBytes(tensors.get(index++));
            elements(out, weight);
          }
          write(out, OnnxFields.MODEL_OPSET_IMPORT, OnnxExport::opset);
          for (Map.Entry<String, String> entry : metadata(model).entrySet()) {
            write(out, OnnxFields.MODEL_METADATA, entry(entry.getKey(), entry.getValue()));
          }
          out.flush();
        });
  }

  private static void opset(CodedOutputStream out) throws IOException {
    out.writeString(OnnxFields.OPSET_DOMAIN, "");
    out.writeInt64(OnnxFields.OPSET_VERSION, OPSET);
  }

  private static Fields entry(String key, String value) {
    return out -> {
      out.writeString(OnnxFields.ENTRY_KEY, OnnxFormat.KEY_PREFIX + key);
      out.writeString(OnnxFields.ENTRY_VALUE, value);
    };
  }

  private static Map<String, String> metadata(SavedModel model) {
    Map<String, String> entries = new LinkedHashMap<>(model.notes());
    InputScale scale = model.progress() == null ? null : model.progress().inputScale();
    if (scale != null) {
      entries.put(OnnxFormat.INPUT_SCALE, scale.factor() + " " + scale.offset());
    }
    return entries;
  }

  /** Returns the fields of the graph other than its initializers. */
  private static byte[] head(SavedModel model) {
    model.requirePath("ONNX");
    if (!model.input().isVector()) {
      throw InputException.of(
          "ONNX", "samples that are vectors", model.input(), "Use a format of Keras");
    }
    return bytes(
        out -> {
          out.writeString(OnnxFields.GRAPH_NAME, model.name().isEmpty() ? "model" : model.name());
          String current = "input";
          int features = model.input().size();
          write(out, OnnxFields.GRAPH_INPUT, value(current, features));
          List<NamedLayer> layers = model.layers();
          for (int i = 0; i < layers.size(); i++) {
            NamedLayer layer = layers.get(i);
            String result = i == layers.size() - 1 ? "output" : layer.name() + ":0";
            nodes(out, layer, current, result);
            features = layer.layer() instanceof Dense dense ? dense.units() : features;
            current = result;
          }
          write(out, OnnxFields.GRAPH_OUTPUT, value(current, features));
        });
  }

  private static void nodes(CodedOutputStream out, NamedLayer named, String input, String output)
      throws IOException {
    String name = named.name();
    if (named.layer() instanceof Dense dense) {
      boolean linear = dense.activation() == ActivationFunction.LINEAR;
      String product = linear ? output : name + "/z:0";
      List<String> inputs = new ArrayList<>(List.of(input, name + "/kernel"));
      if (dense.useBias()) {
        inputs.add(name + "/bias");
      }
      node(out, "Gemm", name, inputs, product);
      if (!linear) {
        String activation = name + "/" + dense.activation();
        node(out, operator(dense.activation()), activation, List.of(product), output);
      }
    } else if (named.layer() instanceof Activation activation) {
      node(out, operator(activation.function()), name, List.of(input), output);
    } else {
      throw InputException.of(
          "layer " + name,
          "Dense or Activation, which Sinter writes to ONNX",
          named.layer().className(),
          "Save the model in another format, or without this layer");
    }
  }

  private static void node(
      CodedOutputStream out, String operator, String name, List<String> inputs, String output)
      throws IOException {
    write(
        out,
        OnnxFields.GRAPH_NODE,
        node -> {
          for (String input : inputs) {
            node.writeString(OnnxFields.NODE_INPUT, input);
          }
          node.writeString(OnnxFields.NODE_OUTPUT, output);
          node.writeString(OnnxFields.NODE_NAME, name);
          node.writeString(OnnxFields.NODE_OP_TYPE, operator);
          if (operator.equals("Softmax")) {
            write(node, OnnxFields.NODE_ATTRIBUTE, OnnxExport::axis);
          }
        });
  }

  private static void axis(CodedOutputStream out) throws IOException {
    out.writeString(OnnxFields.ATTRIBUTE_NAME, "axis");
    out.writeInt64(OnnxFields.ATTRIBUTE_INT, 1);
    out.writeInt32(OnnxFields.ATTRIBUTE_TYPE, OnnxFields.TYPE_INT);
  }

  static String operator(ActivationFunction function) {
    return switch (function) {
      case LINEAR -> "Identity";
      case RELU -> "Relu";
      case SIGMOID -> "Sigmoid";
      case TANH -> "Tanh";
      case SOFTMAX -> "Softmax";
      default ->
          throw InputException.of(
              "ONNX",
              "one of the activations linear, relu, sigmoid, tanh, softmax",
              function,
              "Save the model in a format of Keras");
    };
  }

  /** Returns a graph's input or output: float [N, features]. */
  private static Fields value(String name, int features) {
    Fields batch = out -> out.writeString(OnnxFields.DIMENSION_PARAMETER, BATCH);
    Fields width = out -> out.writeInt64(OnnxFields.DIMENSION_VALUE, features);
    Fields shape =
        out -> {
          write(out, OnnxFields.SHAPE_DIMENSION, batch);
          write(out, OnnxFields.SHAPE_DIMENSION, width);
        };
    Fields tensor =
        out -> {
          out.writeInt32(OnnxFields.TENSOR_TYPE_ELEMENT, OnnxFields.FLOAT);
          write(out, OnnxFields.TENSOR_TYPE_SHAPE, shape);
        };
    return out -> {
      out.writeString(OnnxFields.VALUE_NAME, name);
      write(out, OnnxFields.VALUE_TYPE, type -> write(type, OnnxFields.TYPE_TENSOR, tensor));
    };
  }

  /** Returns an initializer up to its elements. */
  private static byte[] tensorStart(String name, Tensor tensor) {
    int elementBytes = Math.multiplyExact(tensor.size(), Float.BYTES);
    byte[] fields =
        bytes(
            out -> {
              for (int length : tensor.shape()) {
                out.writeInt64(OnnxFields.TENSOR_DIMS, length);
              }
              out.writeInt32(OnnxFields.TENSOR_DATA_TYPE, OnnxFields.FLOAT);
              out.writeString(OnnxFields.TENSOR_NAME, name);
              out.writeTag(OnnxFields.TENSOR_RAW_DATA, 2);
              out.writeUInt32NoTag(elementBytes);
            });
    return bytes(
        out -> {
          out.writeTag(OnnxFields.GRAPH_INITIALIZER, 2);
          out.writeUInt32NoTag(Math.addExact(fields.length, elementBytes));
          out.writeRawBytes(fields);
        });
  }

  private static void elements(CodedOutputStream out, Tensor tensor) throws IOException {
    float[] values = tensor.type() == Tensor.Type.FLOAT32 ? tensor.floats() : tensor.toFloats();
    ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int blockElements = BLOCK_BYTES / Float.BYTES;
    for (int from = 0; from < values.length; from += blockElements) {
      int count = Math.min(blockElements, values.length - from);
      block.asFloatBuffer().put(values, from, count);
      out.writeRawBytes(block.array(), 0, count * Float.BYTES);
    }
  }

  private static void write(CodedOutputStream out, int field, Fields fields) throws IOException {
    out.writeByteArray(field, bytes(fields));
  }

  private static byte[] bytes(Fields fields) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream out = CodedOutputStream.newInstance(bytes);
    try {
      fields.writeTo(out);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes every byte", e);
    }
    return bytes.toByteArray();
  }
}
