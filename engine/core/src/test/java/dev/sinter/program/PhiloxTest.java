package dev.sinter.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhiloxTest {
  /** Known answers of philox4x32-10, published with Random123. */
  @ParameterizedTest
  @CsvSource({
    "00000000 00000000 00000000 00000000, 00000000 00000000, 6627e8d5 e169c58d bc57ac4c 9b00dbd8",
    "ffffffff ffffffff ffffffff ffffffff, ffffffff ffffffff, 408f276d 41c83b0e a20bc7c6 6d5451fd",
    "243f6a88 85a308d3 13198a2e 03707344, a4093822 299f31d0, d16cfe09 94fdcceb 5001e420 24126ea1"
  })
  void generate_knownCounterAndKey_givesThePublishedWords(
      String counter, String key, String expected) {
    int[] result = new int[4];
    int[] keys = words(key);
    Philox.generate(result, keys[0], keys[1], words(counter));
    assertThat(result).containsExactly(words(expected));
  }

  private static int[] words(String hex) {
    return Arrays.stream(hex.trim().split(" "))
        .mapToInt(word -> Integer.parseUnsignedInt(word, 16))
        .toArray();
  }

  private static Philox philox(long seed, Philox.Stream stream, long index) {
    return new Philox(seed, stream, index);
  }

  @Test
  void bits_anyOrderOfElements_areTheSame() {
    Philox forward = philox(7, Philox.Stream.SHUFFLE, 3);
    int[] expected = IntStream.range(0, 100).map(forward::bits).toArray();
    Philox backward = philox(7, Philox.Stream.SHUFFLE, 3);
    for (int element = 99; element >= 0; element--) {
      assertThat(backward.bits(element)).as("element %d", element).isEqualTo(expected[element]);
    }
  }

  @Test
  void bits_otherSeedStreamIndexOrElement_differ() {
    long far = 1L << 40;
    long[] all = {
      philox(1, Philox.Stream.INITIAL_WEIGHTS, 0).bits(0),
      philox(2, Philox.Stream.INITIAL_WEIGHTS, 0).bits(0),
      philox(1 + far, Philox.Stream.INITIAL_WEIGHTS, 0).bits(0),
      philox(1, Philox.Stream.SHUFFLE, 0).bits(0),
      philox(1, Philox.Stream.INITIAL_WEIGHTS, 1).bits(0),
      philox(1, Philox.Stream.INITIAL_WEIGHTS, far).bits(0),
      philox(1, Philox.Stream.INITIAL_WEIGHTS, 0).bits(1),
      philox(1, Philox.Stream.INITIAL_WEIGHTS, 0).bits(4),
      philox(1, Philox.Stream.INITIAL_WEIGHTS, 0).bits(far)
    };
    assertThat(Arrays.stream(all).distinct().count()).isEqualTo(all.length);
  }

  @Test
  void uniform_manyElements_fillTheUnitIntervalEvenly() {
    Philox random = philox(42, Philox.Stream.INITIAL_WEIGHTS, 0);
    int count = 100_000;
    int[] tenths = new int[10];
    for (int i = 0; i < count; i++) {
      float number = random.uniform(i);
      assertThat(number).isBetween(0f, 0x1.fffffep-1f);
      tenths[(int) (number * 10)]++;
    }
    // A tenth of 100000 has a standard deviation of 95; 5 of them.
    assertThat(Arrays.stream(tenths)).as("seed 42").allMatch(n -> n > 9525 && n < 10475);
  }

  @Test
  void below_bound_staysBelow() {
    Philox random = philox(42, Philox.Stream.SHUFFLE, 0);
    int[] counts = new int[7];
    for (int i = 0; i < 7000; i++) {
      counts[random.below(i, 7)]++;
    }
    assertThat(Arrays.stream(counts)).as("seed 42").allMatch(n -> n > 850 && n < 1150);
    assertThat(random.below(0, Integer.MAX_VALUE)).isNotNegative();
  }

  @Test
  void shuffle_rows_isAPermutationThatTheSeedRepeats() {
    int[] once = IntStream.range(0, 1000).toArray();
    int[] again = once.clone();
    int[] other = once.clone();
    philox(5, Philox.Stream.SHUFFLE, 1).shuffle(once);
    philox(5, Philox.Stream.SHUFFLE, 1).shuffle(again);
    philox(5, Philox.Stream.SHUFFLE, 2).shuffle(other);
    assertThat(once).isEqualTo(again).isNotEqualTo(other);
    assertThat(Arrays.stream(once).sorted())
        .containsExactlyElementsOf(() -> IntStream.range(0, 1000).iterator());
    assertThat(IntStream.range(0, 1000).filter(i -> once[i] == i).count()).isLessThan(10);
  }

  @Test
  void shuffle_emptyOrSingle_changesNothing() {
    int[] single = {9};
    philox(5, Philox.Stream.SHUFFLE, 1).shuffle(single);
    philox(5, Philox.Stream.SHUFFLE, 1).shuffle(new int[0]);
    assertThat(single).containsExactly(9);
  }
}
