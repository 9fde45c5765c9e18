package dev.sinter.report;

import java.io.Console;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What standard output can show.
 *
 * @param live whether a line can be drawn again in place
 * @param columns its width: of the terminal, $COLUMNS if that is less, 80 where nobody knows
 * @param color whether escape sequences for bold and colours are understood and wanted (NO_COLOR)
 * @param unicode whether the charset has the lines that bars and boxes are made of
 */
public record Terminal(boolean live, int columns, boolean color, boolean unicode) {
  /** Where neither $COLUMNS nor a terminal says more; Keras takes the same. */
  static final int DEFAULT_COLUMNS = 80;

  /** Given instead of a width: no terminal. */
  static final int NONE = -1;

  private static final Pattern SIZE = Pattern.compile("(\\d{1,6}) (\\d{1,6})\\s*$");
  private static final String LINES = "━─│┃┏┓┡┩╇┳├┼┤└┴┘";

  /** Whether the first look found no terminal; it will not become one. */
  private static volatile boolean elsewhere;

  /** Looks at standard output. Takes a few milliseconds on a terminal: it starts a process. */
  public static Terminal detect() {
    boolean windows =
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    int width = elsewhere ? NONE : width(windows);
    elsewhere = width == NONE;
    return of(System.getenv(), windows, width, charset(System.out));
  }

  /**
   * Puts together what was found.
   *
   * @param width of the terminal, 0 when it does not say, {@link #NONE} without one
   */
  static Terminal of(Map<String, String> environment, boolean windows, int width, Charset charset) {
    String term = environment.getOrDefault("TERM", "");
    boolean live = width != NONE && (windows || !term.isEmpty() && !term.equals("dumb"));
    // An older Windows console prints escape sequences as they are; these variables tell it is not.
    boolean escapes =
        !windows
            || !term.isEmpty()
            || environment.containsKey("WT_SESSION")
            || environment.containsKey("ANSICON")
            || "ON".equals(environment.get("ConEmuANSI"));
    boolean color = live && escapes && environment.getOrDefault("NO_COLOR", "").isEmpty();
    boolean unicode = charset.canEncode() && charset.newEncoder().canEncode(LINES);
    return new Terminal(live, columns(environment.get("COLUMNS"), width), color, unicode);
  }

  private static int columns(String wanted, int width) {
    int known = width > 0 ? width : Integer.MAX_VALUE;
    if (wanted != null && wanted.matches("[1-9]\\d{0,5}")) {
      return Math.min(known, Integer.parseInt(wanted)); // more than there is would wrap
    }
    return width > 0 ? width : DEFAULT_COLUMNS;
  }

  /**
   * Returns the width of standard output's terminal. Java's own answer depends on its version and
   * on standard input; a shell asks about standard output itself.
   */
  private static int width(boolean windows) {
    if (windows) {
      return consoleIsTerminal() ? 0 : NONE;
    }
    try {
      Process shell =
          new ProcessBuilder("sh", "-c", "test -t 1 && { stty size <&1 >&2 || true; }")
              .redirectOutput(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (!shell.waitFor(2, TimeUnit.SECONDS)) {
        shell.destroyForcibly();
        return NONE;
      }
      byte[] answer = shell.getErrorStream().readAllBytes();
      String size = new String(answer, StandardCharsets.US_ASCII);
      return shell.exitValue() == 0 ? sizeColumns(size) : NONE;
    } catch (IOException noShell) {
      return consoleIsTerminal() ? 0 : NONE;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      return NONE;
    }
  }

  /** Reads what {@code stty size} prints: rows and columns. */
  static int sizeColumns(String size) {
    Matcher matcher = SIZE.matcher(size);
    return matcher.find() ? Integer.parseInt(matcher.group(2)) : 0;
  }

  /** From Java 22 on there may be a console without a terminal, and a method that says so. */
  private static boolean consoleIsTerminal() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException before22) {
      return true;
    } catch (ReflectiveOperationException problem) {
      return false;
    }
  }

  /** From Java 18 on the stream says its charset; before, it is a property or the default. */
  private static Charset charset(PrintStream out) {
    try {
      return (Charset) PrintStream.class.getMethod("charset").invoke(out);
    } catch (ReflectiveOperationException before18) {
      String name = System.getProperty("sun.stdout.encoding");
      return name != null && Charset.isSupported(name)
          ? Charset.forName(name)
          : Charset.defaultCharset();
    }
  }
}
