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
import org.jspecify.annotations.Nullable;

/**
 * The capabilities of standard output.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param live whether a line can be redrawn in place
 * @param columns the width of the terminal, or $COLUMNS if that is less; 80 if unknown
 * @param color whether escape sequences for bold and colours are supported and wanted (NO_COLOR)
 * @param unicode whether the charset has the line characters of bars and boxes
 */
public record Terminal(boolean live, int columns, boolean color, boolean unicode) {
  /** The width if neither $COLUMNS nor a terminal gives one, as in Keras. */
  static final int DEFAULT_COLUMNS = 80;

  /** Instead of a width: no terminal. */
  static final int NONE = -1;

  private static final Pattern SIZE = Pattern.compile("(\\d{1,6}) (\\d{1,6})\\s*$");
  private static final String LINES = "━─│┃┏┓┡┩╇┳├┼┤└┴┘";

  /** Whether the first check found no terminal; this does not change later. */
  private static volatile boolean elsewhere;

  /**
   * Inspects standard output. Takes a few milliseconds on a terminal, because it starts a process.
   */
  public static Terminal detect() {
    boolean windows =
        System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
    int width = elsewhere ? NONE : width(windows);
    elsewhere = width == NONE;
    return of(System.getenv(), windows, width, charset(System.out));
  }

  /**
   * Combines the findings.
   *
   * @param width of the terminal; 0 if unknown, {@link #NONE} if there is no terminal
   */
  static Terminal of(Map<String, String> environment, boolean windows, int width, Charset charset) {
    String term = environment.getOrDefault("TERM", "");
    boolean live = width != NONE && (windows || !term.isEmpty() && !term.equals("dumb"));
    // An older Windows console prints escape sequences as text; these variables exclude one.
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

  private static int columns(@Nullable String wanted, int width) {
    int known = width > 0 ? width : Integer.MAX_VALUE;
    if (wanted != null && wanted.matches("[1-9]\\d{0,5}")) {
      return Math.min(known, Integer.parseInt(wanted)); // a larger width would wrap
    }
    return width > 0 ? width : DEFAULT_COLUMNS;
  }

  /**
   * Returns the width of the terminal of standard output. The answer of Java depends on its version
   * and on standard input; a shell can ask about standard output itself.
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

  /** Parses the output of {@code stty size}: rows and columns. */
  static int sizeColumns(String size) {
    Matcher matcher = SIZE.matcher(size);
    return matcher.find() ? Integer.parseInt(matcher.group(2)) : 0;
  }

  /**
   * Checks for a terminal: since Java 22, a console may exist without one, and a method reports it.
   */
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

  /**
   * Returns the charset of a stream. Since Java 18 the stream has a method for it; before, a
   * property or the default decides.
   */
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
