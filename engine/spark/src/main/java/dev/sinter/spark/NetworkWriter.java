package dev.sinter.spark;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;
import org.jspecify.annotations.Nullable;

/**
 * Saves an estimator or a model as Spark ML does: its parameters in {@code metadata}, and its
 * network, if any, beside them in {@code network.keras}.
 */
final class NetworkWriter extends MLWriter {
  static final String FILE = "network.keras";

  private final Params instance;
  private final byte @Nullable [] network;

  NetworkWriter(Params instance, byte @Nullable [] network) {
    this.instance = instance;
    this.network = network;
  }

  @Override
  public void saveImpl(String path) {
    DefaultParamsWriter.saveMetadata(instance, path, sparkSession());
    if (network != null) {
      Path file = new Path(path, FILE);
      try (OutputStream out =
          file.getFileSystem(sparkSession().sparkContext().hadoopConfiguration()).create(file)) {
        out.write(network);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
