package dev.sinter.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class Nd4jTensorsTest {
  private static INDArray counting(DataType type, char order) {
    return Nd4j.arange(0, 12).reshape(3, 4).castTo(type).dup(order);
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE", "HALF", "BFLOAT16", "LONG", "INT", "SHORT", "BYTE", "UBYTE"})
  void everyTypeAndOrderIsReadRowByRow(DataType type) {
    for (char order : new char[] {'c', 'f'}) {
      INDArray array = counting(type, order);
      assertRows(array);
      assertRows(array.transpose());
      assertRows(array.get(NDArrayIndex.interval(1, 3), NDArrayIndex.interval(1, 4)));
      assertRows(array.get(NDArrayIndex.interval(0, 2, 3), NDArrayIndex.all()));
      assertRows(array.transpose().get(NDArrayIndex.interval(1, 4), NDArrayIndex.interval(0, 2)));
    }
  }

  private static void assertRows(INDArray array) {
    Tensor tensor = Nd4jTensors.asTensor(array);
    boolean bytes = array.dataType() == DataType.UINT8;
    assertThat(tensor.type()).isEqualTo(bytes ? Tensor.Type.UINT8 : Tensor.Type.FLOAT32);
    assertThat(tensor.shape()).containsExactly((int) array.size(0), (int) array.size(1));
    for (int row = 0; row < array.size(0); row++) {
      for (int column = 0; column < array.size(1); column++) {
        assertThat(tensor.at(row, column)).isEqualTo(array.getFloat(row, column));
      }
    }
  }

  @Test
  void booleansScalarsAndEmptyArraysAreRead() {
    INDArray array = Nd4j.createFromArray(true, false, true);
    assertThat(Nd4jTensors.asTensor(array).floats()).containsExactly(1, 0, 1);
    assertThat(Nd4jTensors.asTensor(Nd4j.scalar(7f)).floats()).containsExactly(7);
    assertThat(Nd4jTensors.asTensor(Nd4j.empty(DataType.FLOAT).reshape(0)).size()).isZero();
  }

  @Test
  void tensorsComeBackAsTheyWent() {
    Tensor floats = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
    INDArray array = Nd4jTensors.asINDArray(floats);
    assertThat(array.shape()).containsExactly(3, 2);
    array.putScalar(0, 0, 9);
    assertThat(floats.get(0)).as("the tensor is not shared").isEqualTo(1);
    Tensor bytes = Tensor.ofBytes(new byte[] {0, 127, -128, -1}, 1, 2, 2);
    INDArray unsigned = Nd4jTensors.asINDArray(bytes);
    assertThat(unsigned.dataType()).isEqualTo(DataType.UINT8);
    assertThat(unsigned.getInt(0, 1, 1)).isEqualTo(255);
    assertThat(Nd4jTensors.asTensor(unsigned).bytes()).isEqualTo(bytes.bytes());
  }

  @Test
  void datasetTakesSamplesWithAndWithoutLabels() {
    INDArray x = counting(DataType.DOUBLE, 'f');
    Dataset dataset = Nd4jTensors.dataset(x, Nd4j.createFromArray(2L, 0L, 1L));
    assertThat(dataset.size()).isEqualTo(3);
    assertThat(dataset.y().floats()).containsExactly(2, 0, 1);
    assertThat(Nd4jTensors.dataset(x, null).sourceLabels()).isNull();
  }
}
