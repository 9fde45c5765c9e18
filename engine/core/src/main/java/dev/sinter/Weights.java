package dev.sinter;

import dev.sinter.compile.Architecture;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Initializer;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The weights of a built model: on the host, or on the engine while there is one. */
final class Weights {
  private final Map<Value, float[]> host = new HashMap<>();
  private final List<Value> parameters;
  private Engine engine; // where the weights are; null while they are on the host

  /** Makes the initial weights. */
  Weights(Architecture architecture, long seed) {
    this.parameters = architecture.parameters();
    int position = 0;
    for (Architecture.BuiltLayer built : architecture.layers()) {
      if (built.layer() instanceof Dense dense) {
        for (Value parameter : built.parameters()) {
          Initializer initializer =
              isBias(parameter) ? dense.biasInitializer() : dense.kernelInitializer();
          host.put(
              parameter,
              initializer.weights(
                  parameter.shape().rows(), parameter.shape().columns(), seed, position++));
        }
      }
    }
  }

  void moveTo(Engine target) {
    host.forEach(target::write);
    host.clear();
    engine = target;
  }

  void moveToHost() {
    for (Value parameter : parameters) {
      host.put(parameter, engine.read(parameter));
    }
    engine = null;
  }

  /** Returns a copy: kernel [I, U] or bias [U]. */
  Tensor get(Value parameter) {
    float[] values = engine != null ? engine.read(parameter) : host.get(parameter).clone();
    return Tensor.of(values, kerasShape(parameter));
  }

  /** Sets some weights: all of them, or none when one does not fit. */
  void set(List<Value> targets, List<Tensor> values) {
    if (targets.size() != values.size()) {
      throw InputException.of(
          "setWeights",
          targets.size() + " arrays",
          values.size(),
          "Give one array a weight, in the order of getWeights");
    }
    for (int i = 0; i < values.size(); i++) {
      check(targets.get(i), values.get(i));
    }
    for (int i = 0; i < values.size(); i++) {
      if (engine != null) {
        engine.write(targets.get(i), values.get(i).toFloats());
      } else {
        host.put(targets.get(i), values.get(i).toFloats());
      }
    }
  }

  private static void check(Value target, Tensor value) {
    int[] expected = kerasShape(target);
    if (!Arrays.equals(value.shape(), expected)) {
      throw InputException.of(
          "weights " + target.name(),
          Arrays.toString(expected),
          Arrays.toString(value.shape()),
          "Use weights of this architecture");
    }
    for (int i = 0; i < value.size(); i++) {
      if (!Float.isFinite(value.get(i))) {
        throw InputException.of(
            "weights " + target.name() + ", element " + i,
            "a finite number",
            value.get(i),
            "Use weights of a training that converged");
      }
    }
  }

  private static int[] kerasShape(Value parameter) {
    int columns = parameter.shape().columns();
    return isBias(parameter) ? new int[] {columns} : new int[] {parameter.shape().rows(), columns};
  }

  static boolean isBias(Value parameter) {
    return parameter.name().endsWith("/bias");
  }
}
