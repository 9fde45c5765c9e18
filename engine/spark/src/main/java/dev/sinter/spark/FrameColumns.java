package dev.sinter.spark;

import dev.sinter.errors.InputException;
import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.jdk.javaapi.CollectionConverters;

/** Columns of DataFrames: their types, and the numbers in them. */
final class FrameColumns {
  private FrameColumns() {}

  /** How the features of a row are kept. */
  enum Kind {
    VECTOR,
    FLOATS,
    DOUBLES
  }

  /**
   * Checks the column of the features.
   *
   * @param who asks, for the message
   */
  static Kind features(String who, StructType schema, String column) {
    String where = who + ", featuresCol";
    DataType type = field(where, schema, column).dataType();
    if (type.equals(SQLDataTypes.VectorType())) {
      return Kind.VECTOR;
    }
    if (type instanceof ArrayType array && array.elementType() instanceof FloatType) {
      return Kind.FLOATS;
    }
    if (type instanceof ArrayType array && array.elementType() instanceof DoubleType) {
      return Kind.DOUBLES;
    }
    throw InputException.of(
        where,
        "a column of vectors, array<float> or array<double>",
        column + " " + type.simpleString(),
        "Put the columns together with a VectorAssembler");
  }

  /** Checks the column of the labels. */
  static StructField label(String who, StructType schema, String column) {
    String where = who + ", labelCol";
    StructField field = field(where, schema, column);
    if (!(field.dataType() instanceof NumericType)) {
      throw InputException.of(
          where,
          "a column of numbers",
          column + " " + field.dataType().simpleString(),
          "Turn names of classes into numbers with a StringIndexer");
    }
    return field;
  }

  /** Checks the column that says which rows to validate with. */
  static void indicator(String who, StructType schema, String column) {
    String where = who + ", validationIndicatorCol";
    DataType type = field(where, schema, column).dataType();
    if (!(type instanceof BooleanType)) {
      throw InputException.of(
          where,
          "a column of booleans",
          column + " " + type.simpleString(),
          "Make it true for the rows to validate with");
    }
  }

  /** Returns a schema with one more column. */
  static StructType with(String who, StructType schema, String column, DataType type) {
    if (Arrays.asList(schema.fieldNames()).contains(column)) {
      throw InputException.of(
          who, "a new column", column + ", which is there", "Drop it, or choose another name");
    }
    return schema.add(column, type, false);
  }

  private static StructField field(String where, StructType schema, String column) {
    if (!Arrays.asList(schema.fieldNames()).contains(column)) {
      throw InputException.of(
          where,
          "one of the columns " + Arrays.toString(schema.fieldNames()),
          column,
          "Set the name of the column, or make it");
    }
    return schema.apply(column);
  }

  /** Reads the features of rows. */
  record Reader(Kind kind, int column) implements Serializable {
    /** Returns the number of features in a row, or -1 where there are none. */
    int size(Row row) {
      if (row.isNullAt(column)) {
        return -1;
      }
      return kind == Kind.VECTOR
          ? row.<Vector>getAs(column).size()
          : row.<scala.collection.Seq<?>>getAs(column).size();
    }

    /**
     * Writes the features of a row.
     *
     * @return the index of the first that is no finite float, or -1
     */
    int read(Row row, float[] target, int from) {
      int bad = -1;
      if (kind == Kind.VECTOR) {
        Vector vector = row.getAs(column);
        bad = FrameColumns.vector(vector, target, from);
      } else {
        int at = 0;
        for (Object each :
            CollectionConverters.asJava(row.<scala.collection.Seq<?>>getAs(column))) {
          float value = each == null ? Float.NaN : ((Number) each).floatValue();
          target[from + at] = value;
          bad = bad < 0 && !Float.isFinite(value) ? at : bad;
          at++;
        }
      }
      return bad;
    }
  }

  /**
   * Writes the numbers of a vector.
   *
   * @return the index of the first that is no finite float, or -1
   */
  static int vector(Vector vector, float[] target, int from) {
    int bad = -1;
    if (vector instanceof SparseVector sparse) {
      Arrays.fill(target, from, from + sparse.size(), 0);
      int[] indices = sparse.indices();
      double[] values = sparse.values();
      for (int i = 0; i < indices.length; i++) {
        float value = (float) values[i];
        target[from + indices[i]] = value;
        bad = bad < 0 && !Float.isFinite(value) ? indices[i] : bad;
      }
      return bad;
    }
    double[] values = ((DenseVector) vector).values();
    for (int i = 0; i < values.length; i++) {
      float value = (float) values[i];
      target[from + i] = value;
      bad = bad < 0 && !Float.isFinite(value) ? i : bad;
    }
    return bad;
  }

  /** What is wrong with a row. */
  record Problem(long row, String where, String expected, String received, String remedy)
      implements Serializable {
    InputException exception(String who, long rowsBefore) {
      return InputException.of(
          "%s, row %s, %s".formatted(who, rowsBefore + row, where), expected, received, remedy);
    }
  }

  /** Returns what is wrong with the features of a row, or null. */
  static @Nullable Problem sizeProblem(long row, int expected, int received) {
    if (received < 0) {
      return new Problem(row, "features", "a vector", "null", "Drop the row, or fill the gap");
    }
    return expected == received
        ? null
        : new Problem(
            row,
            "features",
            expected + " features, as in the rows before",
            String.valueOf(received),
            "Make all rows equally long");
  }

  /** Returns what is wrong with a feature that is no finite number. */
  static Problem valueProblem(long row, int feature, float received) {
    return new Problem(
        row,
        "feature " + feature,
        "a finite number",
        String.valueOf(received),
        "Drop the row, or fill the gap: NaN and infinity cannot be learned from");
  }
}
