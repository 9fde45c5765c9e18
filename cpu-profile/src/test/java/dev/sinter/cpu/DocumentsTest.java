package dev.sinter.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.cli.Main;
import dev.sinter.cli.OwnTables;
import dev.sinter.cpu.Document.Block;
import dev.sinter.cpu.Document.Link;
import dev.sinter.data.Dataset;
import dev.sinter.datasets.GeneratedDigits;
import dev.sinter.networks.NetworkFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs what docs/ shows. A {@code java} block, and the right column of a table "Keras | Sinter", is
 * compiled and run; a {@code text} block behind one is what it prints, or its error's message. A
 * {@code console} block is a command and lines of its output, in order, not all of them. Any other
 * {@code text} block is a message that the sources must hold; a {@code yaml} block is a network
 * file. "..." stands for anything.
 *
 * <p>Made smaller, and nothing else: MNIST is {@value #TRAIN} generated digits, trainings take one
 * epoch, files go to a temporary folder, measurements take 0.1 s. Lines that come from a training
 * are compared without their numbers.
 */
class DocumentsTest {
  private static final int TRAIN = 6000;
  private static final int TEST = 1000;
  private static final Path DOCS = Document.ROOT.resolve("docs");
  private static final List<String> NAMES =
      List.of(
          "getting-started",
          "choosing-a-backend",
          "the-program",
          "architecture",
          "callbacks",
          "convolution",
          "dl4j",
          "formats",
          "functional",
          "layers",
          "losses-and-metrics",
          "optimizers",
          "reliability",
          "training",
          "troubleshooting",
          "your-own-data");
  private static final Pattern NUMBER = Pattern.compile("[-+]?\\d[\\d.,:]*(e[-+]?\\d+)?");
  private static final Pattern FILE =
      Pattern.compile("(?<= )[\\w./]+\\.(npz|npy|json|csv|yaml)|(?<=--out )\\S+|(?<= )runs/\\S+");

  @TempDir static Path folder;

  @BeforeAll
  static void writeDigits() throws IOException {
    Path mnist = Files.createDirectories(folder.resolve("data/mnist"));
    write(mnist, "train", GeneratedDigits.train(1), TRAIN);
    write(mnist, "t10k", GeneratedDigits.test(1), TEST);
    OwnTables.iris(folder.resolve("iris.csv"));
    Files.writeString(
        folder.resolve("new.csv"),
        """
        sepal_length,sepal_width,petal_length,petal_width
        5.1,3.4,1.5,0.2
        6.0,2.9,4.5,1.5
        """);
    Files.writeString(
        folder.resolve("red.csv"),
        "sepal_length,sepal_width,petal_length,petal_width\nred,3.4,1.5,0.2\n");
  }

  private static void write(Path mnist, String set, Dataset digits, int count) throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + count * 784);
    images.putInt(0x803).putInt(count).putInt(28).putInt(28);
    images.put(digits.source().rows(0, count).bytes());
    Files.write(mnist.resolve(set + "-images-idx3-ubyte"), images.array());
    ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x801).putInt(count);
    for (int i = 0; i < count; i++) {
      labels.put((byte) digits.sourceLabels().get(i));
    }
    Files.write(mnist.resolve(set + "-labels-idx1-ubyte"), labels.array());
  }

  @TestFactory
  Stream<DynamicTest> javaAndCommands_ofTheDocuments_runAndPrintWhatStandsThere() {
    return NAMES.stream().flatMap(name -> tests(name, new Document(DOCS.resolve(name + ".md"))));
  }

  private static Stream<DynamicTest> tests(String name, Document document) {
    List<DynamicTest> tests = new ArrayList<>();
    List<Block> blocks = document.blocks();
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      Block next = i + 1 < blocks.size() ? blocks.get(i + 1) : null;
      boolean prints = next != null && next.language().equals("text");
      String title = name + ".md, line " + block.line();
      switch (block.language()) {
        case "java" ->
            tests.add(
                DynamicTest.dynamicTest(
                    title, () -> java(block, prints ? next.lines() : List.of())));
        case "yaml" ->
            tests.add(
                DynamicTest.dynamicTest(
                    title,
                    () ->
                        NetworkFile.read(
                            Files.writeString(folder.resolve("read.yaml"), block.text()))));
        case "console" -> tests.add(DynamicTest.dynamicTest(title, () -> console(block)));
        case "text" -> {
          if (i == 0 || !blocks.get(i - 1).language().equals("java")) {
            tests.add(DynamicTest.dynamicTest(title, () -> inTheSources(block)));
          }
        }
        default -> throw new IllegalArgumentException(title + ": " + block.language());
      }
    }
    for (Block column : document.sinterColumns()) {
      String title = name + ".md, line " + column.line();
      tests.add(DynamicTest.dynamicTest(title, () -> java(column, List.of())));
    }
    return tests.stream();
  }

  private static void java(Block block, List<String> expected) throws Exception {
    String options = "MnistOptions.defaults().dataDir(java.nio.file.Path.of(\"";
    String data = folder.resolve("data").toString().replace("\\", "\\\\");
    String code =
        block
            .text()
            .replace("Mnist.load()", "Mnist.load(dev.sinter.datasets." + options + data + "\")))")
            .replaceAll("Fit\\.epochs\\(\\d+\\)", "Fit.epochs(1)")
            .replaceAll(
                "\"(best\\.npz|history\\.csv|logs)\"",
                Matcher.quoteReplacement(
                        "\"" + folder.resolve("x").toString().replace("\\", "\\\\"))
                    + "-$1\"");
    String table = folder.resolve("iris.csv").toString().replace("\\", "\\\\");
    String printed = Snippet.run(code.replace("\"iris.csv\"", "\"" + table + "\""), folder);
    if (expected.isEmpty()) {
      assertThat(printed).doesNotContain(": expected ");
    }
    assertLines(printed, expected, false);
  }

  private static void console(Block block) throws Exception {
    List<String> lines = block.lines();
    assertThat(lines.get(0)).startsWith("$ scripts/sinter ");
    List<String> expected = lines.subList(1, lines.size());
    boolean fails = !expected.isEmpty() && expected.get(0).startsWith("sinter: ");
    String command = lines.get(0).replaceFirst("^\\$ scripts/sinter ", "");
    AtomicInteger code = new AtomicInteger();
    String printed =
        Snippet.captured(() -> code.set(Main.run(arguments(command))))
            .replace(folder + "/", "")
            .replace(folder + "\\", "");
    assertThat(code.get() != 0).as("exit code %d: %s", code.get(), printed).isEqualTo(fails);
    boolean numbers = fails || !command.startsWith("train");
    assertLines(printed, expected, !numbers);
  }

  /** The command's words, with its data, its length and its files made smaller. */
  private static String[] arguments(String command) {
    String small = FILE.matcher(command).replaceAll(file -> quote(folder.resolve(file.group())));
    List<String> words = new ArrayList<>(Arrays.asList(small.split(" ")));
    boolean reads = List.of("train", "data").contains(words.get(0));
    if (reads && Stream.of("--data", "--generated", "--x").noneMatch(words::contains)) {
      words.addAll(List.of("--data", folder.resolve("data").toString()));
    }
    if (words.get(0).equals("train")) {
      words.addAll(List.of("--epochs", "1", "--offline"));
    }
    int seconds = words.indexOf("--seconds");
    if (seconds > 0) {
      words.set(seconds + 1, "0.1");
      words.addAll(List.of("--data", folder.resolve("data").toString()));
    }
    return words.toArray(String[]::new);
  }

  private static String quote(Path path) {
    return Matcher.quoteReplacement(path.toString());
  }

  private static void assertLines(String printed, List<String> expected, boolean anyNumbers) {
    List<String> actual = printed.lines().map(line -> plain(line, anyNumbers)).toList();
    int at = 0;
    Pattern before = null;
    for (String line : expected) {
      Pattern wanted = wildcards(plain(line, anyNumbers));
      if (before != null && wanted.pattern().equals(before.pattern())) {
        continue; // another epoch
      }
      while (at < actual.size() && !wanted.matcher(actual.get(at)).matches()) {
        at++;
      }
      assertThat(at).as("%s%nis not, or not here, in%n%s", line, printed).isLessThan(actual.size());
      at++;
      before = wanted;
    }
  }

  private static String plain(String line, boolean anyNumbers) {
    if (!anyNumbers) {
      return line.stripTrailing();
    }
    String device = line.replaceFirst(": \\w+ on .*, (\\d+ samples)$", ": BACKEND, $1");
    return NUMBER
        .matcher(device)
        .replaceAll("#")
        .replaceAll("#(us|ms|s)/step", "#/step")
        .replaceAll(" +", " ");
  }

  private static Pattern wildcards(String line) {
    return Pattern.compile(
        Arrays.stream(line.split("\\.\\.\\.", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*")));
  }

  /** Each piece between "..." must stand in a source file, a script or a build file. */
  private static void inTheSources(Block block) throws IOException {
    StringBuilder sources = new StringBuilder();
    for (Path file : sourceFiles()) {
      sources.append(Files.readString(file).replaceAll("\"\\s*\\+\\s*\"", "")).append('\n');
    }
    String all = sources.toString();
    for (String line : block.lines()) {
      for (String piece : line.split("\\.\\.\\.")) {
        assertThat(all.contains(piece.strip().replace("\"", "\\\"")))
            .as("a source with: %s", piece.strip())
            .isTrue();
      }
    }
  }

  private static List<Path> sourceFiles() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String place :
        List.of(
            "engine/core/src/main",
            "engine/datasets/src/main",
            "engine/tools/src/main",
            "engine/onednn/src/main",
            "engine/nd4j/src/main",
            "engine/cuda/src/main",
            "scripts")) {
      try (Stream<Path> walk = Files.walk(Document.ROOT.resolve(place))) {
        walk.filter(Files::isRegularFile)
            .filter(file -> file.toString().matches(".*(\\.java|[/\\\\]sinter)"))
            .forEach(files::add);
      }
    }
    return files;
  }

  @Test
  void links_ofAllDocuments_leadToFilesAndHeadings() throws IOException {
    for (Path file : allDocuments()) {
      Document document = new Document(file);
      for (Link link : document.links()) {
        Path target = link.path().isEmpty() ? file : file.resolveSibling(link.path());
        assertThat(target).as("%s, line %d", file, link.line()).exists();
        if (link.anchor() != null) {
          assertThat(new Document(target).anchors())
              .as("%s, line %d: headings of %s", file, link.line(), target)
              .contains(link.anchor());
        }
      }
    }
  }

  @Test
  void lines_ofAllDocuments_fitTheirLimits() throws IOException {
    for (Path file : allDocuments()) {
      List<String> lines = Files.readAllLines(file);
      for (int i = 0; i < lines.size(); i++) {
        assertThat(lines.get(i).length()).as("%s, line %d", file, i + 1).isLessThanOrEqualTo(140);
      }
    }
    assertThat(Files.readAllLines(Document.ROOT.resolve("README.md")))
        .hasSizeLessThanOrEqualTo(110);
  }

  private static List<Path> allDocuments() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String name : List.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md")) {
      files.add(Document.ROOT.resolve(name));
    }
    Path examples = Document.ROOT.resolve("examples/README.md");
    if (Files.exists(examples)) {
      files.add(examples);
    }
    try (Stream<Path> docs = Files.list(DOCS)) {
      docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
    }
    return files;
  }

  @Test
  void options_ofTheDocuments_exist() throws IOException {
    String builds =
        Files.readString(Document.ROOT.resolve("pom.xml"))
            + Files.readString(Document.ROOT.resolve("cpu-profile/pom.xml"));
    for (String name : NAMES) {
      String text = new Document(DOCS.resolve(name + ".md")).text();
      Matcher property = Pattern.compile("-D([\\w.]+\\w)").matcher(text);
      while (property.find()) {
        assertThat(builds).contains(property.group(1));
      }
      Matcher folded = Pattern.compile("`scripts/sinter ([^`]+)`").matcher(text);
      while (folded.find()) {
        assertThat(
                List.of(
                    "info",
                    "init",
                    "bench",
                    "data",
                    "summary",
                    "train",
                    "predict",
                    "evaluate",
                    "plot",
                    "runs",
                    "dashboard"))
            .contains(folded.group(1).split(" ")[0]);
      }
    }
  }
}
