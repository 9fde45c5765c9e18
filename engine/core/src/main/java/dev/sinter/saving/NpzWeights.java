package dev.sinter.saving;

import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** NumPy's .npz: an array a weight, by name. */
final class NpzWeights implements WeightsFormat {
  @Override
  public String name() {
    return "NumPy .npz";
  }

  @Override
  public List<String> suffixes() {
    return List.of(".npz");
  }

  @Override
  public Map<String, Tensor> read(Path file) {
    return Npz.read(file);
  }

  @Override
  public void write(Path file, Map<String, Tensor> weights) {
    Npz.write(file, weights);
  }
}
