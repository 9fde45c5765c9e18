package dev.sinter.spark;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.distributed.Parts;
import dev.sinter.errors.InputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.jspecify.annotations.Nullable;

/**
 * Datasets of the driver, dealt out to the workers: each fetches its share alone, bytes as bytes.
 */
final class DatasetShares implements WorkerRows.Loader, AutoCloseable {
  private static final long serialVersionUID = 1L;

  private final List<Broadcast<byte[]>> shares; // one a worker

  private DatasetShares(List<Broadcast<byte[]>> shares) {
    this.shares = shares;
  }

  /** Deals out datasets; the validation data may be null. */
  static DatasetShares of(
      JavaSparkContext context, Parts parts, Dataset train, @Nullable Dataset validation) {
    List<Broadcast<byte[]>> shares = new ArrayList<>();
    for (int rank = 0; rank < parts.size(); rank++) {
      Share mine = Share.of(train, parts, rank);
      Share held = validation == null ? null : Share.of(validation, parts, rank);
      shares.add(context.broadcast(Bytes.of(new Both(mine, held))));
    }
    return new DatasetShares(shares);
  }

  @Override
  public WorkerRows load(int rank, Iterator<byte[]> blocks) {
    Both both = Bytes.read(shares.get(rank).value(), Both.class);
    Share held = both.validation;
    return new WorkerRows(both.train.dataset(), held == null ? null : held.dataset());
  }

  @Override
  public void close() {
    shares.forEach(share -> share.destroy());
  }

  private record Both(Share train, @Nullable Share validation) implements Serializable {}

  /**
   * Rows of a dataset.
   *
   * @param flat whether samples are vectors, whatever the shape of x
   */
  private record Share(
      Array x, Array y, float @Nullable [] weights, boolean flat, float scale, float offset)
      implements Serializable {

    static Share of(Dataset data, Parts parts, int rank) {
      int[] rows = new int[Math.toIntExact(parts.rowsOf(rank, data.size()))];
      int count = 0;
      for (int row = 0; row < data.size(); row++) {
        if (parts.rankOf(row, data.size()) == rank) {
          rows[count++] = data.firstRow() + row;
        }
      }
      Tensor labels = data.sourceLabels();
      if (labels == null) {
        throw InputException.of(
            "fit on Spark",
            "a dataset with labels",
            "samples alone",
            "Create it with Dataset.of(x, y)");
      }
      Tensor x = data.source().rows(rows);
      Tensor weights = data.sourceWeights();
      return new Share(
          Array.of(x),
          Array.of(labels.rows(rows)),
          weights == null ? null : weights.rows(rows).floats(),
          data.featureShape().length == 1 && x.rank() != 2,
          data.scaleFactor(),
          data.scaleOffset());
    }

    Dataset dataset() {
      Dataset all = Dataset.of(x.tensor(), y.tensor());
      Dataset shaped = flat ? all.flatten() : all;
      Dataset scaled = shaped.scale(scale).offset(offset);
      return weights == null ? scaled : scaled.weights(weights);
    }
  }

  /** A tensor that can be sent. */
  private record Array(int[] shape, float @Nullable [] floats, byte @Nullable [] bytes)
      implements Serializable {
    static Array of(Tensor tensor) {
      boolean isBytes = tensor.type() == Tensor.Type.UINT8;
      return new Array(
          tensor.shape(), isBytes ? null : tensor.floats(), isBytes ? tensor.bytes() : null);
    }

    Tensor tensor() {
      return floats == null ? Tensor.ofBytes(bytes, shape) : Tensor.of(floats, shape);
    }
  }
}
