package dev.sinter.backend.host;

import dev.sinter.program.Shape;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Applies an optimizer: one pass over the flat regions, padding included, where all replicas learn
 * at the same rate; otherwise one pass a replica of a parameter.
 */
public final class UpdateStep implements Step {
  /** Translates the rule for a stretch of the regions. */
  @FunctionalInterface
  public interface Translation {
    /**
     * Returns a kernel over the same stretch of every region.
     *
     * @param from where the stretch starts within a region, in floats
     * @param shape [1, length]
     */
    ElementwiseKernel translate(int from, Shape shape);
  }

  private record Segment(int replica, ElementwiseKernel kernel) {}

  private final UpdateRule rule;
  private final ElementwiseKernel whole;
  private final List<Segment> segments = new ArrayList<>(); // empty with one replica
  private final float[] scalars;

  /** Prepares the rule for a state. */
  public UpdateStep(UpdateRule rule, State layout, Translation translation) {
    this.rule = rule;
    this.scalars = new float[rule.scalars().size()];
    Shape region = new Shape(1, Math.max(1, layout.regionSize()));
    this.whole = translation.translate(0, region);
    if (layout.replicas() > 1) {
      for (Value parameter : layout.parameters()) {
        Shape stretch = new Shape(1, parameter.shape().size());
        for (int replica = 0; replica < layout.replicas(); replica++) {
          int from = layout.offsetOf(parameter) + replica * parameter.shape().replicaStride();
          segments.add(new Segment(replica, translation.translate(from, stretch)));
        }
      }
    }
  }

  @Override
  public void run(Position position) {
    double[] rates = position.chunk.learningRates();
    long iteration = position.chunk.iteration() + position.step + 1;
    if (segments.isEmpty() || allEqual(rates)) {
      compute(rates[0], iteration);
      whole.run(scalars);
      return;
    }
    for (Segment segment : segments) {
      compute(rates[segment.replica], iteration);
      segment.kernel.run(scalars);
    }
  }

  private void compute(double learningRate, long iteration) {
    for (int i = 0; i < scalars.length; i++) {
      scalars[i] = (float) rule.scalar(i, learningRate, iteration);
    }
  }

  private static boolean allEqual(double[] rates) {
    for (double rate : rates) {
      if (rate != rates[0]) {
        return false;
      }
    }
    return true;
  }
}
