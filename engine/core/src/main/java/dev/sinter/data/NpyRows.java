package dev.sinter.data;

import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The rows of .npy files, which may be larger than memory. */
final class NpyRows implements SampleSource {
  private static final String EXPECTED = "a NumPy .npy file";
  private static final int BUFFER_BYTES = 1 << 20;

  /** So many that their bytes can be counted. */
  private static final long MOST_ELEMENTS = 1L << 48;

  private final Path x;
  private final @Nullable Path y;
  private final NpyHeader inputs;
  private final @Nullable NpyHeader labels;

  NpyRows(Path x, @Nullable Path y) {
    this.x = x;
    this.y = y;
    this.inputs = header(x);
    this.labels = y == null ? null : header(y);
    if (inputs.shape().length < 2) {
      throw InputException.of(
          x.toString(),
          "[samples, features...]",
          Arrays.toString(inputs.shape()),
          "Reshape it in Python: array.reshape(-1, 1)");
    }
    if (labels != null && (labels.shape().length < 1 || labels.shape().length > 2)) {
      throw InputException.of(
          String.valueOf(y),
          "[samples] or [samples, columns]",
          Arrays.toString(labels.shape()),
          "Reshape the labels");
    }
    if (labels != null && labels.shape()[0] != inputs.shape()[0]) {
      throw InputException.of(
          String.valueOf(y),
          inputs.shape()[0] + " labels, one a sample of " + x,
          labels.shape()[0],
          "Name the labels of these samples");
    }
  }

  private static NpyHeader header(Path file) {
    long sizeBytes = FileInput.requireFile(file, EXPECTED);
    try (InputStream in = Files.newInputStream(file)) {
      NpyHeader header = NpyHeader.read(in, sizeBytes, file.toString(), MOST_ELEMENTS);
      if (header.fortranOrder()) {
        throw InputException.of(
            file.toString(),
            "rows one after another (C order)",
            "Fortran order",
            "Write it again: numpy.save(name, numpy.ascontiguousarray(array))");
      }
      return header;
    } catch (IOException e) {
      throw FileInput.unreadable(file, EXPECTED, e);
    }
  }

  @Override
  public int[] featureShape() {
    return Arrays.copyOfRange(inputs.shape(), 1, inputs.shape().length);
  }

  @Override
  public int labelColumns() {
    return labels == null ? 0 : labels.shape().length == 1 ? 1 : labels.shape()[1];
  }

  @Override
  public Tensor.Type type() {
    return inputs.element() == NpyElement.UINT8 ? Tensor.Type.UINT8 : Tensor.Type.FLOAT32;
  }

  @Override
  public long size() {
    return inputs.shape()[0];
  }

  @Override
  public SampleReader open() throws IOException {
    return new Reader();
  }

  /** Reads a file row by row. */
  private static final class Rows implements AutoCloseable {
    private final NpyHeader header;
    private final InputStream in;
    private final ByteBuffer row;

    Rows(Path file, NpyHeader header, int columns) throws IOException {
      long sizeBytes = FileInput.requireFile(file, EXPECTED);
      this.header = header;
      this.row = ByteBuffer.allocate(columns * header.element().sizeBytes).order(header.order());
      this.in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES);
      in.skipNBytes(sizeBytes - header.dataBytes());
    }

    void next(byte[] target) throws IOException {
      if (in.readNBytes(target, 0, target.length) < target.length) {
        throw new EOFException("the data ended early");
      }
    }

    void next(float[] target) throws IOException {
      next(row.array());
      header.element().convert(row, target, 0, target.length);
    }

    @Override
    public void close() throws IOException {
      in.close();
    }
  }

  private final class Reader implements SampleReader {
    private final Rows samples;
    private final @Nullable Rows targets;
    private int left = inputs.shape()[0];

    Reader() throws IOException {
      int features = Arrays.stream(featureShape()).reduce(1, Math::multiplyExact);
      this.samples = new Rows(x, inputs, features);
      this.targets = y == null || labels == null ? null : new Rows(y, labels, labelColumns());
    }

    @Override
    public boolean read(Sample next) throws IOException {
      if (left-- == 0) {
        return false;
      }
      if (type() == Tensor.Type.UINT8) {
        samples.next(next.bytes());
      } else {
        samples.next(next.x());
      }
      if (targets != null) {
        targets.next(next.y());
      }
      return true;
    }

    @Override
    public void close() throws IOException {
      try (samples) {
        if (targets != null) {
          targets.close();
        }
      }
    }
  }
}
