package dev.sinter.formats;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.sinter.errors.InputException;
import dev.sinter.formats.OnnxGraph.TensorData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Collects the fields of a TensorProto. Used by one thread, for one tensor. */
final class OnnxTensorBuilder {
  private static final int MAX_RANK = 32;
  private static final int EXTERNAL = 1; // DataLocation

  private final CodedInputStream in;
  private final String where;
  private final List<Long> dimensions = new ArrayList<>(2);
  private String name = "";
  private int type;
  private boolean external;

  /** The elements' field, or 0 for none yet: a tensor has one kind. */
  private int elementsField;

  private @Nullable ByteBuffer elements; // the first chunk, which is nearly always the only one
  private @Nullable ByteArrayOutputStream more;

  OnnxTensorBuilder(CodedInputStream in, String where) {
    this.in = in;
    this.where = where;
  }

  /** Takes a field, or returns false for one to skip. */
  boolean take(int number, int wireType) throws IOException {
    switch (number) {
      case OnnxFields.TENSOR_DIMS -> dimensions(wireType);
      case OnnxFields.TENSOR_DATA_TYPE -> {
        require(wireType == WireFormat.WIRETYPE_VARINT, "a data_type that is no number");
        type = in.readInt32();
      }
      case OnnxFields.TENSOR_NAME -> {
        require(wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED, "a name that is no text");
        name = in.readStringRequireUtf8();
      }
      case OnnxFields.TENSOR_RAW_DATA,
          OnnxFields.TENSOR_FLOAT_DATA,
          OnnxFields.TENSOR_DOUBLE_DATA ->
          elements(number, wireType);
      case OnnxFields.TENSOR_EXTERNAL_DATA -> {
        external = true;
        return false;
      }
      case OnnxFields.TENSOR_DATA_LOCATION -> {
        require(wireType == WireFormat.WIRETYPE_VARINT, "a data_location that is no number");
        external |= in.readInt32() == EXTERNAL;
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  TensorData build() {
    ByteBuffer all = elements == null ? ByteBuffer.allocate(0) : elements;
    if (more != null) {
      all = ByteBuffer.wrap(more.toByteArray());
    }
    return new TensorData(name, List.copyOf(dimensions), type, elementsField, all, external);
  }

  private void dimensions(int wireType) throws IOException {
    if (wireType == WireFormat.WIRETYPE_VARINT) {
      dimension();
      return;
    }
    require(wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED, "dims that are no numbers");
    int outer = in.pushLimit(in.readRawVarint32());
    while (in.getBytesUntilLimit() > 0) {
      dimension();
    }
    in.popLimit(outer);
  }

  private void dimension() throws IOException {
    dimensions.add(in.readInt64());
    require(dimensions.size() <= MAX_RANK, "more than " + MAX_RANK + " dims");
  }

  /** All three fields hold little-endian numbers, one after the other; packed or one by one. */
  private void elements(int field, int wireType) throws IOException {
    require(elementsField == 0 || elementsField == field, "elements of two kinds");
    elementsField = field;
    if (wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
      append(in.readByteBuffer());
    } else if (field == OnnxFields.TENSOR_FLOAT_DATA && wireType == WireFormat.WIRETYPE_FIXED32) {
      append(littleEndian(Float.BYTES, Integer.toUnsignedLong(in.readFixed32())));
    } else if (field == OnnxFields.TENSOR_DOUBLE_DATA && wireType == WireFormat.WIRETYPE_FIXED64) {
      append(littleEndian(Double.BYTES, in.readFixed64()));
    } else {
      require(false, "elements of another type");
    }
  }

  private static ByteBuffer littleEndian(int bytes, long bits) {
    byte[] array = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      array[i] = (byte) (bits >> Byte.SIZE * i);
    }
    return ByteBuffer.wrap(array);
  }

  private void append(ByteBuffer chunk) {
    if (elements == null) {
      elements = chunk;
      return;
    }
    if (more == null) {
      more = new ByteArrayOutputStream();
      append(more, elements);
    }
    append(more, chunk);
  }

  private static void append(ByteArrayOutputStream target, ByteBuffer chunk) {
    byte[] bytes = new byte[chunk.remaining()];
    chunk.duplicate().get(bytes);
    target.write(bytes, 0, bytes.length);
  }

  private void require(boolean right, String received) {
    if (!right) {
      throw InputException.of(
          where + ", tensor " + Onnx.clipped(name),
          "an intact ONNX file",
          received,
          "Get the file again, or export it again");
    }
  }
}
