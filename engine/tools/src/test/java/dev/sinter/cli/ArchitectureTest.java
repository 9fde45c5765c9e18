package dev.sinter.cli;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.EvaluationResult;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import dev.sinter.errors.SinterException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The dependencies between the packages of core, datasets and tools, and forbidden classes. */
class ArchitectureTest {
  private static final String ROOT = "dev.sinter";
  private static final String CLI = "cli";
  private static final String BENCH = "bench";
  private static final String RUNS = "runs";
  private static final String DASHBOARD = "dashboard";
  private static final String TABLES = "tables";
  private static final String NETWORKS = "networks";

  /** The short name of the root package here; for the others, the part after "dev.sinter.". */
  private static final String API = "(api)";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .withImportOption(location -> !location.contains("/dev/sinter/formats/"))
          .importPackages(ROOT);

  /** The allowed dependencies of each package; {@link #CLI} may depend on everything. */
  private static final Map<String, Set<String>> ARROWS =
      Map.ofEntries(
          Map.entry("errors", Set.of()),
          Map.entry("report", Set.of("errors")),
          Map.entry("io", Set.of("errors")),
          Map.entry("data", Set.of("io", "errors")),
          Map.entry("datasets", Set.of("data", "io", "errors")),
          Map.entry(TABLES, Set.of("data", "io", "errors")),
          Map.entry("program", Set.of("errors")),
          Map.entry("layers", Set.of("compile", "data", "program", "errors")),
          Map.entry("losses", Set.of("program", "errors")),
          Map.entry("metrics", Set.of("losses", "program", "errors")),
          Map.entry("optimizers", Set.of("program", "errors")),
          Map.entry("backend", Set.of("program", "data", "errors")),
          Map.entry("backend.reference", Set.of("backend", "program", "data", "errors")),
          Map.entry("distributed", Set.of("backend", "errors")),
          Map.entry(BENCH, Set.of("backend", "errors")),
          Map.entry("backend.host", Set.of("backend", "program", "data", "errors")),
          Map.entry("compile", Set.of("losses", "metrics", "program", "errors")),
          Map.entry(
              API,
              Set.of(
                  "compile",
                  "layers",
                  "losses",
                  "metrics",
                  "optimizers",
                  "program",
                  "backend",
                  "backend.host",
                  "distributed",
                  "data",
                  "report",
                  "saving",
                  "errors")),
          Map.entry(
              "saving",
              Set.of(
                  "compile", "layers", "losses", "metrics", "optimizers", "data", "io", "errors")),
          Map.entry("callbacks", Set.of(API, "data", "io", "metrics", "saving", "errors")),
          Map.entry("cluster", Set.of(API, "backend", "data", "errors")),
          Map.entry("figures", Set.of(API, "data", "io", "errors")),
          Map.entry(RUNS, Set.of("figures", "io", "errors")),
          Map.entry(
              NETWORKS,
              Set.of(
                  API,
                  "callbacks",
                  "compile",
                  "data",
                  "datasets",
                  "io",
                  "layers",
                  "losses",
                  "metrics",
                  "optimizers",
                  "program",
                  "recipes",
                  TABLES,
                  "errors")),
          Map.entry(DASHBOARD, Set.of(API, "data", "figures", "recipes", "report", RUNS, "errors")),
          Map.entry(
              "recipes",
              Set.of(
                  API, "layers", "losses", "metrics", "optimizers", "data", "datasets", "errors")));

  static Stream<String> packages() {
    return ARROWS.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("packages")
  void package_dependencies_followTheArrows(String name) {
    Set<String> allowed = ARROWS.get(name);
    String[] forbidden =
        Stream.concat(ARROWS.keySet().stream(), Stream.of(CLI))
            .filter(other -> !other.equals(name) && !allowed.contains(other))
            .map(ArchitectureTest::fullName)
            .toArray(String[]::new);
    noClasses()
        .that()
        .resideInAPackage(fullName(name))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(forbidden)
        .because(
            fullName(name)
                + " may depend on "
                + (allowed.isEmpty() ? "nothing of Sinter" : new TreeSet<>(allowed))
                + ": move the code to where the arrow points, or pass the value in")
        .check(CLASSES);
  }

  /** A new package must state its dependencies, here and in its package-info. */
  @Test
  void packages_all_haveTheirArrowsStated() {
    Set<String> found =
        CLASSES.stream()
            .map(type -> shortName(type.getPackageName()))
            .collect(Collectors.toCollection(TreeSet::new));
    found.remove(CLI);
    assertThat(ARROWS.keySet())
        .as("packages of %s: state what a new one may depend on in ArchitectureTest.ARROWS", ROOT)
        .containsExactlyInAnyOrderElementsOf(found);
  }

  @Test
  void packages_together_haveNoCycle() {
    slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass type) {
                return SliceIdentifier.of(type.getPackageName());
              }

              @Override
              public String getDescription() {
                return "packages of " + ROOT;
              }
            })
        .should()
        .beFreeOfCycles()
        .because("a reader follows one batch inward, package by package")
        .check(CLASSES);
  }

  @Test
  void packages_outsideTheTools_useTheJdkAndSlf4jAlone() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            fullName(CLI),
            fullName(BENCH),
            fullName(RUNS),
            fullName(DASHBOARD),
            fullName(TABLES),
            fullName(NETWORKS))
        .should()
        .dependOnClassesThat(
            not(resideInAnyPackage(
                    "java..",
                    "javax.net..",
                    "javax.imageio..",
                    "org.slf4j..",
                    "org.jspecify.annotations..", // for compilers alone
                    ROOT + ".."))
                .and(not(primitivesAndTheirArrays())))
        .because(
            "core and datasets need no other jar: picocli and Jackson belong to "
                + fullName(CLI)
                + ", Jackson to "
                + fullName(RUNS)
                + " and "
                + fullName(DASHBOARD)
                + " as well, FastCSV to "
                + fullName(TABLES)
                + ", SnakeYAML to "
                + fullName(NETWORKS)
                + ", the JDK's own MXBeans to "
                + fullName(BENCH)
                + ", ND4J and natives to other modules")
        .check(CLASSES);
  }

  @Test
  void packages_everywhere_knowNoNativeLibrary() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.nd4j..", "org.bytedeco..", "org.deeplearning4j..", "sun..")
        .because(
            "natives and ND4J are for the modules of backends: put the code into the backend's module")
        .check(CLASSES);
  }

  @Test
  void exit_outsideCli_isNeverCalled() {
    noClasses()
        .that()
        .resideOutsideOfPackage(fullName(CLI))
        .should()
        .callMethod(System.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "exit", int.class)
        .orShould()
        .callMethod(Runtime.class, "halt", int.class)
        .because("a program that embeds Sinter decides when it ends: throw a SinterException")
        .check(CLASSES);
  }

  @Test
  void stackTraces_outsideCli_areNeverPrinted() {
    noClasses()
        .that()
        .resideOutsideOfPackage(fullName(CLI))
        .should()
        .callMethodWhere(
            describe(
                "the method is printStackTrace or dumpStack",
                call ->
                    Set.of("printStackTrace", "dumpStack").contains(call.getTarget().getName())))
        .because("errors travel as exceptions with one message; only --debug prints a trace")
        .check(CLASSES);
  }

  @Test
  void exceptions_ofSinter_haveOneRoot() {
    classes()
        .that()
        .resideInAPackage(ROOT + "..")
        .and()
        .areAssignableTo(Throwable.class)
        .and()
        .arePublic() // others are checked within their package
        .should()
        .beAssignableTo(SinterException.class)
        .because("whoever calls Sinter can catch everything that it throws on purpose")
        .check(CLASSES);
  }

  /** Messages for users of the library must not name options of the command line. */
  @Test
  void messages_outsideTheCommandLine_nameNoOptionOfIt() throws IOException {
    Pattern option = Pattern.compile("\"[^\"]*--[a-z][a-z-]+");
    List<String> found = new ArrayList<>();
    for (String module : List.of("core", "datasets", "tables", "tools")) {
      Path sources = Path.of("..", module, "src/main/java/dev/sinter");
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
          String place = sources.relativize(file).toString().replace('\\', '/');
          if (!place.matches("(bench|cli|runs|dashboard)/.*")) {
            option
                .matcher(Files.readString(file))
                .results()
                .forEach(m -> found.add(place + m.group()));
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }

  /** The rules can fail: an existing dependency, forbidden on purpose. */
  @Test
  void rule_brokenOnPurpose_namesClassAndReason() {
    EvaluationResult result =
        noClasses()
            .that()
            .resideInAPackage(fullName("data"))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(fullName("errors"))
            .evaluate(CLASSES);
    List<String> violations = result.getFailureReport().getDetails();
    assertThat(violations).isNotEmpty();
    assertThat(violations.get(0)).contains("dev.sinter.data.", "dev.sinter.errors.");
  }

  private static String fullName(String name) {
    return name.equals(API) ? ROOT : ROOT + "." + name;
  }

  private static String shortName(String packageName) {
    return packageName.equals(ROOT) ? API : packageName.substring(ROOT.length() + 1);
  }

  private static DescribedPredicate<JavaClass> primitivesAndTheirArrays() {
    return describe("primitives", type -> type.getBaseComponentType().isPrimitive());
  }
}
