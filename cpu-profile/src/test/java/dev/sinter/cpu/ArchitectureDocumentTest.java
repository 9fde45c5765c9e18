package dev.sinter.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/architecture.md: the ways of a batch, and the places of an operation, as they are. */
class ArchitectureDocumentTest {
  private static final Path DOCS = Document.ROOT.resolve("docs");
  private static final Pattern STOP =
      Pattern.compile("(?m)^\\| (\\d+) \\| \\[(\\w+)(?:\\.(\\w+))?]\\(([^)]+)\\) \\|");

  private record Stop(int number, String type, String method, String source) {}

  private final String text = new Document(DOCS.resolve("architecture.md")).text();

  private List<List<Stop>> ways() throws IOException {
    List<List<Stop>> ways = new ArrayList<>();
    Matcher stop = STOP.matcher(text);
    while (stop.find()) {
      if (stop.group(1).equals("1")) {
        ways.add(new ArrayList<>());
      }
      ways.get(ways.size() - 1)
          .add(
              new Stop(
                  Integer.parseInt(stop.group(1)),
                  stop.group(2),
                  stop.group(3),
                  Files.readString(DOCS.resolve(stop.group(4)))));
    }
    return ways;
  }

  @Test
  void waysOfABatch_everyStop_isThereAndNamedByOneBefore() throws IOException {
    List<List<Stop>> ways = ways();
    assertThat(ways).hasSize(2);
    for (List<Stop> way : ways) {
      for (int i = 0; i < way.size(); i++) {
        Stop stop = way.get(i);
        assertThat(stop.number).isEqualTo(i + 1);
        String method = stop.method == null ? "" : stop.method + "(";
        assertThat(stop.source).as("%s", stop.type).contains(method);
        assertThat(way.subList(0, i))
            .as("before %s.%s", stop.type, stop.method)
            .satisfiesAnyOf(
                before -> assertThat(before).isEmpty(),
                before ->
                    assertThat(before)
                        .anyMatch(
                            s ->
                                s.source().contains(stop.type)
                                    || stop.method != null
                                        && Pattern.compile("\\b" + Pattern.quote(method))
                                            .matcher(s.source())
                                            .find()));
      }
    }
    assertThat(ways.get(0)).as("files to a primitive of oneDNN").hasSizeLessThanOrEqualTo(10);
    assertThat(ways.get(1)).as("files to a kernel on a GPU").hasSizeLessThanOrEqualTo(14);
  }

  @Test
  void placesOfAnOperation_everyOneInTheMainCode_isLinked() throws IOException {
    List<Path> places = new ArrayList<>();
    for (String folder : List.of("core", "onednn", "nd4j", "cuda")) {
      try (Stream<Path> walk =
          Files.walk(Document.ROOT.resolve("engine").resolve(folder).resolve("src/main"))) {
        for (Path file : walk.filter(path -> path.toString().endsWith(".java")).toList()) {
          if (Files.readString(file).contains("void randomUniform(Op.RandomUniform")) {
            places.add(file);
          }
        }
      }
    }
    assertThat(places).hasSizeGreaterThan(3);
    String section = text.substring(text.indexOf("## An operation"));
    assertThat(places)
        .allSatisfy(file -> assertThat(section).contains("/" + file.getFileName() + ")"));
  }
}
