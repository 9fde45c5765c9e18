package dev.sinter.backend.host;

import dev.sinter.program.Shape;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Applies an optimizer to one replica: one pass over the flat regions, padding included, where it
 * is the only one; otherwise one pass a parameter.
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

  private final UpdateRule rule;
  private final int replica;
  private final ElementwiseKernel[] kernels;
  private final float[] scalars;
  private final double[] rateAndStep = new double[2];

  /** Prepares the rule for one replica of a state. */
  public UpdateStep(UpdateRule rule, State layout, int replica, Translation translation) {
    this.rule = rule;
    this.replica = replica;
    this.scalars = new float[rule.scalars().size()];
    List<ElementwiseKernel> list = new ArrayList<>();
    if (layout.replicas() == 1) {
      Shape region = new Shape(1, Math.max(1, layout.regionSize()));
      list.add(translation.translate(0, region));
    } else {
      for (Value parameter : layout.parameters()) {
        int from = layout.offsetOf(parameter) + replica * parameter.shape().replicaStride();
        list.add(translation.translate(from, new Shape(1, parameter.shape().size())));
      }
    }
    this.kernels = list.toArray(ElementwiseKernel[]::new);
  }

  @Override
  public void run(Position position) {
    rateAndStep[0] = position.chunk.learningRates()[replica];
    rateAndStep[1] = position.chunk.iteration() + position.step + 1;
    for (int i = 0; i < scalars.length; i++) {
      scalars[i] = (float) rule.scalar(i, rateAndStep);
    }
    for (ElementwiseKernel kernel : kernels) {
      kernel.run(scalars);
    }
  }
}
