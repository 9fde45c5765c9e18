package dev.sinter.nd4j;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Function;
import java.util.function.Supplier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Converts between ND4J and Sinter: copies an INDArray to a Tensor and back.
 *
 * <p>Copies are independent: neither side sees later changes of the other. ND4J workspaces open on
 * the calling thread are neither used nor disturbed.
 *
 * <pre>{@code
 * model.fit(Nd4jTensors.dataset(features, labels), Fit.epochs(5));
 * INDArray probabilities = Nd4jTensors.asINDArray(model.predict(Nd4jTensors.asTensor(samples)));
 * }</pre>
 */
public final class Nd4jTensors {
  private Nd4jTensors() {}

  /**
   * Copies an array of any order, any strides and any numeric or boolean type to a row-major
   * tensor.
   *
   * <p>uint8 stays uint8; everything else becomes float32: doubles are rounded, integers are exact
   * up to 2^24, true is 1.
   *
   * @param array of any shape; a scalar becomes a tensor of shape [1]
   */
  public static Tensor asTensor(INDArray array) {
    int[] shape =
        array.rank() == 0
            ? new int[] {1}
            : Arrays.stream(array.shape()).mapToInt(Math::toIntExact).toArray();
    boolean bytes = array.dataType() == DataType.UINT8;
    if (array.isEmpty()) {
      return bytes ? Tensor.ofBytes(new byte[0], shape) : Tensor.of(new float[0], shape);
    }
    return bytes
        ? Tensor.ofBytes(rowMajor(array, DataType.UINT8, Nd4jTensors::bytes), shape)
        : Tensor.of(rowMajor(array, DataType.FLOAT, copy -> copy.data().asFloat()), shape);
  }

  /** Reads a temporary copy of the given type in order 'c', then frees its memory. */
  private static <T> T rowMajor(INDArray array, DataType type, Function<INDArray, T> reader) {
    return outOfWorkspaces(
        () -> {
          INDArray cast = array.dataType() == type ? array : array.castTo(type);
          INDArray copy = cast.dup('c');
          T result = reader.apply(copy);
          close(copy);
          if (cast != array) {
            close(cast);
          }
          return result;
        });
  }

  private static <T> T outOfWorkspaces(Supplier<T> work) {
    MemoryWorkspace scope = Nd4j.getWorkspaceManager().scopeOutOfWorkspaces();
    try {
      return work.get();
    } finally {
      scope.close(); // the thread returns to its previous workspace
    }
  }

  private static void close(INDArray array) {
    if (array.closeable()) {
      array.close();
    }
  }

  private static byte[] bytes(INDArray copy) {
    byte[] bytes = new byte[Math.toIntExact(copy.length())];
    memory(copy).get(bytes);
    return bytes;
  }

  private static ByteBuffer memory(INDArray array) {
    return array.data().pointer().capacity(array.length()).asByteBuffer();
  }

  /** Copies a tensor to an array of the same shape, order 'c', float or uint8. */
  public static INDArray asINDArray(Tensor tensor) {
    long[] shape = Arrays.stream(tensor.shape()).asLongStream().toArray();
    return outOfWorkspaces(
        () -> {
          boolean bytes = tensor.type() == Tensor.Type.UINT8;
          if (!bytes && tensor.size() > 0) {
            return Nd4j.create(tensor.floats(), shape, DataType.FLOAT);
          }
          INDArray array = Nd4j.create(bytes ? DataType.UINT8 : DataType.FLOAT, shape);
          if (tensor.size() > 0) {
            memory(array).put(tensor.bytes());
          }
          return array;
        });
  }

  /**
   * Copies samples and labels to a dataset.
   *
   * @param x [N, features...]
   * @param y [N], [N, 1] class indices or [N, K]; null for predictions
   */
  public static Dataset dataset(INDArray x, INDArray y) {
    return y == null ? Dataset.of(asTensor(x)) : Dataset.of(asTensor(x), asTensor(y));
  }
}
