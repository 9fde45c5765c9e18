package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;

class LogTest {
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private PrintStream before;

  @BeforeEach
  void capture() {
    before = System.err;
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void release() {
    System.setErr(before);
    System.clearProperty("sinter.log");
  }

  private static Logger logger(String name) {
    return new Log().getLoggerFactory().getLogger(name);
  }

  @ParameterizedTest
  @CsvSource({
    "dev.sinter.Trainer,,            iwe",
    "dev.sinter.Trainer, debug,     diwe",
    "dev.sinter.Trainer, TRACE,    tdiwe",
    "dev.sinter.Trainer, WARN,        we",
    "dev.sinter.Trainer, ERROR,        e",
    "dev.sinter.Trainer, nonsense,   iwe",
    "dev.sinter.Trainer, OFF,           ",
    "org.nd4j.Nd4j,,                   e",
    "org.nd4j.Nd4j,      debug,        e",
    "org.apache.spark.SparkContext, debug,"
  })
  void levels_byLoggerAndProperty_arePrinted(String name, String level, String expected) {
    if (level != null) {
      System.setProperty("sinter.log", level);
    }
    Logger logger = logger(name);
    logger.trace("t");
    logger.debug("d");
    logger.info("i");
    logger.warn("w");
    logger.error("e");
    assertThat(printed.toString(StandardCharsets.UTF_8).replaceAll("\\R", ""))
        .isEqualTo(expected == null ? "" : expected);
  }

  @Test
  void levelOfSpark_set_printsItsMessages() {
    System.setProperty("sinter.log.spark", "WARN");
    try {
      Logger logger = logger("org.apache.spark.SparkContext");
      logger.info("i");
      logger.warn("w");
      assertThat(printed.toString(StandardCharsets.UTF_8)).isEqualToIgnoringNewLines("w");
    } finally {
      System.clearProperty("sinter.log.spark");
    }
  }

  @Test
  void level_setAfterTheLoggerWasMade_counts() {
    Logger logger = logger("dev.sinter.Trainer");
    System.setProperty("sinter.log", "WARN");
    logger.info("quiet");
    assertThat(printed.size()).isZero();
  }

  @Test
  void message_withArgumentsAndCause_isFilledInAndHasTheTrace() {
    logger("dev.sinter.Trainer").warn("{} of {}", 1, 2, new IllegalStateException("because"));
    assertThat(printed.toString(StandardCharsets.UTF_8))
        .startsWith("1 of 2" + System.lineSeparator() + "java.lang.IllegalStateException: because")
        .contains("at dev.sinter.cli.LogTest");
  }
}
