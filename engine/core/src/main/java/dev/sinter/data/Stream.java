package dev.sinter.data;

import dev.sinter.errors.InputException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Samples that are read while the model trains: more than fit into memory.
 *
 * <p>A thread reads them ahead, window by window, into two buffers; while the backend works on one
 * window, the next one is read. Nothing else is kept. A shuffled training shuffles each window, so
 * samples that are sorted need a window that is large enough, or are shuffled before. Trained on in
 * the same order, a stream gives the bits that a {@link Dataset} gives.
 *
 * <p>Immutable: any number of threads may use it. They open readers of their own.
 */
public final class Stream {
  private final SampleSource source;
  private final long take; // samples at most
  private final int window; // samples, 0: by their size
  private final InputScale scale;
  private final boolean flat;
  private final boolean weighted;

  private Stream(
      SampleSource source,
      long take,
      int window,
      InputScale scale,
      boolean flat,
      boolean weighted) {
    this.source = source;
    this.take = take;
    this.window = window;
    this.scale = scale;
    this.flat = flat;
    this.weighted = weighted;
  }

  /** Creates a stream of the samples of a source. */
  public static Stream of(SampleSource source) {
    Objects.requireNonNull(source, "source");
    int features = Arrays.stream(source.featureShape()).reduce(1, Math::multiplyExact);
    if (features < 1 || source.labelColumns() < 0) {
      throw InputException.of(
          "Stream",
          "at least 1 feature, and 0 or more label columns",
          Arrays.toString(source.featureShape()) + " and " + source.labelColumns(),
          "Correct the source");
    }
    return new Stream(source, Long.MAX_VALUE, 0, new InputScale(1, 0), false, source.isWeighted());
  }

  /**
   * Creates a stream of float32 samples.
   *
   * @param features the numbers of a sample
   * @param labelColumns the numbers of its label: 1 for a class or a value, 0 for none
   * @param open opens the samples at the first one, for each pass
   */
  public static Stream of(int features, int labelColumns, Callable<? extends SampleReader> open) {
    return of(new Rows(Tensor.Type.FLOAT32, features, labelColumns, open));
  }

  /** Creates a stream of uint8 samples, 0 to 255; see {@link #of(int, int, Callable)}. */
  public static Stream ofBytes(
      int features, int labelColumns, Callable<? extends SampleReader> open) {
    return of(new Rows(Tensor.Type.UINT8, features, labelColumns, open));
  }

  /**
   * Creates a stream of samples that come as datasets of any sizes, such as one a file. The first
   * one says how samples look; it is asked for once more, here.
   *
   * @param parts gives an iterator that begins at the first one, for each pass
   */
  public static Stream of(Supplier<? extends Iterator<Dataset>> parts) {
    DatasetParts source = new DatasetParts(parts);
    return new Stream(source, Long.MAX_VALUE, 0, source.scale(), false, source.isWeighted());
  }

  /**
   * Creates a stream of the rows of NumPy's .npy files, in C order, of any size.
   *
   * @param x [N, features...]
   * @param y [N] or [N, K], or null for samples without labels
   */
  public static Stream npy(Path x, @Nullable Path y) {
    return of(new NpyRows(x, y));
  }

  private record Rows(
      Tensor.Type type, int features, int labelColumns, Callable<? extends SampleReader> reader)
      implements SampleSource {
    @Override
    public int[] featureShape() {
      return new int[] {features};
    }

    @Override
    public SampleReader open() throws Exception {
      return reader.call();
    }
  }

  /**
   * Returns this stream with the number of samples that are read, and shuffled, at a time; memory
   * holds two windows. They are rounded up to whole batches. The default is 32 MiB of samples, at
   * most 65,536.
   */
  public Stream window(int samples) {
    if (samples < 1) {
      throw InputException.of(
          "Stream.window", "at least 1 sample", samples, "Correct the number of samples");
    }
    return new Stream(source, take, samples, scale, flat, weighted);
  }

  /** Returns a stream of the first samples alone. */
  public Stream take(long count) {
    if (count < 0) {
      throw InputException.of("Stream.take", "a count of at least 0", count, "Correct the count");
    }
    return new Stream(source, Math.min(take, count), window, scale, flat, weighted);
  }

  /** Returns this stream with inputs multiplied by a factor; see {@link Dataset#scale}. */
  public Stream scale(float factor) {
    InputScale next = new InputScale(scale.factor() * factor, scale.offset() * factor);
    return new Stream(source, take, window, finite("scale", factor, next), flat, weighted);
  }

  /** Returns this stream with a number added to the inputs, after any previous scale. */
  public Stream offset(float addend) {
    InputScale next = new InputScale(scale.factor(), scale.offset() + addend);
    return new Stream(source, take, window, finite("offset", addend, next), flat, weighted);
  }

  /** Returns this stream with the scale and offset of a dataset, test data like training data. */
  public Stream like(Dataset other) {
    return new Stream(source, take, window, other.inputScale(), flat, weighted);
  }

  /** Returns this stream with samples that are vectors. */
  public Stream flatten() {
    return new Stream(source, take, window, scale, true, weighted);
  }

  /**
   * Returns this stream with the weights that its reader sets; see {@link Sample#weight(float)}.
   */
  public Stream weighted() {
    return new Stream(source, take, window, scale, flat, true);
  }

  private static InputScale finite(String method, float number, InputScale next) {
    if (!Float.isFinite(number)) {
      throw InputException.of("Stream." + method, "a finite number", number, "Correct the number");
    }
    return next;
  }

  /** Returns where the samples come from. */
  public SampleSource source() {
    return source;
  }

  /** Returns the number of samples, or -1 where it is not known. */
  public long size() {
    return source.size() < 0 ? -1 : Math.min(source.size(), take);
  }

  /** Returns how many samples are read at most. */
  public long most() {
    return take;
  }

  /** Returns the number of samples that are read at a time, or 0 where their size decides. */
  public int window() {
    return window;
  }

  /** Returns whether the samples have weights. */
  public boolean isWeighted() {
    return weighted;
  }

  /** Returns how the numbers of the source become inputs. */
  public InputScale inputScale() {
    return scale;
  }

  /** Returns the shape of one sample. */
  public int[] featureShape() {
    return flat ? new int[] {features()} : source.featureShape();
  }

  /** Returns the numbers of one sample's inputs. */
  public int features() {
    return Arrays.stream(source.featureShape()).reduce(1, Math::multiplyExact);
  }

  /** Returns what a stream is, such as {@code Stream[? x [784] uint8, label columns 1]}. */
  @Override
  public String toString() {
    return "Stream[%s x %s %s, label columns %s%s]"
        .formatted(
            size() < 0 ? "?" : size(),
            Arrays.toString(featureShape()),
            source.type(),
            source.labelColumns(),
            weighted ? ", weights" : "");
  }
}
