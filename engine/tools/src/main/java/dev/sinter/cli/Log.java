package dev.sinter.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.ILoggerFactory;
import org.slf4j.IMarkerFactory;
import org.slf4j.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.BasicMarkerFactory;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;
import org.slf4j.helpers.NOPMDCAdapter;
import org.slf4j.spi.MDCAdapter;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * The command line's log: messages alone, on standard error. Sinter's own are printed from the
 * level in the property {@code sinter.log} on, by default INFO; those of libraries from ERROR on;
 * those of Spark, whose failures arrive as exceptions as well, from that in {@code
 * sinter.log.spark} on, by default none.
 *
 * <p>The launcher names this class to SLF4J, in the property {@code slf4j.provider}; a program that
 * embeds Sinter keeps its own log. It has no file of settings, because reading one takes a log
 * library as long as the JVM takes to start. Any number of threads may log.
 */
public final class Log implements SLF4JServiceProvider {
  private static final String LEVEL = "sinter.log";
  private static final String SPARK_LEVEL = "sinter.log.spark";
  private static final String OWN = "dev.sinter.";
  private static final int NONE = Integer.MAX_VALUE;

  private final Map<String, Logger> loggers = new ConcurrentHashMap<>();
  private final IMarkerFactory markers = new BasicMarkerFactory();
  private final MDCAdapter context = new NOPMDCAdapter();

  @Override
  public void initialize() {
    // Nothing to read: see the class.
  }

  @Override
  public ILoggerFactory getLoggerFactory() {
    return name -> loggers.computeIfAbsent(name, Printer::new);
  }

  @Override
  public IMarkerFactory getMarkerFactory() {
    return markers;
  }

  @Override
  public MDCAdapter getMDCAdapter() {
    return context;
  }

  @Override
  public String getRequestedApiVersion() {
    return "2.0.99";
  }

  /** Returns the least level that a logger prints. */
  static int threshold(String logger) {
    if (logger.startsWith("org.apache.") || logger.startsWith("org.sparkproject.")) {
      return level(System.getProperty(SPARK_LEVEL, "OFF"));
    }
    return logger.startsWith(OWN) ? level(System.getProperty(LEVEL, "")) : Level.ERROR.toInt();
  }

  private static int level(String wanted) {
    return switch (wanted.toUpperCase(Locale.ROOT)) {
      case "ALL", "TRACE" -> Level.TRACE.toInt();
      case "DEBUG" -> Level.DEBUG.toInt();
      case "WARN" -> Level.WARN.toInt();
      case "ERROR" -> Level.ERROR.toInt();
      case "OFF" -> NONE;
      default -> Level.INFO.toInt();
    };
  }

  private static final class Printer extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    private int threshold = -1; // asked for with the first message: --quiet sets the property

    Printer(String name) {
      this.name = name;
    }

    private boolean prints(Level level) {
      if (threshold < 0) {
        threshold = threshold(name);
      }
      return level.toInt() >= threshold;
    }

    @Override
    protected void handleNormalizedLoggingCall(
        Level level, Marker marker, String pattern, Object[] arguments, Throwable cause) {
      StringWriter text = new StringWriter();
      text.write(String.valueOf(MessageFormatter.basicArrayFormat(pattern, arguments)));
      text.write(System.lineSeparator());
      if (cause != null) {
        cause.printStackTrace(new PrintWriter(text, true));
      }
      System.err.print(text); // in one piece, whatever other threads print
      System.err.flush();
    }

    @Override
    protected String getFullyQualifiedCallerName() {
      return null; // callers are not printed
    }

    @Override
    public boolean isTraceEnabled() {
      return prints(Level.TRACE);
    }

    @Override
    public boolean isDebugEnabled() {
      return prints(Level.DEBUG);
    }

    @Override
    public boolean isInfoEnabled() {
      return prints(Level.INFO);
    }

    @Override
    public boolean isWarnEnabled() {
      return prints(Level.WARN);
    }

    @Override
    public boolean isErrorEnabled() {
      return prints(Level.ERROR);
    }
  }
}
