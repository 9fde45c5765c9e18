package dev.sinter.optimizers;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.testkit.KerasTrainings;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KerasTrainingsTest {
  static List<JsonNode> trainings() {
    return KerasTrainings.all();
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void fit_withOptionsOfEachKind_endsAtKerasWeights(JsonNode golden) {
    KerasTrainings.check("reference", golden);
  }
}
