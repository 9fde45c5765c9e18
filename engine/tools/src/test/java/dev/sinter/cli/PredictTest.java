package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.Functional;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Npy;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Add;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.layers.Node;
import dev.sinter.recipes.Recipe;
import dev.sinter.saving.Formats;
import dev.sinter.saving.SavedModel;
import dev.sinter.testkit.IdxFiles;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sinter predict}: samples from files of each kind, as a table and as JSON. */
class PredictTest {
  @TempDir Path folder;

  private Path save(Model model, String note) {
    SavedModel saved = model.saved();
    Path file = folder.resolve("model.toy");
    Formats.model(file).write(file, note == null ? saved : saved.note("recipe", note));
    return file;
  }

  private Path save(String recipe) {
    try (Model model = Recipe.of(recipe).model(8)) {
      return save(model, recipe);
    }
  }

  private static CliRun predict(Path model, Object... more) {
    Object[] arguments = {"predict", model, "--backend", "reference"};
    return CliRun.of(Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray());
  }

  /** Returns all rows by --json. */
  private JsonNode rows(Path model, Object... more) {
    Path json = folder.resolve("p.json");
    CliRun run =
        predict(model, Stream.concat(Stream.of("--json", json), Arrays.stream(more)).toArray());
    assertThat(run.succeeded().out()).isEmpty();
    return CliRun.json(json).path("rows");
  }

  private static Tensor digits(int count) {
    byte[] idx = TinyMnist.images(count, 5);
    return Tensor.ofBytes(Arrays.copyOfRange(idx, 16, idx.length), count, 28, 28);
  }

  private Path png(String name, int type, int width, int height, Color paper, Color ink)
      throws IOException {
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D pen = image.createGraphics();
    pen.setColor(paper);
    pen.fillRect(0, 0, width, height);
    pen.setColor(ink);
    pen.fillRect(width / 2 - width / 16, height / 8, width / 8, height * 3 / 4); // a one
    pen.dispose();
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private static void assertOutputs(JsonNode rows, Tensor expected) {
    assertThat(rows).hasSize(expected.dimension(0));
    for (int row = 0; row < rows.size(); row++) {
      JsonNode outputs = rows.get(row).path("outputs");
      assertThat(outputs).hasSize(expected.rowSize());
      assertThat(rows.get(row).path("row").intValue()).isEqualTo(row);
      for (int i = 0; i < expected.rowSize(); i++) {
        assertThat(outputs.get(i).floatValue())
            .isEqualTo(expected.get(row * expected.rowSize() + i));
      }
    }
  }

  @Test
  void model_withABranch_isNoChain() throws IOException {
    Node input = Input.of(4);
    Node first = new Dense(4, "relu").apply(input);
    Node sum = new Add().apply(first, new Dense(4, "relu").apply(first));
    Path file = folder.resolve("model.keras");
    Path samples = folder.resolve("x.npy");
    Tensor x = Tensor.of(TinyMnist.samples(3, 4), 3, 4);
    Npy.write(samples, x);
    try (Model model = Functional.of(input, sum)) {
      Formats.model(file).write(file, model.saved());
      assertOutputs(rows(file, samples), model.backend("reference").predict(Dataset.of(x)));
    }
  }

  /** The same digits as IDX, packed IDX, bytes and numbers, against the model itself. */
  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void samples_ofEachKind_arePreparedAsTheRecipeDoes(String name) throws IOException {
    Recipe recipe = Recipe.of(name);
    Tensor digits = digits(5);
    Path model = save(name);
    Dataset prepared = recipe.fromImages(digits);
    Tensor expected;
    try (Model same = Model.of(ModelFile.read(model))) {
      expected = same.backend("reference").predict(prepared);
    }
    Path idx = Files.write(folder.resolve("t10k-images-idx3-ubyte"), TinyMnist.images(5, 5));
    Path gz = Files.write(folder.resolve("x.gz"), IdxFiles.gzip(TinyMnist.images(5, 5)));
    Path bytes = folder.resolve("bytes.npy");
    Npy.write(bytes, digits);
    Path numbers = folder.resolve("numbers.npy");
    Npy.write(
        numbers, prepared.x().type() == Tensor.Type.UINT8 ? asFloats(prepared) : prepared.x());
    for (Path input : List.of(idx, gz, bytes, numbers, csv(asFloats(prepared)))) {
      assertOutputs(rows(model, input), expected);
    }
  }

  private static Tensor asFloats(Dataset samples) {
    return Tensor.of(samples.x().toFloats(), samples.size(), samples.x().rowSize());
  }

  private Path csv(Tensor numbers) throws IOException {
    StringBuilder text = new StringBuilder("first;\"the, second\"\n".replace(';', ','));
    for (float[] row : numbers.toRows()) {
      for (int i = 0; i < row.length; i++) {
        text.append(i == 0 ? "" : ", ").append(row[i]);
      }
      text.append("\r\n");
    }
    return Files.writeString(folder.resolve("samples.csv"), text);
  }

  @Test
  void image_of28By28_isTakenAsItIs() throws IOException {
    Path model = save("mnist-dense");
    Tensor digit = digits(1);
    BufferedImage image = new BufferedImage(28, 28, BufferedImage.TYPE_BYTE_GRAY);
    image.getRaster().setDataElements(0, 0, 28, 28, digit.bytes());
    Path light = folder.resolve("light.png");
    ImageIO.write(image, "png", light.toFile());
    byte[] inverse = digit.bytes().clone();
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = (byte) (255 - (inverse[i] & 0xFF));
    }
    image.getRaster().setDataElements(0, 0, 28, 28, inverse);
    Path dark = folder.resolve("dark.PNG");
    ImageIO.write(image, "png", dark.toFile());
    assertThat(PngDigit.read(light)).isEqualTo(digit);
    assertThat(PngDigit.read(dark)).isEqualTo(digit);
    JsonNode rows = rows(model, light, dark);
    assertThat(rows.get(0).path("file").textValue()).isEqualTo(light.toString());
    assertThat(rows.get(1).path("outputs")).isEqualTo(rows.get(0).path("outputs"));
  }

  /** Sizes, colours and transparency make no difference: a stroke of 20 pixels, in the middle. */
  @Test
  void images_ofOtherSizes_arePreparedAsMnistWas() throws IOException {
    int grey = BufferedImage.TYPE_BYTE_GRAY;
    int rgb = BufferedImage.TYPE_INT_RGB;
    int argb = BufferedImage.TYPE_INT_ARGB;
    Color none = new Color(0, 0, 0, 0);
    Tensor first = PngDigit.read(png("a.png", grey, 160, 160, Color.WHITE, Color.BLACK));
    assertThat(first.shape()).containsExactly(1, 28, 28);
    assertThat(first.get(14 * 28 + 14)).isEqualTo(255);
    assertThat(first.get(2 * 28 + 14)).isZero();
    assertThat(first.get(0)).isZero();
    for (Path other :
        List.of(
            png("b.png", grey, 160, 160, Color.BLACK, Color.WHITE),
            png("c.png", rgb, 160, 160, Color.WHITE, new Color(20, 20, 160)),
            png("d.png", rgb, 160, 160, new Color(40, 40, 40), Color.YELLOW),
            png("e.png", argb, 160, 160, none, Color.BLACK),
            png("f.png", argb, 160, 160, none, Color.WHITE),
            png("g.png", grey, 320, 320, Color.WHITE, Color.BLACK),
            png("h.png", BufferedImage.TYPE_USHORT_GRAY, 160, 160, Color.WHITE, Color.BLACK))) {
      Tensor digit = PngDigit.read(other);
      for (int i = 0; i < digit.size(); i++) {
        assertThat(digit.get(i)).as("%s, pixel %s", other, i).isCloseTo(first.get(i), within(1f));
      }
    }
  }

  @Test
  void image_ofOneColour_isRefused() throws IOException {
    Path file = png("a.png", BufferedImage.TYPE_BYTE_GRAY, 40, 40, Color.WHITE, Color.WHITE);
    predict(save("mnist-dense"), file).refused("a.png: expected a digit", "about one colour");
  }

  /** Declares 100 000 x 100 000 pixels; decoded, they would take 10 GB. */
  @Test
  void image_tooLarge_isRefusedBeforeItIsDecoded() throws IOException {
    Path file = png("a.png", BufferedImage.TYPE_BYTE_GRAY, 40, 40, Color.WHITE, Color.BLACK);
    byte[] bytes = Files.readAllBytes(file);
    ByteBuffer.wrap(bytes, 16, 8).putInt(100_000).putInt(100_000);
    CRC32 crc = new CRC32();
    crc.update(bytes, 12, 17);
    ByteBuffer.wrap(bytes, 29, 4).putInt((int) crc.getValue());
    Files.write(file, bytes);
    predict(save("mnist-dense"), file)
        .refused("a.png: expected an image of at most 2048 x 2048", "100000 x 100000");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 20, 50, 60})
  void image_damaged_isRefused(int length) throws IOException {
    Path file = png("a.png", BufferedImage.TYPE_BYTE_GRAY, 40, 40, Color.WHITE, Color.BLACK);
    Files.write(file, Arrays.copyOf(Files.readAllBytes(file), length));
    predict(save("mnist-dense"), file).refused("a.png: expected a PNG image, received ");
  }

  @Test
  void table_showsTheFirstRowsOfEachFile() throws IOException {
    Path model = save("mnist-dense");
    Path many = Files.write(folder.resolve("many.idx"), TinyMnist.images(23, 5));
    Path one = Files.write(folder.resolve("one.idx"), TinyMnist.images(1, 5));
    CliRun run = predict(model, many, one).succeeded();
    assertThat(run.out())
        .contains("recipe mnist-dense, as the file says", "┃ prediction ┃ probability ┃")
        .contains("many.idx", " 19 │", "one.idx", many + ": 3 more rows; --all prints them")
        .doesNotContain(" 20 │");
    assertThat(run.lines()).allSatisfy(line -> assertThat(line.length()).isLessThan(140));
    CliRun all = predict(model, many, one, "--all").succeeded();
    assertThat(all.out()).contains(" 22 │").doesNotContain("more rows");
  }

  @Test
  void digits01_table_hasTheProbabilityOfAOne() throws IOException {
    Path idx = Files.write(folder.resolve("x.idx"), TinyMnist.images(2, 5));
    Path model = save("digits01");
    CliRun run = predict(model, idx).succeeded();
    assertThat(run.out()).contains("probability of a one").doesNotContain("┃ 0 ");
    for (JsonNode row : rows(model, idx)) {
      double one = row.path("outputs").get(0).doubleValue();
      assertThat(row.path("probability").doubleValue()).isEqualTo(one);
      assertThat(row.path("prediction").intValue()).isEqualTo(one > 0.5 ? 1 : 0);
    }
  }

  @Test
  void otherOutputs_areTheNumbers() throws IOException {
    Path csv = Files.writeString(folder.resolve("x.csv"), "1,2\n-3e-1,.5\n");
    Path model;
    try (Model own = Sequential.of(new Input(2), new Dense(2))) {
      own.build(2);
      own.setWeights(
          List.of(Tensor.of(new float[] {1, 0, 0, 2}, 2, 2), Tensor.of(new float[2], 2)));
      model = save(own, null);
    }
    CliRun run = predict(model, csv).succeeded();
    assertThat(run.out())
        .contains("no recipe has samples of 2 features", " outputs ")
        .containsPattern("1\\.00000 +4\\.00000")
        .containsPattern("-0\\.300000 +1\\.00000")
        .doesNotContain("prediction");
    JsonNode row = rows(model, csv).get(1);
    assertThat(row.fieldNames()).toIterable().containsExactly("file", "row", "outputs");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x.csv  | '1,2,3'             | x.csv, line 1: expected 2 numbers
          x.csv  | '1,2\n\n3,x'        | 'x.csv, line 3, column 2: expected a number, received "x"'
          x.csv  | '1,2\n1,1e99'       | received "1e99"
          x.csv  | 'a,b\n\n'           | at least one row of numbers
          x.csv  | ''                  | at least one row of numbers
          x.txt  | '1,2'               | .png, .npy, .csv
          x.npy  | '1,2'               | x.npy: expected
          x.idx  | '1,2'               | x.idx: expected
          """)
  void input_thatDoesNotFit_isRefused(String name, String text, String message) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text.replace("\\n", "\n"));
    try (Model own = Sequential.of(new Input(2), new Dense(2))) {
      predict(save(own, null), file).refused(message);
    }
  }

  @Test
  void samples_ofAnotherWidth_areRefused() throws IOException {
    Path model = save("mnist-dense");
    Path x = TinyMnist.npy(folder.resolve("X.npy"), TinyMnist.samples(3, 6), 3, 6);
    predict(model, x).refused("X.npy: expected samples of 784 features", "received [3, 6]");
    Path labels = Files.write(folder.resolve("labels-ubyte"), TinyMnist.labels(5));
    predict(model, labels).refused("labels-ubyte: expected IDX images, received IDX labels");
    Path flat = TinyMnist.npy(folder.resolve("flat.npy"), new float[784], 784);
    predict(model, flat).refused("flat.npy: expected samples [N, features]", "[784]");
    predict(model, folder.resolve("none.png")).refused("none.png: expected a PNG", "no such file");
    predict(model, folder).refused("expected samples in a file");
  }

  @Test
  void input_missing_isRefused() {
    CliRun run = CliRun.of("predict", save("mnist-dense"));
    assertThat(run.code()).isEqualTo(Main.USAGE);
    assertThat(run.err()).contains("Missing required parameter: 'INPUT'");
  }
}
