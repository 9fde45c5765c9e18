package dev.sinter.formats;

import dev.sinter.errors.InputException;
import dev.sinter.formats.OnnxGraph.Node;
import dev.sinter.formats.OnnxGraph.TensorData;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Weights from tensors, checked before memory is taken. Any number of threads may call it. */
final class OnnxTensors {
  private OnnxTensors() {}

  /** Returns the shape of a matrix. */
  static int[] matrix(String file, Node node, TensorData tensor) {
    requireLength(file, node, tensor);
    if (tensor.dimensions().size() != 2 || tensor.dimensions().contains(0L)) {
      throw Onnx.refused(file, node, "weights that are a matrix", tensor.dimensions());
    }
    return tensor.dimensions().stream().mapToInt(Math::toIntExact).toArray();
  }

  /** Returns all elements times a factor. */
  static float[] values(String file, Node node, TensorData tensor, float factor) {
    int count = requireLength(file, node, tensor);
    ByteBuffer elements = tensor.elements().duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int start = elements.position();
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          tensor.type() == OnnxFields.FLOAT
              ? elements.getFloat(start + i * Float.BYTES) * factor
              : (float) (elements.getDouble(start + i * Double.BYTES) * factor);
    }
    Finite.require(file + ", " + Onnx.describe(node), values);
    return values;
  }

  /** Returns a bias [units]: from [units], [1, units], or one number for all. */
  static float[] row(String file, Node node, TensorData tensor, int units, float factor) {
    int rank = tensor.dimensions().size();
    int count = requireLength(file, node, tensor);
    long last = rank == 0 ? 1 : tensor.dimensions().get(rank - 1);
    if (rank > 2 || last != count || (count != units && count != 1)) {
      throw Onnx.refused(file, node, "a bias [" + units + "]", tensor.dimensions());
    }
    float[] values = values(file, node, tensor, factor);
    if (count == units) {
      return values;
    }
    float[] all = new float[units];
    Arrays.fill(all, values[0]);
    return all;
  }

  /** Returns a matrix [rows, columns] as [columns, rows]. */
  static float[] transposed(float[] values, int rows, int columns) {
    float[] result = new float[values.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        result[column * rows + row] = values[row * columns + column];
      }
    }
    return result;
  }

  /** Returns the number of elements, which the bytes of the file must hold exactly. */
  private static int requireLength(String file, Node node, TensorData tensor) {
    String where = file + ", initializer " + Onnx.clipped(tensor.name());
    if (tensor.external()) {
      throw InputException.of(
          where,
          "weights in the file itself",
          "weights in another file",
          "Export the model as one file");
    }
    boolean isFloat = tensor.type() == OnnxFields.FLOAT;
    if (!isFloat && tensor.type() != OnnxFields.DOUBLE) {
      throw Onnx.refused(
          file, node, "weights of type float (1) or double (11)", "type " + tensor.type());
    }
    int otherField = isFloat ? OnnxFields.TENSOR_DOUBLE_DATA : OnnxFields.TENSOR_FLOAT_DATA;
    int elementBytes = isFloat ? Float.BYTES : Double.BYTES;
    int bytes = tensor.elements().remaining();
    long count = 1;
    for (long length : tensor.dimensions()) {
      // -1 for what no file holds
      count = count < 0 || length < 0 || length > bytes ? -1 : count * length;
      count = count > bytes ? -1 : count;
    }
    if (tensor.field() == otherField || count < 0 || count * elementBytes != bytes) {
      throw InputException.of(
          where,
          "as many elements as its dims " + tensor.dimensions() + " say",
          bytes + " bytes",
          "Get the file again, or export it again");
    }
    return (int) count;
  }
}
