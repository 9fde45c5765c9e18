package dev.sinter.dl4j;

import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.saving.ModelFormat;
import dev.sinter.saving.SavedModel;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.learning.config.IUpdater;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The zip of DL4J's ModelSerializer, for networks of dense layers. Immutable: any number of threads
 * may use it.
 */
public final class Dl4jFormat implements ModelFormat {
  private static final Logger LOG = LoggerFactory.getLogger(Dl4j.class);

  /** Creates the format; for {@link java.util.ServiceLoader}. */
  public Dl4jFormat() {}

  @Override
  public String name() {
    return "DL4J";
  }

  @Override
  public List<String> suffixes() {
    return List.of(".zip");
  }

  @Override
  public SavedModel read(Path file) {
    try (ModelZip zip = new ModelZip(file)) {
      MultiLayerConfiguration configuration =
          ConfigurationJson.read(file + ", configuration.json", zip.configuration());
      Dl4jNetwork network = NetworkReader.read(file + ", ", configuration);
      if (network.size() > Integer.MAX_VALUE) {
        throw InputException.of(
            file.toString(),
            "at most " + Integer.MAX_VALUE + " parameters",
            network.size(),
            "Use a smaller network");
      }
      float[] parameters = zip.parameters(network.size());
      IUpdater updater = network.updater();
      long slots = updater == null ? 0 : updater.stateSize(network.size());
      float[] state = slots > Integer.MAX_VALUE ? new float[0] : zip.state(slots);
      if (zip.hasNormalizer()) {
        LOG.warn("{}: its normalizer is left out; normalize what you predict for", file);
      }
      return new ToSinter(
              file.toString(),
              network,
              parameters,
              state,
              Math.max(0, configuration.getIterationCount()),
              Math.max(0, configuration.getEpochCount()),
              configuration.getConf(0).getSeed())
          .portably();
    }
  }

  @Override
  public void write(Path file, SavedModel model) {
    MultiLayerNetwork network = ToDl4j.network(model);
    boolean state = model.progress() != null;
    AtomicFile.write(file, out -> ModelSerializer.writeModel(network, out, state));
  }
}
