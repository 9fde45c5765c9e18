package dev.sinter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Precision;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The meaning of the trainer names. */
class SinterTrainerTest {
  @ParameterizedTest
  @CsvSource({
    "onednn, onednn, float32, fused, false",
    "cuda, cuda, float32, fused, true",
    "cuda-cudnn, cuda, float32, cudnn, true",
    "cuda-tf32, cuda, tf32, fused, true",
    "cuda-bf16, cuda, bf16, fused, true",
    "cuda-simulated, cuda-simulated, float32, fused, true",
    "cuda-simulated-tf32, cuda-simulated, tf32, fused, true",
    "onednn-bf16, onednn, bf16, fused, false",
    "onednn-tf32, onednn-tf32, float32, fused, false",
    "nd4j-bf16, nd4j-bf16, float32, fused, false"
  })
  void name_ofATrainer_saysBackendPrecisionAndOperations(
      String name, String backend, String precision, String ops, boolean gpu) {
    SinterTrainer trainer = SinterTrainer.of(name);
    assertThat(trainer).isEqualTo(new SinterTrainer(name, backend, Precision.of(precision), ops));
    assertThat(trainer.isGpu()).isEqualTo(gpu);
    assertThat(trainer.isVariant()).isEqualTo(!name.equals(backend));
    assertThat(trainer.options(3).precision().toString()).isEqualTo(precision);
    assertThat(trainer.cudaOps()).isEqualTo(ops);
    assertThat(trainer.options(3).threads()).isEqualTo(3);
  }

  @Test
  void variants_ofCuda_leadBackToIt() {
    assertThat(SinterTrainer.variants("cuda"))
        .containsExactly("cuda-cudnn", "cuda-tf32", "cuda-bf16");
    assertThat(SinterTrainer.variants("cuda"))
        .allMatch(name -> SinterTrainer.of(name).backend().equals("cuda"));
    assertThat(SinterTrainer.variants("onednn")).containsExactly("onednn-bf16");
    assertThat(SinterTrainer.variants("nd4j")).isEmpty();
  }
}
