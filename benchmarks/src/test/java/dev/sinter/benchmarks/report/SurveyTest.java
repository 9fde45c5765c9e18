package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.errors.InputException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who can be measured, what is said of the others, and how the machine is described. */
class SurveyTest {
  private static final String REASON = "no GPU (made up)";

  @TempDir private Path folder;

  private static ObjectNode backend(String name, boolean usable) {
    ObjectNode backend = ResultFile.MAPPER.createObjectNode();
    backend.put("name", name).put("usable", usable).put("device", "D");
    return backend.put("detail", usable ? "versions" : REASON);
  }

  private static Survey survey(ObjectNode... backends) {
    return new Survey(ResultFile.MAPPER.createArrayNode().addAll(List.of(backends)));
  }

  @Test
  void cuda_withoutAGpu_isLeftOutWithTheReason() {
    Survey survey = survey(backend("cuda", false), backend("onednn", true));
    assertThat(survey.choose(List.of(), List.of("dl4j"))).containsExactly("onednn", "dl4j");
    assertThat(survey.leftOut()).contains("cuda cannot run here: " + REASON);
    for (String trainer : List.of("cuda", "cuda-bf16")) {
      assertThatThrownBy(() -> survey.choose(List.of("onednn", trainer), List.of()))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll("--trainers", trainer, REASON);
    }
  }

  @Test
  void variant_thatIsRefused_isLeftOutAlone() {
    Survey survey = survey(backend("cuda", true), backend("cuda-tf32", false));
    assertThat(survey.choose(List.of(), List.of())).containsExactly("cuda");
    assertThatThrownBy(() -> survey.choose(List.of("cuda-tf32"), List.of()))
        .hasMessageContaining("cuda-tf32 cannot run here: " + REASON);
  }

  @Test
  void trainer_unknownOrPeer_isRefusedWithWhatToDo() {
    Survey survey = survey(backend("onednn", true), backend("elsewhere", false));
    assertThat(survey.leftOut()).noneMatch(line -> line.contains("elsewhere"));
    assertThatThrownBy(() -> survey.choose(List.of("keras"), List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("some of onednn", "\"keras\"", "Choose one");
    assertThatThrownBy(() -> survey.choose(List.of("djl"), List.of()))
        .hasMessageContaining("Add --peers");
  }

  /** In a process of its own; the device is simulated, its backend real. */
  @Test
  void here_asksEachBackendAndItsVariants() {
    Survey survey = Survey.here(folder.resolve("log"));
    List<String> usable = survey.choose(List.of(), List.of());
    assertThat(usable).contains("reference", "onednn", "nd4j");
    if (usable.contains("cuda-simulated")) { // a compiler is here
      assertThat(usable).contains("cuda-simulated-tf32", "cuda-simulated-cudnn");
    }
    JsonNode machine = survey.machine(List.of("onednn", "dl4j"));
    assertThat(machine.path("backends")).isNotEmpty();
    for (String name : List.of("cpu", "cores", "memory_gib", "os", "jdk", "commit", "date")) {
      assertThat(machine.path(name).asText()).as(name).isNotBlank();
    }
    assertThat(machine.at("/devices/onednn").asText()).contains("oneDNN");
    assertThat(machine.at("/libraries/oneDNN").asText()).isNotBlank();
    assertThat(machine.at("/environment/dl4j").has("OPENBLAS_THREAD_TIMEOUT")).isTrue();
  }
}
