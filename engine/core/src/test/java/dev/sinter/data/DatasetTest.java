package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private final Tensor images = Tensor.ofBytes(new byte[] {0, 1, 2, 3, -1, 5, 6, 7}, 4, 1, 2);
  private final Dataset dataset = Dataset.of(images, Tensor.of(new int[] {3, 1, 4, 1}));

  @Test
  void flatten_images_areVectors() {
    assertThat(dataset.featureShape()).containsExactly(1, 2);
    assertThat(dataset.flatten().featureShape()).containsExactly(2);
    assertThat(dataset.flatten().x().shape()).containsExactly(4, 2);
    assertThat(dataset.flatten().x().type()).isEqualTo(Tensor.Type.UINT8);
  }

  @Test
  void scaleAndOffset_anyOrder_compose() {
    Dataset scaled = dataset.offset(1).scale(2).offset(-3).scale(0.5f); // ((x + 1) 2 - 3) 0.5
    assertThat(scaled.scaleFactor()).isEqualTo(1);
    assertThat(scaled.scaleOffset()).isEqualTo(-0.5f);
    assertThat(scaled.x().get(4)).isEqualTo(254.5f);
    assertThat(scaled.x().shape()).containsExactly(4, 1, 2);
  }

  @Test
  void takeAndSkip_rows_areViews() {
    Dataset middle = dataset.skip(1).take(2);
    assertThat(middle.size()).isEqualTo(2);
    assertThat(middle.firstRow()).isEqualTo(1);
    assertThat(middle.source()).isSameAs(images);
    assertThat(middle.x()).isEqualTo(images.rows(1, 3));
    assertThat(middle.y().floats()).containsExactly(1, 4);
    assertThat(dataset.take(99).size()).isEqualTo(4);
    assertThat(dataset.skip(99).size()).isZero();
    assertThat(middle.skip(1).take(5).y().floats()).containsExactly(4);
  }

  @Test
  void takeAndSkip_negative_areRefused() {
    assertThatThrownBy(() -> dataset.take(-1)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> dataset.skip(-1)).isInstanceOf(InputException.class);
  }

  @Test
  void like_otherDataset_takesItsPreparationAndKeepsItsRows() {
    Dataset test = dataset.skip(2).like(dataset.flatten().scale(0.5f).offset(1));
    assertThat(test.x()).isEqualTo(Tensor.of(new float[] {128.5f, 3.5f, 4, 4.5f}, 2, 2));
  }

  @Test
  void toCategorical_view_keepsItsRows() {
    assertThat(dataset.skip(2).toCategorical(5).y())
        .isEqualTo(Tensor.of(new float[][] {{0, 0, 0, 0, 1}, {0, 1, 0, 0, 0}}));
  }

  @Test
  void of_shapesThatDoNotFit_areRefused() {
    assertThatThrownBy(() -> Dataset.of(Tensor.of(new float[3])))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("Dataset x");
    assertThatThrownBy(() -> Dataset.of(images, Tensor.of(new int[3])))
        .hasMessageContaining("4 labels, one per sample, received 3");
    assertThatThrownBy(() -> Dataset.of(images, Tensor.of(new float[4], 4, 1, 1)))
        .hasMessageContaining("Dataset y");
    assertThatThrownBy(() -> Dataset.of(images).y()).hasMessageContaining("expected labels");
  }

  @Test
  void toString_view_showsItsShapesAndType() {
    assertThat(dataset.take(3)).hasToString("Dataset[3 x [1, 2] uint8, labels [3]]");
    assertThat(dataset.flatten()).hasToString("Dataset[4 x [2] uint8, labels [4]]");
    assertThat(Dataset.of(new float[][] {{1}}, new float[][] {{1, 0}}))
        .hasToString("Dataset[1 x [1] float32, labels [1, 2]]");
  }
}
