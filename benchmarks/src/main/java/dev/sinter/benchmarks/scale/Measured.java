package dev.sinter.benchmarks.scale;

import dev.sinter.benchmarks.scale.Simulation.Compute;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What {@link Measure} has measured, from the files beside this class. */
final class Measured {
  private final List<String[]> compute = lines("compute.csv");
  private final List<String[]> samples = lines("samples.csv");
  private final List<String[]> local = lines("local.csv");
  private final List<String[]> machine = lines("machine.csv");

  private static List<String[]> lines(String name) {
    try (InputStream in = Measured.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no " + name + " beside " + Measured.class);
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().skip(1).map(line -> line.split(",")).toList();
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Returns a worker's step: name, threads, rows, microseconds of the pieces, floats, averaged. */
  Compute compute(String name, int threads) {
    List<String[]> own =
        compute.stream()
            .filter(line -> line[0].equals(name) && line[1].equals("" + threads))
            .toList();
    double[] floats = numbers(own.get(0)[4]);
    List<Curve> ready = new ArrayList<>();
    for (int piece = 0; piece < floats.length; piece++) {
      Map<Double, Double> seconds = new TreeMap<>();
      for (String[] line : own) {
        seconds.put(Double.valueOf(line[2]), numbers(line[3])[piece] * 1e-6);
      }
      ready.add(Curve.linear(seconds));
    }
    long averaged = Long.parseLong(own.get(0)[5]);
    return new Compute(ready, Arrays.stream(floats).mapToLong(Math::round).toArray(), averaged);
  }

  /** Returns the samples to the target, by batch size. */
  Curve samples(String name) {
    return curve(samples.stream().filter(line -> line[0].equals(name)).toList(), 3, 6);
  }

  /** Returns the samples to the target with local SGD, by workers; each has the recipe's batch. */
  Curve local(String name, int every) {
    return curve(
        local.stream().filter(line -> line[0].equals(name) && line[2].equals("" + every)).toList(),
        1,
        6);
  }

  private static Curve curve(List<String[]> lines, int x, int y) {
    TreeMap<Double, Double> points = new TreeMap<>();
    for (String[] line : lines) {
      points.put(Double.valueOf(line[x]), Double.valueOf(line[y]));
    }
    return Curve.logarithmic(points);
  }

  /** Returns a number about the machine, in the unit that its name ends in. */
  double machine(String name) {
    return numbers(name(name))[0];
  }

  /** Returns step times divided by their median, those of mnist-convnet with 128 rows. */
  double[] spread() {
    return numbers(name("spread"));
  }

  private String name(String name) {
    return machine.stream().filter(line -> line[0].equals(name)).findFirst().orElseThrow()[1];
  }

  private static double[] numbers(String field) {
    return Arrays.stream(field.split(";")).mapToDouble(Double::parseDouble).toArray();
  }
}
