package dev.sinter.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.cuda.driver.Platform.Survey;
import dev.sinter.errors.InputException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The survey of the machine that runs the tests, whatever it is. */
class NvidiaPlatformTest {
  @Test
  void surveyNeverThrowsNorPrintsAndSaysOneLine() {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Survey survey;
    try (PrintStream caught = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
      System.setOut(caught);
      System.setErr(caught);
      survey = new NvidiaPlatform().survey();
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    System.out.println("Survey of this machine: " + survey.detail());
    assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(survey.detail()).isNotBlank().doesNotContain("\n");
    assertThat(new NvidiaPlatform().survey()).isSameAs(survey);
    if (!survey.usable()) {
      assertThatThrownBy(() -> new NvidiaPlatform().open(0))
          .isInstanceOf(InputException.class)
          .hasMessage("CUDA cannot be used here: " + survey.detail() + ".");
    }
  }
}
