package dev.sinter.spark;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.function.BiFunction;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsReader$;
import org.apache.spark.ml.util.MLReader;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link NetworkWriter} has written.
 *
 * @param <T> the estimator or model
 */
final class NetworkReader<T extends Params> extends MLReader<T> {
  private final Class<T> type;
  private final BiFunction<String, byte @Nullable [], T> create;

  /**
   * Prepares a reader.
   *
   * @param create makes an instance of its name and its network, if any
   */
  NetworkReader(Class<T> type, BiFunction<String, byte @Nullable [], T> create) {
    this.type = type;
    this.create = create;
  }

  @Override
  public T load(String path) {
    DefaultParamsReader.Metadata metadata =
        DefaultParamsReader$.MODULE$.loadMetadata(path, sparkSession(), type.getName());
    T instance = create.apply(metadata.uid(), network(new Path(path, NetworkWriter.FILE)));
    metadata.getAndSetParams(instance, metadata.getAndSetParams$default$2());
    return instance;
  }

  private byte @Nullable [] network(Path file) {
    try {
      FileSystem files = file.getFileSystem(sparkSession().sparkContext().hadoopConfiguration());
      if (!files.exists(file)) {
        return null;
      }
      try (InputStream in = files.open(file)) {
        return in.readAllBytes();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Refuses a model without a network. */
  static byte[] required(byte @Nullable [] network) {
    if (network == null) {
      throw InputException.of(
          "saved model",
          "a file " + NetworkWriter.FILE + " beside metadata",
          "none",
          "Save the model again: the folder is not complete");
    }
    return network;
  }
}
