package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * One run of the command line on captured standard streams.
 *
 * @param code the exit code
 * @param out the complete standard output, of commands and model
 * @param err the complete standard error
 */
record CliRun(int code, String out, String err) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Runs a command; arguments may be anything with a toString. */
  static CliRun of(Object... arguments) {
    String[] words = new String[arguments.length];
    for (int i = 0; i < words.length; i++) {
      words[i] = arguments[i].toString();
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream oldOut = System.out;
    PrintStream oldErr = System.err;
    try (PrintStream newOut = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream newErr = new PrintStream(err, true, StandardCharsets.UTF_8)) {
      System.setOut(newOut);
      System.setErr(newErr);
      int code = Main.run(words);
      newOut.flush();
      newErr.flush();
      return new CliRun(
          code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(oldOut);
      System.setErr(oldErr);
    }
  }

  /** Runs "train" offline; by default on the reference backend with few units. */
  static CliRun train(String recipe, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("train", recipe, "--offline"));
    arguments.addAll(Arrays.asList(more));
    addDefault(arguments, "--backend", "reference");
    addDefault(arguments, "--hidden", 8);
    return of(arguments.toArray());
  }

  /** Adds an option if it is not given. */
  static void addDefault(List<Object> arguments, String option, Object value) {
    if (!arguments.contains(option)) {
      arguments.addAll(List.of(option, value));
    }
  }

  /** Asserts a single message that tells the user what to fix. */
  CliRun refused(String... parts) {
    return ended(Main.USAGE, parts);
  }

  /** Asserts a failure at run time with a single message. */
  CliRun failed(String... parts) {
    return ended(Main.FAILURE, parts);
  }

  /** Asserts success, with nothing on standard error. */
  CliRun succeeded() {
    assertThat(err).as("standard error").isEmpty();
    assertThat(code).as("exit code").isZero();
    return this;
  }

  private CliRun ended(int expected, String... parts) {
    assertThat(err)
        .as("standard error")
        .startsWith("sinter: ")
        .containsOnlyOnce("sinter: ")
        .contains(parts)
        .doesNotContain("\tat ", "Exception", "unexpected");
    assertThat(code).as("exit code of: %s", err).isEqualTo(expected);
    return this;
  }

  /** Returns the lines of standard output. */
  List<String> lines() {
    return out.lines().toList();
  }

  static JsonNode json(Path file) {
    try {
      return JSON.readTree(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  JsonNode json() {
    try {
      return JSON.readTree(out);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }
}
