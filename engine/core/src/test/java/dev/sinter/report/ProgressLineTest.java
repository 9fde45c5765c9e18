package dev.sinter.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The output over time, and the end of the open line. */
class ProgressLineTest {
  private static final Terminal LIVE = new Terminal(true, 100, false, true);
  private static final Terminal PIPE = new Terminal(false, 80, false, true);
  private static final String NEWLINE = System.lineSeparator();

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
  private long nanos = Long.MAX_VALUE - 1; // the clock may overflow: only differences count

  private ProgressLine line(Terminal terminal, Verbosity.Level level, int epochs) {
    return new ProgressLine(out, terminal, Verbosity.AUTO.level(level), epochs, () -> nanos);
  }

  private static Progress at(int step, double loss) {
    return new Progress(0, 2, step, 4, step * 10L, step, Map.of("loss", loss));
  }

  private String written() {
    String text = bytes.toString(StandardCharsets.UTF_8);
    bytes.reset();
    return text;
  }

  @Test
  void draw_onATerminal_goesBackAndBlanksWhatWasLonger() {
    try (ProgressLine line = line(LIVE, Verbosity.Level.AUTO, 2)) {
      line.begin(0);
      assertThat(written()).isEqualTo("Epoch 1/2" + NEWLINE);
      line.draw(at(1, -0.5));
      assertThat(written())
          .isEqualTo("\r1/4 ━━━━━─────────────── 3s 1s/step - loss: -0.5000 - 10 samples/s");
      nanos += ProgressLine.INTERVAL_NANOS;
      line.draw(at(2, 0.5));
      assertThat(written())
          .isEqualTo("\r2/4 ━━━━━━━━━━────────── 2s 1s/step - loss: 0.5000 - 10 samples/s ");
      line.end(at(4, 0.5), Map.of("loss", 0.5));
      assertThat(written())
          .isEqualTo(
              "\r4/4 ━━━━━━━━━━━━━━━━━━━━ 4s 1s/step - loss: 0.5000 - 10 samples/s" + NEWLINE);
    }
    assertThat(written()).isEmpty();
  }

  @Test
  void draw_beforeTheIntervalIsOver_doesNothing() {
    try (ProgressLine line = line(LIVE, Verbosity.Level.BAR, 1)) {
      line.draw(at(1, 1));
      assertThat(written()).isNotEmpty();
      nanos += ProgressLine.INTERVAL_NANOS - 1;
      line.draw(at(2, 1));
      assertThat(written()).isEmpty();
      nanos++;
      line.draw(at(3, 1));
      assertThat(written()).startsWith("\r3/4");
    }
  }

  @Test
  void close_lineOpen_endsItOnceAndForGood() {
    ProgressLine line = line(LIVE, Verbosity.Level.BAR, 2);
    line.draw(at(1, 1));
    written();
    line.close();
    assertThat(written()).isEqualTo(NEWLINE);
    line.close();
    line.begin(1);
    nanos += ProgressLine.INTERVAL_NANOS;
    line.draw(at(2, 1));
    line.end(at(4, 1), Map.of());
    assertThat(written()).isEmpty();
  }

  @Test
  void begin_oneEpochAlone_isNotAnnounced() {
    try (ProgressLine line = line(LIVE, Verbosity.Level.BAR, 1)) {
      line.begin(0);
      assertThat(written()).isEmpty();
    }
  }

  @Test
  void resize_narrower_holdsForTheNextDrawing() {
    try (ProgressLine line = line(LIVE, Verbosity.Level.BAR, 1)) {
      line.resize(new Terminal(true, 10, false, true));
      line.draw(at(1, 1));
      assertThat(written()).isEqualTo("\r1/4 3s");
    }
  }

  @Test
  void bar_withoutTerminal_isPrintedOnceAnEpoch() {
    try (ProgressLine line = line(PIPE, Verbosity.Level.BAR, 2)) {
      assertThat(line.isLive()).isFalse();
      line.begin(0);
      line.draw(at(1, 1));
      line.end(at(4, 1), Map.of("loss", 1.0));
      assertThat(written())
          .isEqualTo(
              "Epoch 1/2"
                  + NEWLINE
                  + "4/4 ━━━━━━━━━━━━━━━━━━━━ 4s 1s/step - loss: 1.0000 - 10 samples/s"
                  + NEWLINE);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"AUTO", "LINES"})
  void lines_withoutTerminal_areOneAnEpoch(Verbosity.Level level) {
    try (ProgressLine line = line(PIPE, level, 2)) {
      line.begin(0);
      line.draw(at(1, 1));
      line.end(at(4, 1), Map.of("loss", 1.0));
      assertThat(written())
          .isEqualTo("Epoch 1/2 - 4/4 - 4s - 1s/step - loss: 1.0000 - 10 samples/s" + NEWLINE);
    }
  }

  @Test
  void lines_onATerminal_areNotDrawnInPlace() {
    try (ProgressLine line = line(LIVE, Verbosity.Level.LINES, 2)) {
      assertThat(line.isLive()).isFalse();
    }
  }
}
