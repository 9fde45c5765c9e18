package dev.sinter.formats;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.sinter.errors.InputException;
import dev.sinter.formats.OnnxGraph.Attribute;
import dev.sinter.formats.OnnxGraph.Input;
import dev.sinter.formats.OnnxGraph.Node;
import dev.sinter.formats.OnnxGraph.TensorData;
import dev.sinter.io.FileInput;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Decodes an ONNX file by the numbers of its fields. The array's elements stay in the bytes of the
 * file; what else is taken from it is bounded in number. Used by one thread, for one file.
 */
final class OnnxReader {
  private static final int MAX_ENTRIES = 20_000; // of every repeated message
  private static final int MAX_RANK = 32;

  /** Takes one field of a message, or returns false for one to skip. */
  @FunctionalInterface
  interface Field {
    boolean take(int number, int wireType) throws IOException;
  }

  private final String where;
  private final CodedInputStream in;

  private String graphName = "";
  private String producer = "";
  private long opset = -1;
  private boolean hasGraph;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final Map<String, TensorData> initializers = new LinkedHashMap<>();
  private final List<Input> inputs = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();

  private OnnxReader(String where, byte[] bytes) {
    this.where = where;
    this.in = CodedInputStream.newInstance(bytes);
    in.enableAliasing(true);
  }

  static OnnxGraph read(Path file) {
    long sizeBytes = FileInput.requireFile(file, OnnxFormat.EXPECTED);
    if (sizeBytes > FileInput.MAX_ELEMENTS) {
      throw InputException.of(
          file.toString(),
          "less than 2 GiB, which is the most that an ONNX file can hold",
          sizeBytes + " bytes",
          "Use another format");
    }
    FileInput.requireMemory(file.toString(), 2 * sizeBytes); // the bytes, and the weights
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw FileInput.unreadable(file, OnnxFormat.EXPECTED, e);
    }
    return new OnnxReader(file.toString(), bytes).model();
  }

  private OnnxGraph model() {
    try {
      fields(
          (number, wire) -> {
            switch (number) {
              case OnnxFields.MODEL_PRODUCER_NAME -> producer = text(wire);
              case OnnxFields.MODEL_GRAPH -> {
                hasGraph = true;
                message(wire, this::graph);
              }
              case OnnxFields.MODEL_OPSET_IMPORT -> opset(wire);
              case OnnxFields.MODEL_METADATA -> metadata(wire);
              default -> {
                return false;
              }
            }
            return true;
          });
    } catch (IOException e) {
      throw damaged("damage after byte " + in.getTotalBytesRead(), e);
    }
    if (!hasGraph || opset < 0) {
      throw damaged(hasGraph ? "no version of the standard operators" : "no graph", null);
    }
    return new OnnxGraph(
        graphName, producer, opset, metadata, nodes, initializers, inputs, outputs);
  }

  private boolean graph(int number, int wire) throws IOException {
    switch (number) {
      case OnnxFields.GRAPH_NAME -> graphName = text(wire);
      case OnnxFields.GRAPH_NODE -> add(nodes, node(wire));
      case OnnxFields.GRAPH_INPUT -> add(inputs, value(wire));
      case OnnxFields.GRAPH_OUTPUT -> add(outputs, value(wire).name());
      case OnnxFields.GRAPH_INITIALIZER -> {
        TensorData tensor = tensor(wire);
        if (initializers.put(tensor.name(), tensor) != null || initializers.size() > MAX_ENTRIES) {
          throw damaged("the initializer " + Onnx.clipped(tensor.name()) + " twice", null);
        }
      }
      case OnnxFields.GRAPH_SPARSE_INITIALIZER ->
          throw InputException.of(
              where, "dense initializers", "a sparse one", "Export the model without it");
      default -> {
        return false;
      }
    }
    return true;
  }

  private void opset(int outerWire) throws IOException {
    String[] domain = {""};
    long[] version = {0};
    message(
        outerWire,
        (number, wire) -> {
          switch (number) {
            case OnnxFields.OPSET_DOMAIN -> domain[0] = text(wire);
            case OnnxFields.OPSET_VERSION -> version[0] = integer(wire);
            default -> {
              return false;
            }
          }
          return true;
        });
    if (Onnx.isStandard(domain[0])) {
      opset = version[0];
    }
  }

  private void metadata(int outerWire) throws IOException {
    String[] entry = {"", ""};
    message(
        outerWire,
        (number, wire) -> {
          if (number != OnnxFields.ENTRY_KEY && number != OnnxFields.ENTRY_VALUE) {
            return false;
          }
          entry[number - OnnxFields.ENTRY_KEY] = text(wire);
          return true;
        });
    metadata.put(entry[0], entry[1]);
    if (metadata.size() > MAX_ENTRIES) {
      throw damaged("more than " + MAX_ENTRIES + " metadata_props", null);
    }
  }

  private Node node(int outerWire) throws IOException {
    String[] texts = {"", "", ""}; // name, operator, domain
    List<String> nodeInputs = new ArrayList<>(3);
    List<String> nodeOutputs = new ArrayList<>(1);
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    message(
        outerWire,
        (number, wire) -> {
          switch (number) {
            case OnnxFields.NODE_INPUT -> add(nodeInputs, text(wire));
            case OnnxFields.NODE_OUTPUT -> add(nodeOutputs, text(wire));
            case OnnxFields.NODE_NAME -> texts[0] = text(wire);
            case OnnxFields.NODE_OP_TYPE -> texts[1] = text(wire);
            case OnnxFields.NODE_DOMAIN -> texts[2] = text(wire);
            case OnnxFields.NODE_ATTRIBUTE -> attribute(wire, attributes);
            default -> {
              return false;
            }
          }
          return true;
        });
    return new Node(texts[0], texts[1], texts[2], nodeInputs, nodeOutputs, attributes);
  }

  private void attribute(int outerWire, Map<String, Attribute> attributes) throws IOException {
    String[] name = {""};
    float[] real = {0};
    long[] integer = {0};
    @Nullable TensorData[] tensor = {null};
    message(
        outerWire,
        (number, wire) -> {
          switch (number) {
            case OnnxFields.ATTRIBUTE_NAME -> name[0] = text(wire);
            case OnnxFields.ATTRIBUTE_FLOAT -> real[0] = real(wire);
            case OnnxFields.ATTRIBUTE_INT -> integer[0] = integer(wire);
            case OnnxFields.ATTRIBUTE_TENSOR -> tensor[0] = tensor(wire);
            default -> {
              return false;
            }
          }
          return true;
        });
    attributes.put(name[0], new Attribute(real[0], integer[0], tensor[0]));
    if (attributes.size() > MAX_RANK) {
      throw damaged("a node of more than " + MAX_RANK + " attributes", null);
    }
  }

  private TensorData tensor(int outerWire) throws IOException {
    OnnxTensorBuilder builder = new OnnxTensorBuilder(in, where);
    message(outerWire, builder::take);
    return builder.build();
  }

  private Input value(int outerWire) throws IOException {
    String[] name = {""};
    int[] type = {0};
    @Nullable List<?>[] shape = {null};
    List<Long> dimensions = new ArrayList<>();
    Field tensorType =
        (number, wire) -> {
          switch (number) {
            case OnnxFields.TENSOR_TYPE_ELEMENT -> type[0] = (int) integer(wire);
            case OnnxFields.TENSOR_TYPE_SHAPE -> {
              shape[0] = dimensions;
              message(wire, (field, inner) -> dimension(field, inner, dimensions));
            }
            default -> {
              return false;
            }
          }
          return true;
        };
    Field typed =
        (number, wire) -> {
          if (number == OnnxFields.TYPE_TENSOR) {
            message(wire, tensorType);
          }
          return number == OnnxFields.TYPE_TENSOR;
        };
    message(
        outerWire,
        (number, wire) -> {
          switch (number) {
            case OnnxFields.VALUE_NAME -> name[0] = text(wire);
            case OnnxFields.VALUE_TYPE -> message(wire, typed);
            default -> {
              return false;
            }
          }
          return true;
        });
    return new Input(name[0], type[0], shape[0] == null ? null : dimensions);
  }

  private boolean dimension(int field, int outerWire, List<Long> dimensions) throws IOException {
    if (field != OnnxFields.SHAPE_DIMENSION) {
      return false;
    }
    long[] length = {-1};
    message(
        outerWire,
        (number, wire) -> {
          if (number == OnnxFields.DIMENSION_VALUE) {
            length[0] = integer(wire);
          }
          return number == OnnxFields.DIMENSION_VALUE;
        });
    dimensions.add(length[0]);
    if (dimensions.size() > MAX_RANK) {
      throw damaged("a shape of more than " + MAX_RANK + " dimensions", null);
    }
    return true;
  }

  private <T> void add(List<T> list, T entry) {
    list.add(entry);
    if (list.size() > MAX_ENTRIES) {
      throw damaged("more than " + MAX_ENTRIES + " entries of one kind", null);
    }
  }

  /** Reads a message that lies within the one being read. */
  private void message(int outerWire, Field field) throws IOException {
    requireWire(outerWire, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    int outer = in.pushLimit(in.readRawVarint32());
    fields(field);
    in.popLimit(outer);
  }

  private void fields(Field field) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      int type = WireFormat.getTagWireType(tag);
      // No field of ONNX is a group; skipping them is where decoders recurse.
      if (type == WireFormat.WIRETYPE_START_GROUP || type == WireFormat.WIRETYPE_END_GROUP) {
        throw damaged("a group", null);
      }
      if (!field.take(WireFormat.getTagFieldNumber(tag), type)) {
        in.skipField(tag);
      }
    }
  }

  private String text(int wire) throws IOException {
    requireWire(wire, WireFormat.WIRETYPE_LENGTH_DELIMITED);
    return in.readStringRequireUtf8();
  }

  private long integer(int wire) throws IOException {
    requireWire(wire, WireFormat.WIRETYPE_VARINT);
    return in.readInt64();
  }

  private float real(int wire) throws IOException {
    requireWire(wire, WireFormat.WIRETYPE_FIXED32);
    return in.readFloat();
  }

  private void requireWire(int received, int expected) {
    if (received != expected) {
      throw damaged("a field of another type before byte " + in.getTotalBytesRead(), null);
    }
  }

  private InputException damaged(String received, @Nullable Exception cause) {
    return InputException.of(
        where, "an intact ONNX file", received, "Get the file again, or export it again", cause);
  }
}
