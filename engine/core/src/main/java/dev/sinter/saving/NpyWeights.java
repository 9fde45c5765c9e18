package dev.sinter.saving;

import dev.sinter.data.Npy;
import dev.sinter.data.Tensor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** NumPy's .npy: all weights as one vector, each row by row, in the order of the layers. */
final class NpyWeights implements WeightsFormat {
  /** The name of the one array. */
  static final String ALL = "weights";

  @Override
  public String name() {
    return "NumPy .npy";
  }

  @Override
  public List<String> suffixes() {
    return List.of(".npy");
  }

  @Override
  public Map<String, Tensor> read(Path file) {
    return Map.of(ALL, Npy.read(file));
  }

  @Override
  public void write(Path file, Map<String, Tensor> weights) {
    float[] all =
        new float[weights.values().stream().mapToInt(Tensor::size).reduce(0, Math::addExact)];
    int from = 0;
    for (Tensor weight : WeightsByName.kernelsFirst(weights).values()) {
      float[] values = weight.toFloats();
      System.arraycopy(values, 0, all, from, values.length);
      from += values.length;
    }
    Npy.write(file, Tensor.of(all, all.length));
  }
}
