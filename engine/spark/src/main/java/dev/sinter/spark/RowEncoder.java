package dev.sinter.spark;

import dev.sinter.spark.FrameColumns.Problem;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/**
 * Turns the rows of a partition into blocks of bytes, and at last into what was seen of them. A row
 * is its label, 1 for validation or 0, and its features, all float32.
 *
 * @param features first column
 * @param classes the number of classes where labels are classes, 0 where it is not known yet, or -1
 *     where labels are any numbers
 * @param validates whether the third column says which rows to validate with
 */
record RowEncoder(FrameColumns.Reader features, int classes, boolean validates)
    implements FlatMapFunction<Iterator<Row>, byte[]>, Serializable {
  static final int LABEL = 0;
  static final int INDICATOR = 1;
  static final int FEATURES = 2;

  private static final int LABEL_COLUMN = 1;
  private static final int INDICATOR_COLUMN = 2;
  private static final int BLOCK_FLOATS = 1 << 16;

  /**
   * What was seen of the rows of a partition.
   *
   * @param rows all
   * @param validation those to validate with
   * @param features of each row, or -1 where there are no rows
   * @param most the largest class, or -1
   * @param problem the first, or null
   */
  record Seen(long rows, long validation, int features, int most, @Nullable Problem problem)
      implements Serializable {}

  /** Returns whether a block is what was seen, and not rows. */
  static boolean isSeen(byte[] block) {
    return block.length % Float.BYTES == 1;
  }

  /** Returns what was seen. */
  static Seen seen(byte[] block) {
    return Bytes.read(Arrays.copyOf(block, block.length - padding(block)), Seen.class);
  }

  private static int padding(byte[] block) {
    return block[block.length - 1];
  }

  /** Returns bytes of a length that no rows have. */
  private static byte[] marked(byte[] bytes) {
    int length = bytes.length + 1;
    while (length % Float.BYTES != 1) {
      length++;
    }
    byte[] padded = Arrays.copyOf(bytes, length);
    padded[length - 1] = (byte) (length - bytes.length);
    return padded;
  }

  @Override
  public Iterator<byte[]> call(Iterator<Row> rows) {
    return new Blocks(rows);
  }

  private final class Blocks implements Iterator<byte[]> {
    private final Iterator<Row> rows;
    private float[] block = {};
    private int width = -1; // of the features
    private long count;
    private long validation;
    private int most = -1;
    private @Nullable Problem problem;
    private boolean ended;

    Blocks(Iterator<Row> rows) {
      this.rows = rows;
    }

    @Override
    public boolean hasNext() {
      return !ended;
    }

    @Override
    public byte[] next() {
      if (ended) {
        throw new NoSuchElementException();
      }
      int filled = fill();
      if (filled > 0) {
        ByteBuffer bytes = ByteBuffer.allocate(filled * Float.BYTES);
        bytes.asFloatBuffer().put(FloatBuffer.wrap(block, 0, filled));
        return bytes.array();
      }
      ended = true;
      return marked(Bytes.of(new Seen(count, validation, width, most, problem)));
    }

    /** Reads rows until a block is full or a row is faulty; returns the floats of the block. */
    private int fill() {
      int filled = 0;
      while (problem == null && rows.hasNext()) {
        Row row = rows.next();
        int size = features.size(row);
        if (width < 0 && size >= 0) {
          width = size;
          block = new float[Math.max(1, BLOCK_FLOATS / (FEATURES + width)) * (FEATURES + width)];
        }
        problem = FrameColumns.sizeProblem(count, width, size);
        if (problem == null) {
          read(row, filled);
          filled += FEATURES + width;
          count++;
        }
        if (filled == block.length) {
          break;
        }
      }
      return problem == null ? filled : 0;
    }

    private void read(Row row, int at) {
      int bad = features.read(row, block, at + FEATURES);
      if (bad >= 0) {
        problem = FrameColumns.valueProblem(count, bad, block[at + FEATURES + bad]);
        return;
      }
      double label = row.isNullAt(LABEL_COLUMN) ? Double.NaN : row.getDouble(LABEL_COLUMN);
      block[at + LABEL] = (float) label;
      String fault = classes < 0 ? faultOfNumber(label) : faultOfClass(label);
      if (fault != null) {
        String received = row.isNullAt(LABEL_COLUMN) ? "null" : plain(label);
        problem =
            new Problem(count, "label", fault, received, "Correct the label, or drop the row");
        return;
      }
      most = classes < 0 ? -1 : Math.max(most, (int) label);
      if (validates && row.isNullAt(INDICATOR_COLUMN)) {
        problem =
            new Problem(count, "validation indicator", "true or false", "null", "Fill the gap");
        return;
      }
      boolean held = validates && row.getBoolean(INDICATOR_COLUMN);
      block[at + INDICATOR] = held ? 1 : 0;
      validation += held ? 1 : 0;
    }

    private @Nullable String faultOfNumber(double label) {
      return Float.isFinite((float) label) ? null : "a finite number";
    }

    private @Nullable String faultOfClass(double label) {
      boolean whole = label >= 0 && label == Math.rint(label) && label <= 1 << 24;
      if (classes == 0) {
        return whole ? null : "a class: 0, 1, 2, ...";
      }
      return whole && label < classes ? null : "a class from 0 to " + (classes - 1);
    }

    private static String plain(double label) {
      return label == Math.rint(label) && Math.abs(label) < 1e9
          ? Long.toString((long) label)
          : Double.toString(label);
    }
  }
}
