package dev.sinter.layers;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.program.Op;
import dev.sinter.program.Op.Pooling;
import dev.sinter.program.Value;
import dev.sinter.program.Window;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The maximum or the mean of each window.
 *
 * @param windows null for one window as large as the image, whose output is a vector
 */
record PoolRule(Pooling pooling, @Nullable Windows windows) implements LayerRule {
  @Override
  public Features outputs(String layer, List<Features> inputs) {
    Window window = window(layer, inputs.get(0));
    return windows == null
        ? Features.of(window.channels())
        : Features.of(window.outputHeight(), window.outputWidth(), window.channels());
  }

  private Window window(String layer, Features image) {
    if (windows != null) {
      return windows.over(layer, image);
    }
    List<Integer> lengths = Windows.image(layer, image);
    int height = lengths.get(0);
    int width = lengths.get(1);
    return Window.valid(height, width, lengths.get(2), height, width, 1, 1);
  }

  @Override
  public Value forward(LayerScope scope) {
    Value output = scope.newOutput();
    scope.add(
        new Op.Pool(
            scope.label("forward"),
            pooling,
            window("pool", scope.features(0)),
            scope.input(),
            output));
    return output;
  }

  @Override
  public List<@Nullable Value> backward(LayerScope scope, Value d) {
    Value dx = scope.temporary("dx", scope.input().shape().columns());
    scope.add(
        new Op.PoolGrad(
            scope.label("grad-input"),
            pooling,
            window("pool", scope.features(0)),
            pooling == Pooling.MAXIMUM ? scope.input() : null,
            d,
            dx));
    return List.of(dx);
  }
}
