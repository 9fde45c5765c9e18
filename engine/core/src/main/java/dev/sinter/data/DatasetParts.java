package dev.sinter.data;

import dev.sinter.errors.InputException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Samples that come as datasets, one after another, all like the first one. */
final class DatasetParts implements SampleSource {
  private final Supplier<? extends Iterator<Dataset>> parts;
  private final int[] featureShape;
  private final int labelColumns;
  private final Tensor.Type type;
  private final InputScale scale;
  private final boolean weighted;

  DatasetParts(Supplier<? extends Iterator<Dataset>> parts) {
    this.parts = Objects.requireNonNull(parts, "parts");
    Iterator<Dataset> all = parts.get();
    if (!all.hasNext()) {
      throw InputException.of("Stream", "at least one dataset", "none", "Give it samples");
    }
    Dataset first = all.next();
    this.featureShape = first.featureShape();
    this.labelColumns = labelColumns(first);
    this.type = first.source().type();
    this.scale = first.inputScale();
    this.weighted = first.sourceWeights() != null;
  }

  private static int labelColumns(Dataset part) {
    Tensor labels = part.sourceLabels();
    return labels == null ? 0 : labels.rowSize();
  }

  InputScale scale() {
    return scale;
  }

  @Override
  public int[] featureShape() {
    return featureShape.clone();
  }

  @Override
  public int labelColumns() {
    return labelColumns;
  }

  @Override
  public Tensor.Type type() {
    return type;
  }

  @Override
  public boolean isWeighted() {
    return weighted;
  }

  @Override
  public SampleReader open() {
    return new Reader(parts.get());
  }

  private void requireLikeFirst(Dataset part) {
    if (!Arrays.equals(part.featureShape(), featureShape)
        || labelColumns(part) != labelColumns
        || part.source().type() != type
        || part.sourceWeights() != null != weighted
        || !part.inputScale().equals(scale)) {
      throw InputException.of(
          "dataset of a stream",
          "%s features of shape %s, %s label columns, %s, %s"
              .formatted(
                  type, Arrays.toString(featureShape), labelColumns, scale, weights(weighted)),
          "%s features of shape %s, %s label columns, %s, %s"
              .formatted(
                  part.source().type(),
                  Arrays.toString(part.featureShape()),
                  labelColumns(part),
                  part.inputScale(),
                  weights(part.sourceWeights() != null)),
          "Make all of its datasets like the first one");
    }
  }

  private static String weights(boolean weighted) {
    return weighted ? "weights" : "no weights";
  }

  private final class Reader implements SampleReader {
    private final Iterator<Dataset> left;
    private @Nullable Dataset part; // null before the first one
    private int row; // of the part

    Reader(Iterator<Dataset> left) {
      this.left = left;
    }

    @Override
    public boolean read(Sample next) {
      while (part == null || row == part.size()) {
        if (!left.hasNext()) {
          return false;
        }
        part = left.next();
        row = 0;
        requireLikeFirst(part);
      }
      int from = part.firstRow() + row++;
      next.copyFrom(part.source(), part.sourceLabels(), part.sourceWeights(), from);
      return true;
    }
  }
}
