package dev.sinter.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.data.Dataset;
import dev.sinter.data.Idx;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.GeneratedDigits;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Builds and runs the examples as a user does, by Maven, in a local repository that holds the
 * artifacts of this build and links to everything else.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a privilege there")
class ExamplesTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final String VERSION = System.getProperty("sinter.version");

  /** The version that this build has used before, so that nothing is fetched. */
  private static final String DEPENDENCY =
      "org.apache.maven.plugins:maven-dependency-plugin:" + System.getProperty("sinter.dependency");

  private static final List<String> MODULES =
      List.of(
          ".",
          "engine",
          "engine/bom",
          "engine/core",
          "engine/datasets",
          "engine/tables",
          "engine/formats",
          "engine/onednn",
          "engine/nd4j",
          "engine/tools",
          "cpu-profile");

  @TempDir static Path work;
  private static Path repository;

  @BeforeAll
  static void makeRepository() throws IOException {
    Path shared = Path.of(System.getProperty("sinter.repository"));
    repository = Files.createDirectories(work.resolve("repository"));
    link(shared, repository, "dev");
    Path dev = Files.createDirectories(repository.resolve("dev"));
    Files.createDirectories(shared.resolve("dev"));
    link(shared.resolve("dev"), dev, "sinter");
    for (String module : MODULES) {
      install(ROOT.resolve(module).normalize(), dev.resolve("sinter"));
    }
    copy(Path.of("").toAbsolutePath(), work.resolve("examples"));
    writeDigits(Files.createDirectories(work.resolve("data/mnist")));
  }

  /** Generated digits in the files of MNIST, so that no example searches a network for them. */
  private static void writeDigits(Path folder) throws IOException {
    Dataset train = GeneratedDigits.train(1).take(6000);
    Dataset test = GeneratedDigits.test(1).take(1000);
    write(folder.resolve("train-images-idx3-ubyte"), train.x());
    write(folder.resolve("train-labels-idx1-ubyte"), train.y());
    write(folder.resolve("t10k-images-idx3-ubyte"), test.x());
    write(folder.resolve("t10k-labels-idx1-ubyte"), test.y());
  }

  private static void write(Path file, Tensor tensor) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(Idx.header(tensor));
      out.write(tensor.bytes());
    }
  }

  /** Links to all that a folder holds, but for one name. */
  private static void link(Path from, Path to, String except) throws IOException {
    try (Stream<Path> children = Files.list(from)) {
      for (Path child : children.filter(c -> !c.endsWith(except)).toList()) {
        Files.createSymbolicLink(to.resolve(child.getFileName()), child);
      }
    }
  }

  private static void install(Path module, Path group) throws IOException {
    String pom = Files.readString(module.resolve("pom.xml"));
    String own = pom.contains("</parent>") ? pom.substring(pom.indexOf("</parent>")) : pom;
    String name = own.replaceAll("(?s).*?<artifactId>(.*?)</artifactId>.*", "$1");
    Path folder = Files.createDirectories(group.resolve(name).resolve(VERSION));
    String file = name + "-" + VERSION;
    Files.copy(module.resolve("pom.xml"), folder.resolve(file + ".pom"));
    for (Path target : List.of(module.resolve("target"), module.resolve("target/lib"))) {
      Path jar = target.resolve(file + ".jar");
      if (Files.exists(jar)) {
        Files.copy(jar, folder.resolve(file + ".jar"));
      }
    }
  }

  /** The examples are built in a copy, without their target folders. */
  private static void copy(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
              throws IOException {
            if (folder.endsWith("target")) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            Files.createDirectories(to.resolve(from.relativize(folder)));
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(file, to.resolve(from.relativize(file)));
            return FileVisitResult.CONTINUE;
          }
        });
  }

  @Test
  void trainAndPredict_onSinterCpuAlone_learns() throws Exception {
    Run run = maven("train-and-predict", List.of(), "compile", "exec:java");
    assertThat(run.code()).as(run.text()).isZero();
    assertThat(run.text())
        .containsPattern("test accuracy 0\\.[89]\\d+\n.*first test digit is a \\d");
  }

  /** Each test digit is asked for, eight at once; most answers must be its label. */
  @Test
  void digitService_askedByManyClients_answersDigits() throws Exception {
    Path output = work.resolve("service.txt");
    Process service =
        start(
            work.resolve("examples/digit-service"),
            mavenCommand("compile", "exec:java", "-Dexec.args=0"),
            List.of(),
            output);
    try {
      int port = port(service, output);
      Dataset digits = GeneratedDigits.test(1).take(64);
      HttpClient client = HttpClient.newHttpClient();
      List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
      for (int i = 0; i < digits.size(); i++) {
        HttpRequest request =
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/digit"))
                .POST(HttpRequest.BodyPublishers.ofByteArray(digits.skip(i).take(1).x().bytes()))
                .build();
        answers.add(client.sendAsync(request, HttpResponse.BodyHandlers.ofString()));
      }
      int right = 0;
      for (int i = 0; i < digits.size(); i++) {
        HttpResponse<String> answer = answers.get(i).get(1, TimeUnit.MINUTES);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).matches("\\d [01]\\.\\d+(E-\\d+)?\n");
        right += answer.body().charAt(0) - '0' == (int) digits.y().get(i) ? 1 : 0;
      }
      assertThat(right).isGreaterThan(50);
    } finally {
      service.descendants().forEach(ProcessHandle::destroyForcibly);
      service.destroyForcibly();
    }
  }

  private static int port(Process service, Path output) throws IOException, InterruptedException {
    Pattern listening = Pattern.compile("listening on port (\\d+)");
    for (int i = 0; i < 1200 && service.isAlive(); i++) {
      Matcher line = listening.matcher(Files.readString(output));
      if (line.find()) {
        return Integer.parseInt(line.group(1));
      }
      Thread.sleep(100);
    }
    throw new AssertionError("the service does not listen: " + Files.readString(output));
  }

  @Test
  void unitTest_onTheCoreAlone_passes() throws Exception {
    Run run = maven("unit-test", List.of(), "test");
    assertThat(run.code()).as(run.text()).isZero();
    assertThat(work.resolve("examples/unit-test/target/surefire-reports/TEST-XorTest.xml"))
        .content()
        .contains("tests=\"1\"", "failures=\"0\"", "skipped=\"0\"");
  }

  /** The class path of the script is that of its //DEPS line: sinter-cpu and no more. */
  @Test
  void singleFile_onSinterCpu_runsWithFewJarsAndNoTools() throws Exception {
    List<String> jars = classPath();
    List<String> names = jars.stream().map(jar -> Path.of(jar).getFileName().toString()).toList();
    assertThat(names).hasSizeLessThanOrEqualTo(18);
    assertThat(names).noneMatch(name -> name.matches("(picocli|jackson|nd4j|logback|openblas).*"));
    assertThat(names).anyMatch(name -> name.matches("dnnl-.*-(linux|macosx|windows)-.*\\.jar"));
    assertThat(Files.readString(work.resolve("examples/single-file/Digits.java")))
        .contains("//DEPS dev.sinter:sinter-cpu:" + VERSION + "\n");
    Run run =
        run(
            work.resolve("examples/single-file"),
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                String.join(File.pathSeparator, jars),
                "Digits.java"),
            List.of());
    assertThat(run.code()).as(run.text()).isZero();
    assertThat(run.text()).containsPattern("accuracy on new digits 0\\.[89]\\d+");
  }

  private static List<String> classPath() throws Exception {
    Path list = work.resolve("class-path.txt");
    Run run =
        maven(
            "digit-service", List.of(), "dependency:build-classpath", "-Dmdep.outputFile=" + list);
    assertThat(run.code()).as(run.text()).isZero();
    return Arrays.asList(Files.readString(list).strip().split(File.pathSeparator));
  }

  /** Maven picks the natives of the machine that it runs on; here it is told that it is another. */
  @ParameterizedTest
  @CsvSource({"Linux, aarch64, linux-arm64", "Mac OS X, aarch64, macosx-arm64"})
  void sinterCpu_onEachPlatform_bringsItsNatives(String system, String processor, String platform)
      throws Exception {
    assertNatives(platform, List.of("-Dos.name=" + system, "-Dos.arch=" + processor));
  }

  @Test
  void sinterCpu_platformNamed_bringsItsNatives() throws Exception {
    assertNatives("windows-x86_64", List.of(), "-Djavacpp.platform=windows-x86_64");
  }

  private static void assertNatives(String platform, List<String> jvm, String... arguments)
      throws Exception {
    List<String> all = new ArrayList<>(List.of("-o", DEPENDENCY + ":tree"));
    all.addAll(List.of(arguments));
    Run run = maven("digit-service", jvm, all.toArray(String[]::new));
    assertThat(run.code()).as(run.text()).isZero();
    for (String library : List.of("javacpp", "dnnl", "opencl")) {
      assertThat(run.text()).contains("org.bytedeco:" + library + ":jar:" + platform + ":");
    }
    assertThat(run.text()).doesNotContain("picocli", "jackson", "nd4j", "logback");
  }

  /** What a process printed, both streams together, and how it ended. */
  private record Run(int code, String text) {}

  private static Run maven(String example, List<String> jvm, String... arguments) throws Exception {
    return run(work.resolve("examples").resolve(example), mavenCommand(arguments), jvm);
  }

  private static List<String> mavenCommand(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("sinter.maven"), "bin", "mvn").toString(),
                "-B",
                "-ntp",
                "-Dstyle.color=never",
                "-Dmaven.repo.local=" + repository));
    command.addAll(List.of(arguments));
    return command;
  }

  private static Run run(Path folder, List<String> command, List<String> jvm) throws Exception {
    Path output = Files.createTempFile(work, "run", ".txt");
    Process process = start(folder, command, jvm, output);
    try {
      assertThat(process.waitFor(5, TimeUnit.MINUTES)).as("%s ends", command).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), Files.readString(output));
  }

  private static Process start(Path folder, List<String> command, List<String> jvm, Path output)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("SINTER_DATA", work.resolve("data").toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    if (!jvm.isEmpty()) {
      // Quoted for the JVM, which splits them at blanks: names of systems hold some.
      builder.environment().put("JAVA_TOOL_OPTIONS", quoted(jvm));
    }
    return builder.start();
  }

  private static String quoted(List<String> options) {
    return String.join(" ", options.stream().map(option -> "'" + option + "'").toList());
  }
}
