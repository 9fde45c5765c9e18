package dev.sinter.onednn;

import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The order in which the rows of one weight matrix lie in the state, together with its gradients
 * and optimizer slots. Only training steps that leave out zeros change it, see {@link FirstLayer};
 * everything else asks for the order of the layout first.
 */
final class RowOrder {
  private final State layout;
  private final FloatBuffer state;
  private Value weights; // null while all rows lie as in the layout
  private int[] order; // place -> row; null while all rows lie as in the layout
  private float[] copy = {}; // of one matrix

  /**
   * Starts with the order of the layout.
   *
   * @param state the whole state
   */
  RowOrder(State layout, FloatBuffer state) {
    this.layout = layout;
    this.state = state;
  }

  /** Puts row wanted[i] of a parameter at place i. */
  void arrange(Value parameter, int[] wanted) {
    if (order != null && parameter.equals(weights) && Arrays.equals(order, wanted)) {
      order = wanted; // found faster by the next step
      return;
    }
    restore();
    move(parameter, wanted, false);
    weights = parameter;
    order = wanted;
  }

  /** Returns whether the rows of a parameter lie in an order. */
  boolean is(Value parameter, int[] wanted) {
    return order == wanted && parameter.equals(weights);
  }

  /** Puts all rows where the layout says. */
  void restore() {
    if (order != null) {
      move(weights, order, true);
      weights = null;
      order = null;
    }
  }

  private void move(Value parameter, int[] rows, boolean back) {
    int columns = parameter.shape().columns();
    int size = parameter.shape().size();
    if (copy.length < size) {
      copy = new float[size];
    }
    for (int region = 0; region < UpdateRule.FIRST_SLOT + layout.slotCount(); region++) {
      int from = region * layout.regionSize() + layout.offsetOf(parameter);
      state.get(from, copy, 0, size);
      for (int place = 0; place < rows.length; place++) {
        int source = back ? place : rows[place];
        int target = back ? rows[place] : place;
        state.put(from + target * columns, copy, source * columns, columns);
      }
    }
  }
}
