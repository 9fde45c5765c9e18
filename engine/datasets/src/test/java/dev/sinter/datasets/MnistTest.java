package dev.sinter.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.LoopbackServer.Reply;
import dev.sinter.errors.InputException;
import dev.sinter.testkit.IdxFiles;
import dev.sinter.testkit.TestData;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Five training and three test images replace MNIST; all traffic stays on 127.0.0.1. */
@Timeout(30)
class MnistTest {
  private static final byte[] TRAIN_IMAGES = IdxFiles.idx(5, 28, 28);
  private static final byte[] TRAIN_LABELS = IdxFiles.idx(5);
  private static final byte[] TEST_IMAGES = IdxFiles.idx(3, 28, 28);
  private static final byte[] TEST_LABELS = IdxFiles.idx(3);
  private static final MnistFiles FILES =
      new MnistFiles(
          file("train-images-idx3-ubyte", TRAIN_IMAGES),
          file("train-labels-idx1-ubyte", TRAIN_LABELS),
          file("t10k-images-idx3-ubyte", TEST_IMAGES),
          file("t10k-labels-idx1-ubyte", TEST_LABELS));
  private static final MnistOptions OFFLINE = MnistOptions.defaults().offline(true);

  @TempDir Path folder;
  private Path cache;
  private Path keras;
  private Path torchvision;

  @BeforeEach
  void namePlaces() {
    cache = folder.resolve("cache");
    keras = folder.resolve("mnist.npz");
    torchvision = folder.resolve("raw");
  }

  @Test
  void namedFolder_withMnistInside_read() throws IOException {
    fill(folder.resolve("data/mnist"), true);
    Mnist mnist = load(OFFLINE.dataDir(folder.resolve("data")));
    assertSmallSet(mnist);
    assertThat(mnist.note()).isEqualTo("MNIST from " + folder.resolve("data/mnist"));
  }

  @Test
  void namedFolder_ofTheFilesThemselvesPlain_read() throws IOException {
    fill(folder.resolve("data"), false);
    assertSmallSet(load(OFFLINE.dataDir(folder.resolve("data"))));
  }

  @Test
  void namedFolder_byEnvironment_readBeforeTheCache() throws IOException {
    fill(folder.resolve("data/mnist"), true);
    fill(cache.resolve("mnist"), true);
    SearchPaths places =
        new SearchPaths(
            folder.resolve("data"), cache, keras, List.of(), List.of(), FILES, DownloadTest.QUICK);
    assertThat(Mnist.load(OFFLINE, places).note()).contains("data/mnist");
  }

  @Test
  void namedFolder_withoutFiles_refusedNamingThem() throws IOException {
    Path data = folder.resolve("data");
    assertThatThrownBy(() -> load(OFFLINE.dataDir(data)))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("data folder", "train-images-idx3-ubyte", "no such folder");
    fill(data.resolve("mnist"), true);
    Files.delete(data.resolve("mnist/t10k-labels-idx1-ubyte.gz"));
    assertThatThrownBy(() -> load(OFFLINE.dataDir(data)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a folder without t10k-labels-idx1-ubyte.");
  }

  @Test
  void namedFolder_withOwnData_readWithoutComparingDigests() throws IOException {
    Path data = folder.resolve("data");
    fill(data, true);
    Files.write(data.resolve("t10k-images-idx3-ubyte.gz"), IdxFiles.idx(2, 28, 28));
    Files.write(data.resolve("t10k-labels-idx1-ubyte.gz"), IdxFiles.idx(2));
    assertThat(load(OFFLINE.dataDir(data)).test().size()).isEqualTo(2);
  }

  @Test
  void namedFolder_whoseFilesDoNotFit_refused() throws IOException {
    Path data = folder.resolve("data");
    fill(data, true);
    Path labels = data.resolve("t10k-labels-idx1-ubyte.gz");
    Files.write(labels, IdxFiles.idx(2));
    assertRefused(data, "3 labels, one per image, received 2");
    Files.write(labels, TEST_IMAGES);
    assertRefused(data, "labels [N]");
    Files.write(labels, new byte[100]);
    assertRefused(data, "magic");
    Files.write(labels, TEST_LABELS);
    Files.write(data.resolve("t10k-images-idx3-ubyte.gz"), IdxFiles.idx(3, 20, 20));
    assertRefused(data, "test images of [28, 28]");
    Files.write(labels, IdxFiles.idx(0));
    Files.write(data.resolve("t10k-images-idx3-ubyte.gz"), IdxFiles.idx(0, 28, 28));
    assertRefused(data, "N at least 1");
  }

  @Test
  void cache_intact_read() throws IOException {
    fill(cache.resolve("mnist"), true);
    assertSmallSet(load(OFFLINE));
  }

  @Test
  void torchvisionFolder_intact_read() throws IOException {
    fill(torchvision, false);
    assertSmallSet(load(OFFLINE));
  }

  @Test
  void kerasArchive_intact_read() {
    writeKeras(Tensor.ofBytes(new byte[] {0, 1, 2}, 3));
    Mnist mnist = load(OFFLINE);
    assertSmallSet(mnist);
    assertThat(mnist.note()).contains("mnist.npz");
  }

  @Test
  void kerasArchive_withOtherData_ignoredWithANote() {
    writeKeras(Tensor.ofBytes(new byte[] {0, 1, 3}, 3));
    Mnist mnist = load(OFFLINE);
    assertThat(mnist.source()).isEqualTo("generated");
    assertThat(mnist.note()).contains("ignored " + keras, "entry y_test");
  }

  @Test
  void cache_damaged_ignoredAndDownloadedAgain() throws IOException {
    fill(cache.resolve("mnist"), true);
    Path damaged = cache.resolve("mnist/t10k-images-idx3-ubyte.gz");
    Files.write(damaged, new byte[10]);
    try (LoopbackServer server = mirror()) {
      Mnist mnist = load(MnistOptions.defaults(), server.folder());
      assertSmallSet(mnist);
      assertThat(mnist.note()).contains("downloaded to").contains("ignored " + damaged);
      assertThat(server.requests())
          .extracting(LoopbackServer.Request::path)
          .containsExactly("/mnist/t10k-images-idx3-ubyte.gz");
    }
    assertThat(load(OFFLINE).note()).isEqualTo("MNIST from " + cache.resolve("mnist"));
  }

  @Test
  void nothingOnDisk_downloadedOnceIntoTheCache() throws IOException {
    try (LoopbackServer server = mirror()) {
      assertSmallSet(load(MnistOptions.defaults(), server.folder()));
      assertSmallSet(load(MnistOptions.defaults(), server.folder()));
      assertThat(server.requests()).hasSize(4);
    }
  }

  @Test
  void network_failing_givesGeneratedDigitsAndOneLine() throws IOException {
    Mnist mnist = load(MnistOptions.defaults(), LoopbackServer.refusing());
    assertThat(mnist.source()).isEqualTo("generated");
    assertThat(mnist.train().size()).isEqualTo(60_000);
    assertThat(mnist.test().size()).isEqualTo(10_000);
    assertThat(mnist.note())
        .startsWith("Generated digits")
        .contains(cache.toString(), keras.toString(), "127.0.0.1: no connection")
        .doesNotContain("\n");
  }

  @Test
  void network_silent_givesGeneratedDigitsInBoundedTime() throws IOException {
    long start = System.nanoTime();
    try (LoopbackServer server = new LoopbackServer(request -> null)) {
      assertThat(load(MnistOptions.defaults(), server.folder()).source()).isEqualTo("generated");
    }
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void cache_thatCannotBeWritten_givesGeneratedDigits() throws IOException {
    Files.writeString(cache, "a file where the folder should be");
    try (LoopbackServer server = mirror()) {
      assertThat(load(MnistOptions.defaults(), server.folder()).source()).isEqualTo("generated");
    }
  }

  @Test
  void offline_withoutFiles_touchesNoNetwork() throws IOException {
    try (LoopbackServer server = mirror()) {
      assertThat(load(OFFLINE, server.folder()).note()).contains("not allowed (offline)");
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void generated_askedFor_generatedThoughFilesExist() throws IOException {
    fill(cache.resolve("mnist"), true);
    MnistOptions generated = OFFLINE.generated(true).seed(7);
    Mnist mnist = load(generated);
    assertThat(mnist.source()).isEqualTo("generated");
    assertThat(mnist.test().y()).isEqualTo(GeneratedDigits.test(7).y());
    assertThatThrownBy(() -> load(generated.dataDir(folder)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("both");
  }

  @Test
  void places_ofAnEnvironment_followItsVariables() {
    Path home = Path.of("/home/someone");
    SearchPaths plain =
        SearchPaths.of(Map.of("XDG_CACHE_HOME", "relative"), home, Path.of("/projects"));
    assertThat(plain.namedFolder()).isNull();
    assertThat(plain.cache()).isEqualTo(home.resolve(".cache/sinter"));
    assertThat(plain.torchvision()).contains(Path.of("/projects/data/MNIST/raw"));
    assertThat(plain.mirrors()).allMatch(mirror -> mirror.getScheme().equals("https"));
    String absolute = Path.of("/caches").toAbsolutePath().toString();
    SearchPaths named =
        SearchPaths.of(
            Map.of("XDG_CACHE_HOME", absolute, "SINTER_DATA", "../data"),
            home,
            Path.of("/projects/a"));
    assertThat(named.cache()).isEqualTo(Path.of(absolute, "sinter"));
    assertThat(named.namedFolder().normalize()).isEqualTo(Path.of("/projects/data"));
  }

  @Test
  void publishedFiles_inSinterData_areMnist() {
    Optional<Path> data = TestData.folder();
    Assumptions.assumeTrue(data.isPresent(), TestData.REASON);
    Mnist sets = MnistFiles.published().readVerified(data.get().resolve("mnist"), "");
    assertThat(sets.train().toString())
        .isEqualTo("Dataset[60000 x [28, 28] uint8, labels [60000]]");
    assertThat(sets.test().size()).isEqualTo(10_000);
    assertThat(sets.test().sourceLabels().get(0)).isEqualTo(7);
  }

  private void assertRefused(Path data, String part) {
    assertThatThrownBy(() -> load(OFFLINE.dataDir(data)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(data.toString())
        .hasMessageContaining(part);
  }

  private static void assertSmallSet(Mnist mnist) {
    assertThat(mnist.source()).isEqualTo("mnist");
    assertThat(mnist.train().x().shape()).containsExactly(5, 28, 28);
    assertThat(mnist.train().y()).isEqualTo(Tensor.ofBytes(new byte[] {0, 1, 2, 3, 4}, 5));
    assertThat(mnist.test().x().type()).isEqualTo(Tensor.Type.UINT8);
    assertThat(mnist.test().size()).isEqualTo(3);
  }

  private Mnist load(MnistOptions options, URI... mirrors) {
    return Mnist.load(
        options,
        new SearchPaths(
            null, cache, keras, List.of(torchvision), List.of(mirrors), FILES, DownloadTest.QUICK));
  }

  private void writeKeras(Tensor testLabels) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    arrays.put("x_test", images(3));
    arrays.put("x_train", images(5));
    arrays.put("y_train", Tensor.ofBytes(new byte[] {0, 1, 2, 3, 4}, 5));
    arrays.put("y_test", testLabels);
    Npz.write(keras, arrays);
  }

  private static Tensor images(int count) {
    byte[] pixels = new byte[count * 28 * 28];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) i;
    }
    return Tensor.ofBytes(pixels, count, 28, 28);
  }

  private static LoopbackServer mirror() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("/mnist/train-images-idx3-ubyte.gz", IdxFiles.gzip(TRAIN_IMAGES));
    files.put("/mnist/train-labels-idx1-ubyte.gz", IdxFiles.gzip(TRAIN_LABELS));
    files.put("/mnist/t10k-images-idx3-ubyte.gz", IdxFiles.gzip(TEST_IMAGES));
    files.put("/mnist/t10k-labels-idx1-ubyte.gz", IdxFiles.gzip(TEST_LABELS));
    return new LoopbackServer(request -> Reply.ranged(files.get(request.path()), request));
  }

  private static void fill(Path target, boolean zipped) throws IOException {
    Files.createDirectories(target);
    write(target, FILES.trainImages(), TRAIN_IMAGES, zipped);
    write(target, FILES.trainLabels(), TRAIN_LABELS, zipped);
    write(target, FILES.testImages(), TEST_IMAGES, zipped);
    write(target, FILES.testLabels(), TEST_LABELS, zipped);
  }

  private static void write(Path target, RemoteFile file, byte[] content, boolean zipped)
      throws IOException {
    Files.write(
        target.resolve(zipped ? file.zippedName() : file.name()),
        zipped ? IdxFiles.gzip(content) : content);
  }

  private static RemoteFile file(String name, byte[] content) {
    return new RemoteFile(
        name, content.length, HexFormat.of().formatHex(RemoteFile.newDigest().digest(content)));
  }
}
