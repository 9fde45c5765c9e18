package dev.sinter.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.RunException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ChildTest {
  @TempDir private Path folder;

  private static Command java(String... arguments) {
    return Command.java(List.of("-XX:+UseSerialGC"), Said.class.getName(), List.of(arguments));
  }

  @Test
  void lines_comeOneByOneWithTheVariables() {
    Path log = folder.resolve("log");
    Command command = java().variable("SAID", "some words").log(log).lines();
    try (Child child = command.start()) {
      assertThat(child.line(50)).contains("some words");
      assertThat(child.line(50)).isEmpty();
      assertThat(child.line(50)).as("asked again").isEmpty();
      assertThat(child.await(50)).isEqualTo(new Child.Ended(3, "", ""));
    }
    assertThat(log).content().isEqualToIgnoringNewLines("to the log");
  }

  @Test
  void log_takesBothStreamsAndIsTheOutput() {
    Child.Ended ended = java().variable("SAID", "x").log(folder.resolve("log")).run(50);
    assertThat(ended.succeeded()).isFalse();
    assertThat(ended.output().lines()).containsExactly("to the log", "x");
    assertThat(ended.reason()).isEqualTo("exit code 3: x");
  }

  @Test
  void process_thatIsSilent_isGivenUp() {
    try (Child child = java("hang").lines().start()) {
      assertThatThrownBy(() -> child.line(0.01))
          .isInstanceOf(RunException.class)
          .hasMessage("expected an answer within 0 s, received none");
      assertThat(child.process().isAlive()).isTrue();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void process_thatTakesTooLong_isEndedWithItsChildren() throws Exception {
    Command shell = Command.of("sh", "-c", "echo begun; sleep 55 & wait").log(folder.resolve("l"));
    try (Child child = shell.start()) {
      while (child.process().children().findAny().isEmpty()) {
        Thread.sleep(5);
      }
      ProcessHandle sleep = child.process().children().findAny().orElseThrow();
      assertThat(child.await(1).reason()).isEqualTo("not done after 1 s: begun");
      sleep.onExit().get(20, TimeUnit.SECONDS);
      assertThat(child.process().isAlive()).isFalse();
    }
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void await_interrupted_endsTheProcessAndKeepsTheFlag() {
    try (Child child = Command.of("sleep", "55").start()) {
      Thread.currentThread().interrupt();
      assertThat(child.await(50).reason()).isEqualTo("interrupted: nothing printed");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(child.await(20).exit()).isNotZero();
    }
  }

  @Test
  void program_thatIsNotThere_isToldByWhoWaits() {
    Command none = Command.of("no-such-program-here");
    assertThat(none.run(5).reason()).startsWith("no-such-program-here could not be started");
    assertThat(none.firstLine(5)).isEmpty();
    try (Child child = none.lines().start()) {
      assertThat(child.line(5)).isEmpty();
    }
  }

  @Test
  void ownOptions_haveNoAgents() {
    List<String> options =
        List.of("-javaagent:x.jar", "-agentlib:jdwp=server=y", "-Xrunjdwp:z", "-Xmx1g");
    assertThat(Command.withoutAgents(options)).containsExactly("-Xmx1g");
  }

  /** What the tests start. */
  static final class Said {
    private Said() {}

    public static void main(String[] arguments) throws InterruptedException {
      if (arguments.length > 0) {
        Thread.sleep(600_000);
      }
      System.err.println("to the log");
      System.out.println(System.getenv("SAID"));
      System.exit(3);
    }
  }
}
