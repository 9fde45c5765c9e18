package dev.sinter.dl4j;

import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.function.BooleanSupplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Numbers of ND4J's arrays, row by row. Any number of threads may call its methods. */
final class NativeFloats {
  private NativeFloats() {}

  /** Returns a copy of all numbers. */
  static float[] of(INDArray array) {
    float[] floats = new float[Math.toIntExact(array.length())];
    update(array, floats, 0);
    return floats;
  }

  /**
   * Makes a part of an array equal to an INDArray of any order and numeric type.
   *
   * @return whether it was not yet
   */
  static boolean update(INDArray source, float[] target, int at) {
    if (isPlain(source)) {
      return update(memory(source), target, at);
    }
    return outOfWorkspaces(
        () -> {
          INDArray cast =
              source.dataType() == DataType.FLOAT ? source : source.castTo(DataType.FLOAT);
          INDArray rows = cast.dup('c');
          boolean changed = update(FloatBuffer.wrap(rows.data().asFloat()), target, at);
          rows.close();
          if (cast != source) {
            cast.close();
          }
          return changed;
        });
  }

  private static boolean outOfWorkspaces(BooleanSupplier work) {
    MemoryWorkspace scope = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces();
    try {
      return work.getAsBoolean();
    } finally {
      scope.close(); // the thread returns to its previous workspace
    }
  }

  private static boolean update(FloatBuffer source, float[] target, int at) {
    FloatBuffer there = FloatBuffer.wrap(target, at, source.remaining());
    int same = source.mismatch(there);
    if (same < 0) {
      return false;
    }
    source.position(source.position() + same);
    source.get(target, at + same, source.remaining());
    return true;
  }

  /** Returns whether its memory holds its numbers one after another, on the host. */
  private static boolean isPlain(INDArray array) {
    long rows = array.rank() == 2 ? array.size(0) : 1;
    boolean dense =
        array.rank() <= 2
            && (array.size(array.rank() - 1) == 1 || array.stride(array.rank() - 1) == 1)
            && (rows == 1 || array.stride(0) == array.size(1));
    return dense && array.dataType() == DataType.FLOAT && Nd4j.getEnvironment().isCPU();
  }

  private static FloatBuffer memory(INDArray array) {
    return array
        .data()
        .addressPointer()
        .capacity(array.length())
        .asByteBuffer()
        .order(ByteOrder.nativeOrder())
        .asFloatBuffer();
  }

  /** Overwrites all numbers of an array. */
  static void write(float[] floats, INDArray target) {
    if (isPlain(target)) {
      memory(target).put(floats);
      return;
    }
    outOfWorkspaces(
        () -> {
          INDArray source = Nd4j.createFromArray(floats);
          target.assign(source.reshape(target.shape()));
          source.close();
          return true;
        });
  }
}
