package dev.sinter.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compiles and runs the README's example as it stands there; only the data and the number of epochs
 * are made smaller.
 */
class ReadmeTest {
  private static final Path ROOT = Document.ROOT;

  @TempDir Path folder;

  @Test
  void readmeExample_compiledAndRun_trainsAndPredicts() throws Exception {
    String source =
        example()
            .replace(
                "Mnist.load()",
                "Mnist.load(dev.sinter.datasets.MnistOptions.defaults().generated(true))")
            .replace("Fit.epochs(5)", "Fit.epochs(1)");
    String printed = Snippet.run(source, folder);
    Matcher accuracy = Pattern.compile("test accuracy (0\\.\\d+)").matcher(printed);
    assertThat(accuracy.find()).as(printed).isTrue();
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

  private static String example() {
    return new Document(ROOT.resolve("README.md"))
        .blocks().stream()
            .filter(block -> block.language().equals("java"))
            .findFirst()
            .orElseThrow()
            .text();
  }
}
