package dev.sinter.cli;

import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.report.Summary;
import dev.sinter.saving.Formats;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the dense layers of a weights file from the names and shapes of its arrays: {@code
 * dense/kernel} [I, U], then optionally {@code dense/bias} [U]. Such a file does not contain
 * activations.
 */
final class WeightsSummary {
  private static final String KERNEL = "kernel";
  private static final String BIAS = "bias";

  private WeightsSummary() {}

  static Summary of(Path file) {
    Map<String, Map<String, Tensor>> byLayer = new LinkedHashMap<>();
    Formats.weights(file)
        .read(file)
        .forEach(
            (name, array) -> {
              int slash = name.lastIndexOf('/');
              String part = name.substring(slash + 1);
              if (slash < 1 || !part.equals(KERNEL) && !part.equals(BIAS)) {
                throw refused(file, "arrays called like dense/kernel and dense/bias", name);
              }
              byLayer
                  .computeIfAbsent(name.substring(0, slash), key -> new LinkedHashMap<>())
                  .put(part, array);
            });
    if (byLayer.isEmpty()) {
      throw refused(file, "the weights of at least one layer", "no arrays");
    }
    List<Summary.Layer> layers = new ArrayList<>();
    byLayer.forEach((name, arrays) -> layers.add(layer(file, name, arrays, layers)));
    long sizeBytes = layers.stream().mapToLong(Summary.Layer::parameterCount).sum() * Float.BYTES;
    return new Summary(
        String.valueOf(file.getFileName()),
        layers,
        null,
        new Summary.Memory(sizeBytes, 0, 0, 0, 0));
  }

  private static Summary.Layer layer(
      Path file, String name, Map<String, Tensor> arrays, List<Summary.Layer> before) {
    Tensor kernel = arrays.get(KERNEL);
    if (kernel == null || kernel.rank() != 2 || kernel.size() == 0) {
      throw refused(file, name + "/kernel of a shape [inputs, units]", shape(kernel));
    }
    int inputs = kernel.dimension(0);
    int units = kernel.dimension(1);
    int previous = before.isEmpty() ? inputs : before.get(before.size() - 1).outputs().get(0);
    if (inputs != previous) {
      throw refused(
          file,
          name + "/kernel with " + previous + " inputs, the outputs of the layer before",
          shape(kernel));
    }
    List<Summary.Weight> weights = new ArrayList<>();
    weights.add(new Summary.Weight("W", List.of(inputs, units)));
    Tensor bias = arrays.get(BIAS);
    if (bias != null) {
      if (!Arrays.equals(bias.shape(), new int[] {units})) {
        throw refused(file, name + "/bias of shape [" + units + "]", shape(bias));
      }
      weights.add(new Summary.Weight("b", List.of(units)));
    }
    return new Summary.Layer(name, "Dense", units, true, weights);
  }

  private static String shape(Tensor array) {
    return array == null ? "none" : Arrays.toString(array.shape());
  }

  private static InputException refused(Path file, String expected, String received) {
    return new InputException(
        "weights file %s: expected %s, received %s. Use a file written by train --save-weights."
            .formatted(file, expected, received));
  }
}
