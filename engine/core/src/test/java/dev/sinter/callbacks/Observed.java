package dev.sinter.callbacks;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sinter.Callback;
import dev.sinter.Model;
import dev.sinter.errors.InputException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.slf4j.LoggerFactory;

/**
 * What a training printed and logged, line by line.
 *
 * @param printed on standard output
 * @param warnings of the callbacks, in the log
 */
record Observed(List<String> printed, List<String> warnings) {
  /** Runs a training and keeps what it prints and logs. */
  static Observed of(Runnable training) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream before = System.out;
    Logger logger = (Logger) LoggerFactory.getLogger("dev.sinter.callbacks");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    logger.setAdditive(false);
    try (PrintStream replaced = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      System.setOut(replaced);
      training.run();
    } finally {
      System.setOut(before);
      logger.detachAppender(log);
      logger.setAdditive(true);
    }
    return new Observed(
        out.toString(StandardCharsets.UTF_8).lines().toList(),
        log.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
  }

  /** Returns a callback that sets a value of the logs, epoch by epoch, to what a test needs. */
  static Callback scripted(String name, double... values) {
    return new Callback() {
      @Override
      public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        logs.put(name, values[epoch]);
      }
    };
  }

  /** Checks that something is refused as a user's mistake, with these parts in its message. */
  static void refused(Runnable call, String... parts) {
    assertThatThrownBy(call::run).isInstanceOf(InputException.class).hasMessageContainingAll(parts);
  }
}
