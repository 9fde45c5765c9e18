package dev.sinter.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.backend.BackendOptions;
import dev.sinter.errors.InputException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TransportsTest {
  private record Named(String name, @Nullable String reasonAgainst) implements Transport {
    @Override
    public Endpoint open(int rank, String host, BackendOptions options) {
      throw new UnsupportedOperationException();
    }
  }

  private static final Transport WIRE = new Named("wire", null);
  private static final Transport RADIO = new Named("radio", "no antenna");

  @Test
  void get_nameOfOneThatWorks_isFound() {
    assertThat(Transports.get(List.of(RADIO, WIRE), "Wire")).isSameAs(WIRE);
  }

  @Test
  void get_unknownName_listsTheKnownOnes() {
    assertThatThrownBy(() -> Transports.get(List.of(WIRE, RADIO), "pigeon"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected one of wire, radio, received \"pigeon\"");
    assertThatThrownBy(() -> Transports.get("pigeon"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the class path, which has none");
  }

  @Test
  void get_oneThatRefuses_saysWhy() {
    assertThatThrownBy(() -> Transports.get(List.of(WIRE, RADIO), "radio"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("transport radio")
        .hasMessageContaining("of wire, radio, received no antenna.");
  }
}
