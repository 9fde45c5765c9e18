package dev.sinter.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Detection of the terminal from the environment. */
class TerminalTest {
  private static final Map<String, String> XTERM = Map.of("TERM", "xterm-256color");

  private static Terminal of(Map<String, String> environment, int width) {
    return Terminal.of(environment, false, width, StandardCharsets.UTF_8);
  }

  private static Map<String, String> xtermAnd(String name, String value) {
    Map<String, String> environment = new HashMap<>(XTERM);
    environment.put(name, value);
    return environment;
  }

  @Test
  void xterm_utf8_canDoEverything() {
    assertThat(of(XTERM, 120)).isEqualTo(new Terminal(true, 120, true, true));
  }

  @Test
  void pipe_isNotLiveAndAsWideAsKerasTakesIt() {
    assertThat(of(XTERM, Terminal.NONE)).isEqualTo(new Terminal(false, 80, false, true));
  }

  @Test
  void dumbOrUnknownTerminal_isNotLive() {
    assertThat(of(Map.of("TERM", "dumb"), 100)).isEqualTo(new Terminal(false, 100, false, true));
    assertThat(of(Map.of(), 100).live()).isFalse();
  }

  @Test
  void noColor_set_leavesTheLineLive() {
    assertThat(of(xtermAnd("NO_COLOR", "1"), 80)).isEqualTo(new Terminal(true, 80, false, true));
    assertThat(of(xtermAnd("NO_COLOR", ""), 80).color()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "60, 120, 60",
    "200, 120, 120",
    "200, -1, 200",
    "200, 0, 200",
    "0, 120, 120",
    "-5, 120, 120",
    "wide, 120, 120",
    "wide, -1, 80",
    "'', 0, 80",
    "99999999999, 100, 100"
  })
  void columns_variableAndTerminal_areTheLesser(String variable, int width, int expected) {
    assertThat(of(xtermAnd("COLUMNS", variable), width).columns()).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"'24 80\n', 80", "'0 0\n', 0", "'', 0", "'sh: stty: not found', 0", "'7 132', 132"})
  void sizeColumns_each_readsWhatSttyPrints(String printed, int columns) {
    assertThat(Terminal.sizeColumns(printed)).isEqualTo(columns);
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-8, true",
    "US-ASCII, false",
    "ISO-8859-1, false",
    "windows-1252, false",
    "IBM437, false"
  })
  void charset_each_hasTheLinesOrNot(String charset, boolean unicode) {
    Terminal terminal = Terminal.of(XTERM, false, 80, Charset.forName(charset));
    assertThat(terminal.unicode()).isEqualTo(unicode);
  }

  @Test
  void windows_console_isLiveAndColouredWhereItSaysSo() {
    Charset charset = StandardCharsets.UTF_8;
    assertThat(Terminal.of(Map.of(), true, 0, charset))
        .isEqualTo(new Terminal(true, 80, false, true));
    assertThat(Terminal.of(Map.of("WT_SESSION", "x"), true, 0, charset).color()).isTrue();
    assertThat(Terminal.of(Map.of("ConEmuANSI", "OFF"), true, 0, charset).color()).isFalse();
    assertThat(Terminal.of(Map.of(), true, Terminal.NONE, charset).live()).isFalse();
  }
}
