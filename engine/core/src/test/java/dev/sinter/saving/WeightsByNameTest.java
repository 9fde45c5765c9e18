package dev.sinter.saving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WeightsByNameTest {
  private static final Tensor KERNEL = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
  private static final Tensor BIAS = Tensor.of(new float[] {7, 8}, 2);

  private static Map<String, int[]> shapes() {
    Map<String, int[]> shapes = new LinkedHashMap<>();
    shapes.put("dense/kernel", new int[] {3, 2});
    shapes.put("dense/bias", new int[] {2});
    return shapes;
  }

  private static Map<String, Tensor> arrays(String first, Tensor a, String second, Tensor b) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put(first, a);
    arrays.put(second, b);
    return arrays;
  }

  private static Map<String, Tensor> expected() {
    return arrays("dense/kernel", KERNEL, "dense/bias", BIAS);
  }

  @Test
  void arrays_with_the_names_of_the_model_are_taken_by_name_in_its_order() {
    Map<String, Tensor> received = arrays("dense/bias", BIAS, "dense/kernel", KERNEL);
    received.put("other", BIAS);

    assertThat(WeightsByName.match("f", received, shapes())).containsExactlyEntriesOf(expected());
  }

  @Test
  void arrays_of_other_names_are_taken_by_place() {
    assertThat(WeightsByName.match("f", arrays("W", KERNEL, "b", BIAS), shapes()))
        .containsExactlyEntriesOf(expected());
  }

  @Test
  void one_vector_of_all_weights_is_split() {
    Tensor all = Tensor.of(new float[] {1, 2, 3, 4, 5, 6, 7, 8}, 8);

    assertThat(WeightsByName.match("f", Map.of("any", all), shapes()))
        .containsExactlyEntriesOf(expected());
  }

  @Test
  void array_of_another_shape_is_refused_by_name() {
    Tensor turned = Tensor.of(new float[6], 2, 3);

    assertThatThrownBy(
            () ->
                WeightsByName.match(
                    "f.npz", arrays("dense/kernel", turned, "dense/bias", BIAS), shapes()))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "f.npz, weights dense/kernel: expected [3, 2], received [2, 3]."
                + " Use weights of this architecture.");
  }

  @Test
  void array_by_place_of_another_shape_is_refused_with_the_order_of_axes() {
    Tensor turned = Tensor.of(new float[6], 2, 3);

    assertThatThrownBy(
            () -> WeightsByName.match("f", arrays("0.weight", turned, "0.bias", BIAS), shapes()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("weights dense/kernel: expected [3, 2], received [2, 3]")
        .hasMessageContaining("[in, out]");
  }

  @Test
  void vector_of_another_length_and_another_number_of_arrays_are_refused() {
    for (Map<String, Tensor> wrong :
        java.util.List.of(Map.of("all", Tensor.of(new float[9], 9)), Map.<String, Tensor>of())) {
      assertThatThrownBy(() -> WeightsByName.match("f", wrong, shapes()))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("f: expected arrays called dense/kernel [3, 2], dense/bias [2]");
    }
  }
}
