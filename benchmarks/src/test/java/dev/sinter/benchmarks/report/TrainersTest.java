package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who can be measured, and what is said of the others. */
class TrainersTest {
  private static final String REASON = "no GPU (made up)";

  @TempDir private Path folder;

  private static ObjectNode backend(String name, boolean usable) {
    ObjectNode backend = ResultFile.newObject().put("name", name).put("usable", usable);
    return backend.put("device", "D").put("detail", usable ? "versions" : REASON);
  }

  private Trainers find(JsonNode... backends) {
    ArrayNode all = ResultFile.newArray().addAll(List.of(backends));
    return Trainers.find(all, folder, folder.resolve("log"));
  }

  @Test
  void cuda_withoutAGpu_isLeftOutWithItsVariantsAndTheReason() {
    Trainers trainers = find(backend("cuda", false), backend("onednn", true));
    assertThat(trainers.choose(List.of(), List.of("dl4j"))).containsExactly("onednn", "dl4j");
    assertThat(trainers.leftOut())
        .containsExactly(
            "cuda, cuda-cudnn, cuda-tf32, cuda-bf16: backend cuda cannot run here: "
                + REASON
                + ".");
    assertThatThrownBy(() -> trainers.choose(List.of("onednn", "cuda-tf32"), List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("--trainers cuda-tf32", REASON);
  }

  @Test
  void backend_notInThisBuild_isRefusedWhenNamedAlone() {
    Trainers trainers = find(backend("elsewhere", false), backend("onednn", true));
    assertThat(trainers.leftOut()).isEmpty();
    assertThatThrownBy(() -> trainers.choose(List.of("elsewhere"), List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(REASON);
  }

  @Test
  void trainer_unknownOrPeer_isRefusedWithWhatToDo() {
    Trainers trainers = find(backend("onednn", true));
    assertThatThrownBy(() -> trainers.choose(List.of("keras"), List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("some of onednn", "\"keras\"", "Correct the name");
    assertThatThrownBy(() -> trainers.choose(List.of("djl"), List.of()))
        .hasMessageContaining("Add --peers");
    assertThatThrownBy(() -> find(backend("onednn", false))).isInstanceOf(RunException.class);
  }

  /** Asks a process, as it would for cuda: the device is simulated, its backend real. */
  @Test
  void variants_ofAUsableBackend_areAskedForOneByOne() {
    JsonNode simulated = backend("cuda-simulated", true);
    Trainers trainers = find(simulated);
    List<String> variants =
        List.of("cuda-simulated-cudnn", "cuda-simulated-tf32", "cuda-simulated-bf16");
    assertThat(trainers.usable().size() + trainers.refused().size()).isEqualTo(4);
    if (Trainers.Probe.open("cuda-simulated").path("usable").asBoolean()) {
      assertThat(trainers.usable()).contains("cuda-simulated").containsAll(variants);
    } else { // no compiler on this machine
      assertThat(trainers.refused()).containsOnlyKeys(variants);
    }
  }

  @Test
  void probe_ofARefusedOption_hasTheProvidersReason() {
    assertThat(Trainers.Probe.open("reference").path("usable").asBoolean()).isTrue();
    ObjectNode answer = Trainers.Probe.open("cuda-nonsense");
    assertThat(answer.path("usable").asBoolean()).isFalse();
    assertThat(answer.path("detail").asText()).contains("cuda-nonsense", "expected");
  }

  @Test
  void gpu_thatIsUsable_standsInTheMachinesEntries() {
    ObjectNode cuda = backend("cuda", true);
    cuda.putObject("details").put("device 0", "made up, compute capability 9.0").put("cuDNN", "9");
    ObjectNode machine = ResultFile.newObject();
    machine.putArray("backends").add(cuda).add(backend("onednn", true));
    Map<String, String> entries = Machine.entries(machine);
    assertThat(entries).containsOnlyKeys("backend cuda");
    assertThat(entries.get("backend cuda"))
        .isEqualTo("D; versions; device 0 made up, compute capability 9.0, cuDNN 9");
    machine.withArray("backends").removeAll().add(backend("cuda", false));
    assertThat(Machine.entries(machine)).isEmpty();
  }
}
