package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Javadoc of every public type of the library says which threads may use it. */
class ThreadRuleTest {
  private static final Path SOURCES = Path.of("src/main/java/dev/sinter");

  private static final Path DATASETS = Path.of("../datasets/src/main/java/dev/sinter/datasets");

  private static final Path TABLES = Path.of("../tables/src/main/java/dev/sinter/tables");

  private static final List<String> RULES =
      List.of(
          "Immutable: any number of threads may use it.",
          "Any number of threads may use it",
          "Any number of threads may call its methods.",
          "Used by one thread at a time");

  /** The Javadoc and the name of a public type that stands in no other. */
  private static final Pattern TYPE =
      Pattern.compile(
          "(?:/\\*\\*((?:(?!\\*/).)*)\\*/\\s*)?^(?:@[^\\n]*\\n)*"
              + "public [a-z -]*?(?:class|interface|enum|record) (\\w+)",
          Pattern.DOTALL | Pattern.MULTILINE);

  /** Returns the name of the source's public type where its Javadoc says nothing of threads. */
  private static Optional<String> silent(String source) {
    Matcher type = TYPE.matcher(source);
    if (!type.find()) {
      return Optional.empty(); // nothing public
    }
    String javadoc = Optional.ofNullable(type.group(1)).orElse("");
    String text = javadoc.replaceAll("\\s+(\\* ?)?", " ");
    return RULES.stream().anyMatch(text::contains) ? Optional.empty() : Optional.of(type.group(2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "backend",
        "callbacks",
        "data",
        "datasets",
        "layers",
        "losses",
        "metrics",
        "optimizers",
        "tables"
      })
  void publicTypes_ofAPackage_sayWhichThreadsMayUseThem(String name) throws IOException {
    Path folder =
        switch (name) {
          case "datasets" -> DATASETS;
          case "tables" -> TABLES;
          default -> SOURCES.resolve(name);
        };
    List<String> silent = new ArrayList<>();
    int seen = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        seen++;
        silent(Files.readString(file)).ifPresent(silent::add);
      }
    }
    assertThat(seen).as("sources in %s", folder).isPositive();
    assertThat(silent).as("types whose Javadoc needs one of " + RULES).isEmpty();
  }

  /** The rule can fail, whatever the kind of type. */
  @ParameterizedTest
  @CsvSource({
    "public final class, Loose",
    "public abstract sealed class, Loose",
    "public interface, Loose",
    "public enum, Loose",
    "public record, Loose"
  })
  void rule_brokenOnPurpose_namesTheType(String declaration, String name) {
    String type = declaration + " " + name + " {}\n";
    String other = "/** Used by one thread at a time. */\nfinal class Inner {}\n";
    assertThat(silent("package a;\n\n" + type)).contains(name);
    assertThat(silent("/** What it is. */\n" + type)).contains(name);
    assertThat(silent("/** What it is. */\n@Deprecated\n" + type)).contains(name);
    assertThat(silent(other + "/** What it is. */\n" + type)).contains(name);
  }

  @Test
  void rule_kept_isFoundOverLineEnds() {
    String javadoc = "/**\n * What it is. Used by one\n * thread at a time.\n */\n";
    assertThat(silent(javadoc + "public final class Kept {}\n")).isEmpty();
    assertThat(silent(javadoc + "@Deprecated\npublic enum Kept {}\n")).isEmpty();
    assertThat(silent("/** What it is. */\nfinal class Inner {}\n")).isEmpty();
  }
}
