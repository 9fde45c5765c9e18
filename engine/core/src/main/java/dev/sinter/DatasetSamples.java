package dev.sinter;

import dev.sinter.data.Dataset;
import dev.sinter.data.InputScale;
import dev.sinter.data.Tensor;
import java.util.function.BooleanSupplier;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Samples that are resident on the backend while they are used. */
record DatasetSamples(Dataset data) implements SampleSet {
  /** Rows that the checksum looks at. */
  private static final int CHECKED_ROWS = 256;

  @Override
  public long size() {
    return data.size();
  }

  @Override
  public boolean isWeighted() {
    return data.sourceWeights() != null;
  }

  @Override
  public InputScale inputScale() {
    return data.inputScale();
  }

  /** Returns a checksum of some rows, their labels and their weights. */
  @Override
  public String fingerprint() {
    CRC32 crc = new CRC32();
    int rows = Math.min(CHECKED_ROWS, data.size());
    for (int i = 0; i < rows; i++) {
      int row = data.firstRow() + (int) ((long) i * data.size() / rows);
      add(crc, data.source(), row);
      Tensor labels = data.sourceLabels();
      if (labels != null) {
        add(crc, labels, row);
      }
      Tensor weights = data.sourceWeights();
      if (weights != null) {
        add(crc, weights, row);
      }
    }
    return "%08x, inputs * %s + %s"
        .formatted(crc.getValue(), data.scaleFactor(), data.scaleOffset());
  }

  private static void add(CRC32 crc, Tensor tensor, int row) {
    int length = tensor.rowSize();
    for (int i = row * length; i < (row + 1) * length; i++) {
      int bits = Float.floatToIntBits(tensor.get(i));
      for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
        crc.update(bits >> shift);
      }
    }
  }

  @Override
  public Windows open(Engine engine, int batch, @Nullable Long seed, BooleanSupplier halted) {
    SampleOrder order = new SampleOrder(data, seed == null ? 0 : seed, seed != null);
    return new ResidentWindows(engine.upload(data, true), data, order);
  }
}
