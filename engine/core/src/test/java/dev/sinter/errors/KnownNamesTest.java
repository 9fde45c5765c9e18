package dev.sinter.errors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KnownNamesTest {
  private static final KnownNames<Integer> NAMES =
      KnownNames.<Integer>of("way").with("on_foot", 1).with("by-train", 2).with("walk", 1);

  @ParameterizedTest
  @ValueSource(strings = {"on_foot", "OnFoot", "ON FOOT", "on-foot", "walk", "Walk"})
  void get_anySpellingOrAlias_findsTheValue(String name) {
    assertThat(NAMES.get(name)).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({
    "on_fot, on_foot", // a letter left out
    "onfooot, on_foot", // inserted
    "wolk, walk", // replaced
    "wlak, walk", // two swapped
    "ByTrian, by-train"
  })
  void get_nearTheName_saysTheNearest(String name, String nearest) {
    assertThatThrownBy(() -> NAMES.get(name))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "way: expected one of on_foot, by-train, walk, received \"%s\". Correct the name: the nearest is %s.",
            name, nearest);
  }

  @ParameterizedTest
  @ValueSource(strings = {"by car", "w", "wo", "", "flying"})
  void get_farFromAllNames_listsThemAlone(String name) {
    assertThatThrownBy(() -> NAMES.get(name))
        .hasMessage(
            "way: expected one of on_foot, by-train, walk, received \"%s\". Correct the name.",
            name);
  }

  @Test
  void get_null_isRefusedLikeAnyOtherName() {
    assertThatThrownBy(() -> NAMES.get(null)).hasMessageContaining("received \"null\"");
  }
}
