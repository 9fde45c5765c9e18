package dev.sinter.spark;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.distributed.Parts;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.spark.FrameColumns.Problem;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import scala.Tuple2;

/**
 * The rows of a DataFrame on their way to the workers. A row has a number: its place in the order
 * of the partitions; by it the row goes to its worker, and to its place there. So the workers have
 * the same rows in the same order in every attempt, if the DataFrame gives its rows in the same
 * order when Spark computes a part of it again.
 *
 * <p>The rows are read once, and kept on the executors as float32 until this is closed.
 */
final class FrameRows implements AutoCloseable {
  private final JavaRDD<byte[]> blocks;
  private final List<RowEncoder.Seen> seen = new ArrayList<>(); // a partition each
  private final int features;

  /**
   * Reads the rows of a DataFrame.
   *
   * @param who asks, for messages
   * @param frame features, label as a double, and the indicator where the encoder reads one
   * @throws InputException for the first row that does not fit, by its number
   */
  FrameRows(String who, org.apache.spark.sql.Dataset<Row> frame, RowEncoder encoder) {
    this.blocks = frame.toJavaRDD().mapPartitions(encoder);
    blocks.persist(StorageLevel.MEMORY_AND_DISK());
    try {
      blocks.filter(RowEncoder::isSeen).collect().forEach(each -> seen.add(RowEncoder.seen(each)));
      this.features = check(who);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /** Returns the number of features of all rows. */
  private int check(String who) {
    int width = -1;
    long before = 0;
    for (RowEncoder.Seen part : seen) {
      if (part.features() >= 0) {
        width = width < 0 ? part.features() : width;
        Problem other = FrameColumns.sizeProblem(0, width, part.features());
        if (other != null) {
          throw other.exception(who, before);
        }
      }
      if (part.problem() != null) {
        throw part.problem().exception(who, before);
      }
      before += part.rows();
    }
    if (before == 0) {
      throw InputException.of(who, "at least one row", "an empty table", "Use a table with rows");
    }
    if (validation() == before) {
      throw InputException.of(
          who + ", validationIndicatorCol",
          "some rows to train on",
          "true for all " + before + " rows",
          "Make it false for the rows to train on");
    }
    return width;
  }

  int features() {
    return features;
  }

  /** Returns the number of rows to train on. */
  long training() {
    return seen.stream().mapToLong(RowEncoder.Seen::rows).sum() - validation();
  }

  /** Returns the number of rows to validate with. */
  long validation() {
    return seen.stream().mapToLong(RowEncoder.Seen::validation).sum();
  }

  /** Returns the largest class, or -1. */
  int largestClass() {
    return seen.stream().mapToInt(RowEncoder.Seen::most).max().orElse(-1);
  }

  /** Returns the rows, a partition for each worker. */
  JavaRDD<byte[]> dealt(Parts parts) {
    List<Start> starts = new ArrayList<>();
    Start start = new Start(0, 0);
    for (RowEncoder.Seen part : seen) {
      starts.add(start);
      start =
          new Start(
              start.training + part.rows() - part.validation(),
              start.validation + part.validation());
    }
    Dealer dealer = new Dealer(parts.batch(), parts.size(), features, starts, start);
    return JavaPairRDD.fromJavaRDD(blocks.mapPartitionsWithIndex(dealer, false))
        .partitionBy(new ByRank(parts.size()))
        .values();
  }

  /**
   * Returns what makes a worker's rows out of its partition.
   *
   * @param labelClasses the columns of labels that are one-hot rows, or 0 for labels as they are
   */
  WorkerRows.Loader loader(Parts parts, int labelClasses) {
    return new Loader(
        parts.batch(), parts.size(), features, training(), validation(), labelClasses);
  }

  @Override
  public void close() {
    blocks.unpersist(false);
  }

  /** The numbers of a partition's first rows. */
  private record Start(long training, long validation) implements java.io.Serializable {}

  /** Every key is the rank that it goes to. */
  private static final class ByRank extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int size;

    ByRank(int size) {
      this.size = size;
    }

    @Override
    public int numPartitions() {
      return size;
    }

    @Override
    public int getPartition(Object rank) {
      return (Integer) rank;
    }
  }

  /**
   * Deals out the rows of a partition: a block for each worker that gets any of a block, each row
   * with its place there. Places of rows to validate with are negative: -1 is the first.
   *
   * @param all the numbers of rows
   */
  private record Dealer(int batch, int size, int features, List<Start> starts, Start all)
      implements org.apache.spark.api.java.function.Function2<
          Integer, Iterator<byte[]>, Iterator<Tuple2<Integer, byte[]>>> {

    @Override
    public Iterator<Tuple2<Integer, byte[]>> call(Integer partition, Iterator<byte[]> blocks) {
      Parts parts = new Parts(batch, size);
      long[] next = {starts.get(partition).training, starts.get(partition).validation};
      return new Iterator<>() {
        private Iterator<Tuple2<Integer, byte[]>> ready =
            List.<Tuple2<Integer, byte[]>>of().iterator();

        @Override
        public boolean hasNext() {
          while (!ready.hasNext() && blocks.hasNext()) {
            byte[] block = blocks.next();
            ready =
                (RowEncoder.isSeen(block)
                        ? List.<Tuple2<Integer, byte[]>>of()
                        : deal(parts, next, block))
                    .iterator();
          }
          return ready.hasNext();
        }

        @Override
        public Tuple2<Integer, byte[]> next() {
          return ready.next();
        }
      };
    }

    private List<Tuple2<Integer, byte[]>> deal(Parts parts, long[] next, byte[] block) {
      int stride = RowEncoder.FEATURES + features;
      FloatBuffer floats = ByteBuffer.wrap(block).asFloatBuffer();
      int rows = floats.capacity() / stride;
      int[] ranks = new int[rows];
      int[] places = new int[rows];
      int[] counts = new int[size];
      for (int row = 0; row < rows; row++) {
        boolean held = floats.get(row * stride + RowEncoder.INDICATOR) == 1;
        long number = next[held ? 1 : 0]++;
        long of = held ? all.validation : all.training;
        ranks[row] = parts.rankOf(number, of);
        int place = Math.toIntExact(parts.placeOf(number, of));
        places[row] = held ? ~place : place;
        counts[ranks[row]]++;
      }
      List<Tuple2<Integer, byte[]>> dealt = new ArrayList<>();
      for (int rank = 0; rank < size; rank++) {
        if (counts[rank] > 0) {
          ByteBuffer share = ByteBuffer.allocate(counts[rank] * stride * Float.BYTES);
          for (int row = 0; row < rows; row++) {
            if (ranks[row] == rank) {
              int from = row * stride * Float.BYTES;
              int start = share.position();
              share.put(block, from, stride * Float.BYTES);
              share.putInt(start + RowEncoder.INDICATOR * Float.BYTES, places[row]);
            }
          }
          dealt.add(new Tuple2<>(rank, share.array()));
        }
      }
      return dealt;
    }
  }

  /** Puts the rows of a worker into their places. */
  private record Loader(
      int batch, int size, int features, long training, long validation, int labelClasses)
      implements WorkerRows.Loader {

    @Override
    public WorkerRows load(int rank, Iterator<byte[]> blocks) {
      Parts parts = new Parts(batch, size);
      Table train = new Table(Math.toIntExact(parts.rowsOf(rank, training)), features);
      Table held =
          validation == 0
              ? null
              : new Table(Math.toIntExact(parts.rowsOf(rank, validation)), features);
      int stride = RowEncoder.FEATURES + features;
      while (blocks.hasNext()) {
        byte[] block = blocks.next();
        FloatBuffer floats = ByteBuffer.wrap(block).asFloatBuffer();
        IntBuffer integers = ByteBuffer.wrap(block).asIntBuffer();
        for (int at = 0; at < floats.capacity(); at += stride) {
          int place = integers.get(at + RowEncoder.INDICATOR);
          if (place >= 0) {
            train.put(place, floats, at);
          } else if (held != null) {
            held.put(~place, floats, at);
          }
        }
      }
      return new WorkerRows(
          train.dataset(rank, labelClasses),
          held == null ? null : held.dataset(rank, labelClasses));
    }
  }

  /** Rows that come in any order. */
  private static final class Table {
    private final float[] x; // [rows, features]
    private final float[] y; // [rows]
    private final int features;
    private int count;

    Table(int rows, int features) {
      this.x = new float[Math.multiplyExact(rows, features)];
      this.y = new float[rows];
      this.features = features;
    }

    void put(int place, FloatBuffer block, int at) {
      if (place >= y.length) {
        count++; // refused when all rows are here
        return;
      }
      y[place] = block.get(at + RowEncoder.LABEL);
      block.get(at + RowEncoder.FEATURES, x, place * features, features);
      count++;
    }

    Dataset dataset(int rank, int labelClasses) {
      if (count != y.length) {
        throw RunException.of(
            "worker " + rank,
            y.length + " rows",
            count,
            "Make the table by steps that always give the same rows in the same order, or save it"
                + " and train on what was saved",
            null);
      }
      Dataset rows = Dataset.of(Tensor.of(x, y.length, features), Tensor.of(y, y.length));
      return labelClasses == 0 ? rows : rows.toCategorical(labelClasses);
    }
  }

  /** Refuses more numbers than an array holds. */
  void requireRoom(String who, Parts parts) {
    long most = parts.rowsOf(parts.size() - 1, training());
    if (most * features > Integer.MAX_VALUE - 8) {
      throw InputException.of(
          who,
          "at most %s numbers for each worker".formatted(Integer.MAX_VALUE - 8),
          most + " rows of " + features + " features",
          "Use more workers");
    }
  }
}
