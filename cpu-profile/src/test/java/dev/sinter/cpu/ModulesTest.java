package dev.sinter.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/** What each module brings to a program that depends on it, and which packages it holds. */
class ModulesTest {
  private static final List<String> CODE =
      List.of("core", "datasets", "tables", "formats", "tools", "onednn", "nd4j", "dl4j", "cuda");

  /** Compile and run-time dependencies that are not optional: what a user gets. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          engine/core     | slf4j-api
          engine/datasets | sinter-core
          engine/tables   | sinter-core fastcsv
          engine/formats  | sinter-core jhdf gson protobuf-javalite slf4j-api
          engine/tools    | sinter-core sinter-datasets sinter-tables picocli jackson-databind fastcsv snakeyaml-engine slf4j-api
          engine/onednn   | sinter-core javacpp dnnl opencl
          engine/nd4j     | sinter-core nd4j-api nd4j-native javacpp openblas
          engine/dl4j     | sinter-core deeplearning4j-nn slf4j-api
          engine/cuda     | sinter-core javacpp cuda slf4j-api
          cpu-profile     | sinter-core sinter-datasets sinter-formats sinter-onednn javacpp dnnl opencl
          cuda-profile    | sinter-cpu sinter-cuda cuda cuda-redist
          """)
  void module_dependencies_areTheseAlone(String module, String expected) throws Exception {
    assertThat(dependencies(module))
        .as("%s/pom.xml: what every user of the module gets", module)
        .isEqualTo(new TreeSet<>(Set.of(expected.split(" "))));
  }

  private static Set<String> dependencies(String module)
      throws IOException, ParserConfigurationException, SAXException {
    Element project =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(Document.ROOT.resolve(module).resolve("pom.xml").toFile())
            .getDocumentElement();
    Set<String> names = new TreeSet<>();
    for (Element dependency : children(child(project, "dependencies"))) {
      String scope = text(dependency, "scope");
      boolean kept = "test".equals(scope) || "provided".equals(scope);
      boolean optional = "true".equals(text(dependency, "optional"));
      if (!kept && !optional) {
        names.add(text(dependency, "artifactId"));
      }
    }
    return names;
  }

  private static String text(Element element, String name) {
    Element child = child(element, name);
    return child == null ? null : child.getTextContent().strip();
  }

  private static Element child(Element element, String name) {
    return children(element).stream()
        .filter(child -> child.getTagName().equals(name))
        .findFirst()
        .orElse(null);
  }

  private static List<Element> children(Element element) {
    List<Element> children = new ArrayList<>();
    for (Node node = element.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element child) {
        children.add(child);
      }
    }
    return children;
  }

  /** A package in two jars is refused on the module path. */
  @Test
  void packages_ofTheModules_areEachInOne() throws IOException {
    Map<String, String> owners = new HashMap<>();
    List<String> twice = new ArrayList<>();
    for (String module : CODE) {
      Path sources = Document.ROOT.resolve("engine").resolve(module).resolve("src/main/java");
      for (String name : packages(sources)) {
        String other = owners.put(name, module);
        if (other != null) {
          twice.add(name + " in " + other + " and " + module);
        }
      }
    }
    assertThat(owners).hasSizeGreaterThan(20);
    assertThat(twice).isEmpty();
  }

  private static Set<String> packages(Path sources) throws IOException {
    Set<String> names = new TreeSet<>();
    try (Stream<Path> files = Files.walk(sources)) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          .forEach(file -> names.add(sources.relativize(file.getParent()).toString()));
    }
    return names;
  }

  /** Each module has a name on the module path. */
  @Test
  void modules_withCode_nameThemselves() throws Exception {
    for (String module : CODE) {
      assertThat(Files.readString(Document.ROOT.resolve("engine/" + module + "/pom.xml")))
          .contains("<sinter.module>dev.sinter." + module + "</sinter.module>");
    }
  }
}
