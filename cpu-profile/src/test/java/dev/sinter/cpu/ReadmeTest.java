package dev.sinter.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles and runs the README's example as it stands there; only the data and the number of epochs
 * are made smaller.
 */
class ReadmeTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  @TempDir Path folder;

  @Test
  void readmeExample_compiledAndRun_trainsAndPredicts() throws Exception {
    String source =
        example()
            .replace("Mnist.load()", "Mnist.load(MnistOptions.defaults().withGenerated(true))")
            .replace("Fit.epochs(5)", "Fit.epochs(1)");
    Path file = Files.writeString(folder.resolve("Example.java"), source);
    int errors =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                folder.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                file.toString());
    assertThat(errors).isZero();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    try (URLClassLoader loader =
        new URLClassLoader(new URL[] {folder.toUri().toURL()}, getClass().getClassLoader())) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader
          .loadClass("Example")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    Matcher accuracy =
        Pattern.compile("test accuracy (0\\.\\d+)")
            .matcher(printed.toString(StandardCharsets.UTF_8));
    assertThat(accuracy.find()).as(printed.toString(StandardCharsets.UTF_8)).isTrue();
    assertThat(Double.parseDouble(accuracy.group(1))).isGreaterThan(0.9);
  }

  @Test
  void readmeCommands_named_exist() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    assertThat(readme).contains("scripts/sinter train mnist-dense").contains("mvn verify");
    Matcher link = Pattern.compile("\\]\\((?!http)([^)#]+)").matcher(readme);
    while (link.find()) {
      assertThat(ROOT.resolve(link.group(1))).exists();
    }
    assertThat(List.of("scripts/sinter", "scripts/sinter.cmd", "scripts/bench"))
        .allMatch(script -> Files.exists(ROOT.resolve(script)));
  }

  private static String example() throws IOException {
    String readme = Files.readString(ROOT.resolve("README.md"));
    Matcher block = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(readme);
    assertThat(block.find()).as("a java block in README.md").isTrue();
    return block.group(1);
  }
}
