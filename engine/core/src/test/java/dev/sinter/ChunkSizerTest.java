package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How long chunks are. */
class ChunkSizerTest {
  private static final long MILLISECOND = 1_000_000;

  @Test
  void batchCallbacks_isOneStepAtATime() {
    ChunkSizer pace = ChunkSizer.of(true);
    pace.ran(1, 1);
    assertThat(pace.steps()).isEqualTo(pace.longest()).isEqualTo(1);
  }

  @Test
  void steps_steadySpeed_growsTo50To100Milliseconds() {
    ChunkSizer pace = ChunkSizer.of(false);
    for (int i = 0; i < 20; i++) {
      pace.ran(pace.steps(), pace.steps() * MILLISECOND * 3 / 2);
    }
    assertThat(pace.steps()).isEqualTo(64); // 96 ms
  }

  @Test
  void steps_suddenlySlow_shortensAtOnce() {
    ChunkSizer pace = ChunkSizer.of(false);
    for (int i = 0; i < 8; i++) {
      pace.ran(pace.steps(), 1);
    }
    assertThat(pace.steps()).isEqualTo(256);
    pace.ran(256, 25_600 * MILLISECOND);
    assertThat(pace.steps()).isEqualTo(1);
  }

  /** A clock may stand still, and steps may take hours. */
  @Test
  void steps_extremes_staysWithinAnEpoch() {
    ChunkSizer pace = ChunkSizer.of(false);
    for (int i = 0; i < 100; i++) {
      pace.ran(pace.steps(), 0);
    }
    assertThat(pace.steps()).isEqualTo(pace.longest());
    pace.ran(1, Long.MAX_VALUE);
    assertThat(pace.steps()).isEqualTo(1);
  }
}
