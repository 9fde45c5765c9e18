package dev.sinter.cli;

import static dev.sinter.cli.TinyMnist.TEST_IMAGES;
import static dev.sinter.cli.TinyMnist.TEST_LABELS;
import static dev.sinter.cli.TinyMnist.TRAIN_IMAGES;
import static dev.sinter.cli.TinyMnist.TRAIN_LABELS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.testkit.IdxFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Missing or incomplete data folders: exit code 2, the file named, nothing written. */
class MnistFilesErrorTest {
  @TempDir Path folder;
  private Path data;
  private Path mnist;
  private Path out;

  @BeforeEach
  void prepare() {
    data = TinyMnist.write(folder.resolve("data"));
    mnist = data.resolve("mnist");
    out = folder.resolve("out");
  }

  @AfterEach
  void nothingWasWritten() {
    assertThat(out).doesNotExist();
  }

  private CliRun train() {
    return train("mnist-dense", data);
  }

  private CliRun train(String recipe, Path named) {
    return CliRun.train(recipe, "--data", named, "--out", out, "--epochs", 1);
  }

  private Path rewrite(String name, byte[] content) throws IOException {
    return Files.write(mnist.resolve(name), content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void data_missingFolder_namesOptionFolderAndFiles(String recipe) {
    train(recipe, folder.resolve("nowhere"))
        .refused(
            "--data " + folder.resolve("nowhere"),
            "expected the files",
            TRAIN_IMAGES,
            TEST_LABELS,
            "received no such folder",
            "name the folder that holds mnist/");
  }

  @Test
  void data_folderWithoutMnist_refused() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    train("mnist-dense", empty).refused("--data " + empty, "received no such folder");
    CliRun.of("data", "mnist-dense", "--offline", "--data", empty).refused("--data " + empty);
  }

  @Test
  void data_file_refused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    train("mnist-dense", file).refused("--data " + file, "no such folder");
  }

  @ParameterizedTest
  @ValueSource(strings = {TRAIN_IMAGES, TRAIN_LABELS, TEST_IMAGES + ".gz", TEST_LABELS})
  void data_oneFileMissing_namesIt(String name) throws IOException {
    Files.delete(mnist.resolve(name));
    train().refused("received a folder without " + name.replace(".gz", "") + ".");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 10, 16, 5000})
  void images_truncated_namesFileAndSizes(int length) throws IOException {
    Path file = rewrite(TRAIN_IMAGES, Arrays.copyOf(TinyMnist.images(200, 1), length));
    train().refused(file + ": expected ", "received ", "Get the file again.");
  }

  @Test
  void labels_trailingBytes_refused() throws IOException {
    Path file = rewrite(TRAIN_LABELS, Arrays.copyOf(TinyMnist.labels(200), 300));
    train().refused(file.toString(), "200 bytes of data for shape [200]", "trailing bytes");
  }

  @Test
  void images_wrongMagic_shown() throws IOException {
    byte[] content = TinyMnist.images(200, 1);
    content[2] = 0x0D; // float32
    Path file = rewrite(TRAIN_IMAGES, content);
    train().refused(file + ": expected magic 0x00000803", "received 0x00000D03");
  }

  @Test
  void images_gzipDamaged_refused() throws IOException {
    byte[] content = IdxFiles.gzip(TinyMnist.images(50, 2));
    content[content.length / 2] ^= 0x55;
    Path file = rewrite(TEST_IMAGES + ".gz", content);
    train().refused(file + ": expected ", "Get the file again.");
  }

  @Test
  void images_gzipTruncated_refused() throws IOException {
    byte[] content = IdxFiles.gzip(TinyMnist.images(50, 2));
    Path file = rewrite(TEST_IMAGES + ".gz", Arrays.copyOf(content, content.length - 20));
    train().refused(file + ": expected a complete gzip file", "ends early");
  }

  @Test
  void labels_otherCountThanImages_namesSetAndCounts() throws IOException {
    rewrite(TRAIN_LABELS, TinyMnist.labels(199));
    train()
        .refused(mnist + ", training set: expected 200 labels, one per image, received 199. ")
        .refused("Use files that belong together");
  }

  @Test
  void files_imagesAndLabelsExchanged_refused() throws IOException {
    rewrite(TRAIN_IMAGES, TinyMnist.labels(200));
    rewrite(TRAIN_LABELS, TinyMnist.images(200, 1));
    train().refused("training set: expected images [N, rows, columns]", "swapped");
  }

  @Test
  void labels_tenInTraining_namesRowAndLayer() throws IOException {
    byte[] labels = TinyMnist.labels(200);
    labels[8 + 7] = 10;
    rewrite(TRAIN_LABELS, labels);
    train().refused("fit, label 7: expected a class from 0 to 9, as layer dense_1", "received 10.");
    train("mnist-sigmoid", data).refused("label 7", "from 0 to 9", "received 10");
  }

  /** Detected before the training, not after hours of it. */
  @Test
  void labels_tenInTest_refusedBeforeTraining() throws IOException {
    byte[] labels = TinyMnist.labels(50);
    labels[8 + 7] = 10;
    rewrite(TEST_LABELS, labels);
    CliRun run = train().refused("label 7", "from 0 to 9", "received 10");
    assertThat(run.out()).doesNotContain("Epoch");
  }

  @Test
  void labels_withoutOnes_refusedByDigits01() throws IOException {
    byte[] labels = TinyMnist.labels(200);
    for (int i = 8; i < labels.length; i++) {
      labels[i] = labels[i] == 1 ? 2 : labels[i];
    }
    rewrite(TRAIN_LABELS, labels);
    train("digits01", data).refused("digits01, training set: expected zeros and ones", "label 1");
  }
}
