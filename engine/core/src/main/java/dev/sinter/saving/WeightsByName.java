package dev.sinter.saving;

import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Gives the arrays of a file the names of a model's weights. Any number of threads may call it. */
public final class WeightsByName {
  private static final String BY_NAME = "Use weights of this architecture";
  private static final String BY_PLACE =
      "Give the arrays the names of the model's weights, and kernels the shape [in, out], which"
          + " PyTorch for one keeps as [out, in]";

  private static final String BIAS = "/bias";

  private WeightsByName() {}

  /**
   * Returns the arrays under the names of the model's weights, in their order: by name where the
   * file has all of them; else by place, where there are as many arrays, of the same shapes; else
   * by splitting, where one vector holds all of them.
   *
   * @param where the file, for messages
   * @param received arrays as the file names them, in its order
   * @param shapes of the model's weights, by name, in their order
   * @throws InputException when they do not fit; it names the first that does not
   */
  public static Map<String, Tensor> match(
      String where, Map<String, Tensor> received, Map<String, int[]> shapes) {
    if (received.keySet().containsAll(shapes.keySet())) {
      return checked(where, inOrder(received, shapes), shapes, BY_NAME);
    }
    int size = shapes.values().stream().mapToInt(WeightsByName::size).sum();
    if (received.size() == 1) {
      Tensor only = received.values().iterator().next();
      if (only.rank() == 1 && only.size() == size) {
        return split(only, shapes);
      }
    }
    if (received.size() != shapes.size()) {
      throw InputException.of(where, describe(shapes), received.keySet(), BY_NAME);
    }
    Map<String, Tensor> renamed = new LinkedHashMap<>();
    Iterator<Tensor> values = received.values().iterator();
    shapes.keySet().forEach(name -> renamed.put(name, values.next()));
    return checked(where, renamed, shapes, BY_PLACE);
  }

  /**
   * Returns weights with each layer's kernel before its bias, for formats that go by place; files
   * of other tools may have sorted the names.
   */
  public static Map<String, Tensor> kernelsFirst(Map<String, Tensor> weights) {
    Map<String, Tensor> ordered = new LinkedHashMap<>();
    weights.forEach(
        (name, value) -> {
          if (name.endsWith(BIAS)) {
            String kernel = name.substring(0, name.length() - BIAS.length()) + "/kernel";
            Tensor first = weights.get(kernel);
            if (first != null) {
              ordered.putIfAbsent(kernel, first);
            }
          }
          ordered.putIfAbsent(name, value);
        });
    return ordered;
  }

  private static Map<String, Tensor> inOrder(
      Map<String, Tensor> received, Map<String, int[]> shapes) {
    Map<String, Tensor> ordered = new LinkedHashMap<>();
    for (String name : shapes.keySet()) {
      Tensor value = received.get(name);
      if (value != null) { // it has all names
        ordered.put(name, value);
      }
    }
    return ordered;
  }

  private static Map<String, Tensor> split(Tensor all, Map<String, int[]> shapes) {
    float[] values = all.toFloats();
    Map<String, Tensor> parts = new LinkedHashMap<>();
    int from = 0;
    for (Map.Entry<String, int[]> weight : shapes.entrySet()) {
      int to = from + size(weight.getValue());
      parts.put(
          weight.getKey(), Tensor.of(Arrays.copyOfRange(values, from, to), weight.getValue()));
      from = to;
    }
    return parts;
  }

  private static Map<String, Tensor> checked(
      String where, Map<String, Tensor> values, Map<String, int[]> shapes, String remedy) {
    values.forEach(
        (name, value) -> {
          int[] expected = shapes.get(name);
          if (!Arrays.equals(expected, value.shape())) {
            throw InputException.of(
                where + ", weights " + name,
                Arrays.toString(expected),
                Arrays.toString(value.shape()),
                remedy);
          }
        });
    return values;
  }

  private static int size(int[] shape) {
    return Arrays.stream(shape).reduce(1, Math::multiplyExact);
  }

  private static String describe(Map<String, int[]> shapes) {
    return shapes.entrySet().stream()
        .map(entry -> entry.getKey() + " " + Arrays.toString(entry.getValue()))
        .collect(Collectors.joining(", ", "arrays called ", ""));
  }
}
