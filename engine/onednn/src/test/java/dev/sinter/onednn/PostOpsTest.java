package dev.sinter.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bytedeco.dnnl.global.dnnl.*;

import dev.sinter.onednn.PostOps.Operand;
import dev.sinter.onednn.Primitives.PrimitiveStep;
import dev.sinter.program.Shape;
import org.junit.jupiter.api.Test;

/** Checks which numbers are rounded to 0. */
class PostOpsTest {
  /** Runs x * 1 with a flush. */
  private static float[] flushed(float size, float... values) {
    NativeOwner owner = new NativeOwner();
    try {
      Primitives primitives = new Primitives(owner);
      Arena arena = new Arena(owner, 3L * Shape.ALIGNMENT_FLOATS);
      View x = arena.take(new Shape(1, values.length));
      View y = arena.take(new Shape(1, values.length));
      View one = arena.take(Shape.SCALAR);
      x.write(values);
      one.host().put(0, 1);
      Operand from = primitives.operand(x.pointer(), 1, values.length);
      Operand to = primitives.operand(y.pointer(), 1, values.length);
      Operand factor = primitives.operand(one.pointer(), 1, 1);
      PrimitiveStep step =
          primitives.binary(dnnl_binary_mul, from, factor, to, new PostOps().flush(size), false);
      primitives.finish();
      step.execute();
      float[] result = new float[values.length];
      y.read(result);
      return result;
    } finally {
      owner.run();
    }
  }

  @Test
  void flush_subnormalNumbersOfEitherSign_leavesNone() {
    float[] values = new float[40];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 2 == 0 ? 1 : -1) * (i + 1) * 0x1p-130f; // to 2.5 times the smallest normal
    }
    for (float value : flushed(PostOps.SUBNORMAL, values)) {
      assertThat(value == 0 || Math.abs(value) >= Float.MIN_NORMAL).as("%s", value).isTrue();
    }
  }

  @Test
  void flush_numbersThatCount_staysWithinRounding() {
    float[] values = {0, 1, -1, 1e-20f, -1e-20f, 3e38f, -3e38f};
    assertThat(flushed(PostOps.SUBNORMAL, values)).containsExactly(values);
    assertThat(flushed(PostOps.DECAYED, values)).containsExactly(values);
  }

  @Test
  void flush_nanAndInfinities_keepsThem() {
    float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY};
    assertThat(flushed(PostOps.SUBNORMAL, values)).containsExactly(values);
  }

  @Test
  void flush_decayed_aThousandthOfWhatStaysIsNotSubnormal() {
    float value = flushed(PostOps.DECAYED, 0x1p-103f)[0];
    assertThat(value * 0.001f).isGreaterThanOrEqualTo(Float.MIN_NORMAL);
    assertThat(flushed(PostOps.DECAYED, 0x1p-106f)[0]).isZero();
  }
}
