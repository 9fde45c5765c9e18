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
  private static final int COPY = 1 << 20; // floats that are moved at a time

  private final State layout;
  private final FloatBuffer state;
  private Value weights; // null while all rows lie as in the layout
  private int[] order; // place -> row; null while all rows lie as in the layout

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
    int stripe = Math.max(1, Math.min(columns, COPY / rows.length));
    float[] copy = new float[rows.length * stripe];
    for (int region = 0; region < UpdateRule.FIRST_SLOT + layout.slotCount(); region++) {
      int from = region * layout.regionSize() + layout.offsetOf(parameter);
      for (int first = from; first < from + columns; first += stripe) {
        move(first, Math.min(stripe, from + columns - first), columns, rows, back, copy);
      }
    }
  }

  /** Moves some columns of a matrix. */
  private void move(int from, int width, int columns, int[] rows, boolean back, float[] copy) {
    for (int row = 0; row < rows.length; row++) {
      state.get(from + row * columns, copy, row * width, width);
    }
    for (int place = 0; place < rows.length; place++) {
      int source = back ? place : rows[place];
      int target = back ? rows[place] : place;
      state.put(from + target * columns, copy, source * width, width);
    }
  }
}
