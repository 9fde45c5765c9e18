package dev.sinter.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Details;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bit sets of oneDNN by name. */
class OneDnnInstructionsTest {
  @ParameterizedTest
  @CsvSource({
    "0x1, SSE41, SSE4.1",
    "0x3, AVX, AVX",
    "0x7, AVX2, AVX2",
    "0xf, AVX2_VNNI, AVX2",
    "0x27, AVX512_CORE, AVX-512",
    "0x67, AVX512_CORE_VNNI, AVX-512",
    "0xe7, AVX512_CORE_BF16, AVX-512",
    "0xfef, AVX512_CORE_AMX, AVX-512 and AMX",
    "0x2f, unknown (0x2f), AVX-512",
    "0x0, none known to oneDNN on this processor, ''"
  })
  void names_ofABitSet_areOneDnnsAndPeoples(String isa, String name, String vectors) {
    assertThat(OneDnnInstructions.name(Integer.decode(isa))).isEqualTo(name);
    assertThat(OneDnnInstructions.vectors(Integer.decode(isa))).isEqualTo(vectors);
  }

  /** The real library of this platform. */
  @Test
  void details_loaded_tellInstructionsAndThreads() {
    OneDnnProvider provider = new OneDnnProvider();
    assertThat(provider.probe().usable()).as(provider.probe().detail()).isTrue();
    Details details = provider.details();
    assertThat(details.values()).containsKeys("oneDNN", "instructions", "OpenMP threads");
    assertThat(details.values().get("instructions")).doesNotStartWith("unknown");
  }
}
