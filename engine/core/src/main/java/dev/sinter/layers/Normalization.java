package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Shifts and scales each feature to mean 0 and variance 1: (x - mean) / max(sqrt(variance), 1e-7);
 * output [B, ..., D] like the input. Mean and variance belong to the last axis of a sample: to the
 * columns of a table, to the channels of an image. They are weights [D] that no training changes,
 * so they are saved with the model. Immutable: any number of threads may use it. Source: Keras,
 * layers/preprocessing/normalization.py.
 *
 * <pre>{@code var model = Sequential.of(
 *     new Normalization().adapt(train), new Dense(16).relu(), new Dense(3).softmax());}</pre>
 *
 * @param mean by feature, or one number for all; null until {@link #adapt}
 * @param variance by feature, or one number for all; null until {@link #adapt}
 * @param name null by default: the model makes one
 */
public record Normalization(
    @Nullable List<Float> mean, @Nullable List<Float> variance, @Nullable String name)
    implements Layer {
  public Normalization {
    if ((mean == null) != (variance == null)) {
      throw InputException.of(
          "Normalization", "mean and variance", "one without the other", "State both or none");
    }
    if (mean != null && variance != null) {
      mean = List.copyOf(mean);
      variance = List.copyOf(variance);
      boolean legal =
          mean.size() == variance.size()
              && mean.stream().allMatch(Float::isFinite)
              && variance.stream().allMatch(v -> Float.isFinite(v) && v >= 0);
      if (!legal || mean.isEmpty()) {
        throw InputException.of(
            "Normalization",
            "finite means and variances of at least 0, equally many",
            mean + " and " + variance,
            "Correct mean and variance");
      }
    }
  }

  /** Creates a layer to be adapted to data. */
  public Normalization() {
    this(null, null, null);
  }

  /** Creates a layer of known mean and variance: one of each by feature, or one for all. */
  public Normalization(List<Float> mean, List<Float> variance) {
    this(mean, variance, null);
  }

  /**
   * Returns this layer with mean and variance of the inputs of a dataset, scaled as it says.
   *
   * @throws InputException for a dataset without samples, or with numbers that are not finite
   */
  public Normalization adapt(Dataset data) {
    int[] shape = data.featureShape();
    int features = shape[shape.length - 1];
    int from = data.firstRow() * data.source().rowSize();
    int to = from + data.size() * data.source().rowSize();
    if (from == to) {
      throw InputException.of(
          "Normalization.adapt", "at least one sample", 0, "Adapt it to the training data");
    }
    double count = (double) (to - from) / features;
    double[] means = new double[features];
    Tensor x = data.source();
    for (int i = from; i < to; i++) {
      means[(i - from) % features] += x.get(i) / count;
    }
    double[] variances = new double[features];
    for (int i = from; i < to; i++) {
      double deviation = x.get(i) - means[(i - from) % features];
      variances[(i - from) % features] += deviation * deviation / count;
    }
    List<Float> mean = new ArrayList<>();
    List<Float> variance = new ArrayList<>();
    double scale = data.scaleFactor();
    for (int i = 0; i < features; i++) {
      mean.add((float) (means[i] * scale + data.scaleOffset()));
      variance.add((float) (variances[i] * scale * scale));
      if (!Float.isFinite(mean.get(i)) || !Float.isFinite(variance.get(i))) {
        throw InputException.of(
            "Normalization.adapt, feature " + i,
            "finite numbers",
            "a mean of " + mean.get(i) + " and a variance of " + variance.get(i),
            "Clean the data: NaN and infinity have no mean");
      }
    }
    return new Normalization(mean, variance, name);
  }

  /** Returns this layer with a name. */
  public Normalization name(String other) {
    return new Normalization(mean, variance, other);
  }

  @Override
  public String className() {
    return "Normalization";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(new NormalizationRule(mean, variance));
  }
}
