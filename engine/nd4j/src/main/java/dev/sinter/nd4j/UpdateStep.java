package dev.sinter.nd4j;

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
final class UpdateStep implements Step {
  /** Translates the rule for a stretch of the regions. */
  interface Translation {
    /** Returns a kernel over views of equal length, one an input of the rule. */
    ElementwiseKernel translate(List<View> regions, Shape shape);
  }

  private record Segment(int replica, ElementwiseKernel kernel) {}

  private final UpdateRule rule;
  private final ElementwiseKernel whole;
  private final List<Segment> segments = new ArrayList<>(); // empty with one replica
  private final float[] scalars;

  UpdateStep(UpdateRule rule, State layout, Arena state, Translation translation) {
    this.rule = rule;
    this.scalars = new float[rule.scalars().size()];
    Shape region = new Shape(1, Math.max(1, layout.regionSize()));
    this.whole = translation.translate(regions(rule, layout, state, 0, region), region);
    if (layout.replicas() > 1) {
      for (Value parameter : layout.parameters()) {
        Shape stretch = new Shape(1, parameter.shape().size());
        for (int replica = 0; replica < layout.replicas(); replica++) {
          int from = layout.offsetOf(parameter) + replica * parameter.shape().replicaStride();
          List<View> views = regions(rule, layout, state, from, stretch);
          segments.add(new Segment(replica, translation.translate(views, stretch)));
        }
      }
    }
  }

  private static List<View> regions(
      UpdateRule rule, State layout, Arena state, int from, Shape shape) {
    List<View> views = new ArrayList<>();
    for (int i = 0; i < UpdateRule.FIRST_SLOT + rule.slots().size(); i++) {
      views.add(state.view((long) i * layout.regionSize() + from, shape));
    }
    return views;
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
