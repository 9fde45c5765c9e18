package dev.sinter.compile;

import dev.sinter.compile.Network.LayerScope;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.List;

/**
 * One input of several: its columns of the samples. Nothing before it is trained, so it never hands
 * on a gradient.
 *
 * @param first its first column
 */
record InputSlice(int first, Features features) implements LayerRule {
  @Override
  public Features outputs(String layer, List<Features> inputs) {
    return features;
  }

  @Override
  public Value forward(LayerScope scope) {
    Value output = scope.newOutput();
    scope.add(new Op.Slice(scope.label("input"), scope.input(), first, output));
    return output;
  }

  @Override
  public List<Value> backward(LayerScope scope, Value gradient) {
    throw new IllegalStateException("no gradient of the samples is wanted");
  }
}
