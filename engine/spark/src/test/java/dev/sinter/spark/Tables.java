package dev.sinter.spark;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Small tables for tests. */
final class Tables {
  private static final String[] KINDS = {"aster", "clover", "poppy"};

  private Tables() {}

  /** Flowers of three kinds, with the lengths and widths of their petals and sepals. */
  static Dataset<Row> flowers(int rows) {
    Random random = new Random(7);
    List<Row> all = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      int kind = row % KINDS.length;
      double petal = 1 + 2 * kind + random.nextGaussian() * 0.3;
      double sepal = 5 + kind + random.nextGaussian() * 0.3;
      all.add(
          RowFactory.create(
              petal, petal / 3 + random.nextGaussian() * 0.1, sepal, sepal / 2, KINDS[kind]));
    }
    StructType schema = new StructType();
    for (String name :
        new String[] {"petal_length", "petal_width", "sepal_length", "sepal_width"}) {
      schema = schema.add(name, DataTypes.DoubleType);
    }
    return LocalSpark.session()
        .createDataFrame(all, schema.add("kind", DataTypes.StringType))
        .repartition(3);
  }

  /** Rows of vectors of three numbers whose label is a class of three. */
  static List<Row> classes(int rows) {
    Random random = new Random(3);
    List<Row> all = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      int label = row % 3;
      double[] x = {random.nextGaussian() * 0.3 + label, random.nextGaussian(), label == 1 ? 0 : 1};
      all.add(RowFactory.create(Vectors.dense(x), (double) label));
    }
    return all;
  }

  /** A table of features and labels, in two partitions. */
  static Dataset<Row> table(List<Row> rows) {
    return table(rows, SQLDataTypes.VectorType());
  }

  static Dataset<Row> table(List<Row> rows, DataType features) {
    StructType schema =
        new StructType().add("features", features).add("label", DataTypes.DoubleType);
    return LocalSpark.session().createDataFrame(rows, schema).coalesce(2);
  }

  static Row row(double label, double... features) {
    Vector vector = Vectors.dense(features);
    return RowFactory.create(vector, label);
  }
}
