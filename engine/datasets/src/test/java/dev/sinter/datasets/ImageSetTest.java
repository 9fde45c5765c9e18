package dev.sinter.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import dev.sinter.testkit.IdxFiles;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSetTest {
  @TempDir Path folder;

  private void image(String name, int width, int height, int type, Color colour)
      throws IOException {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int x = 0; x < width; x++) {
      for (int y = 0; y < height; y++) {
        image.setRGB(x, y, colour.getRGB());
      }
    }
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, name.substring(name.lastIndexOf('.') + 1), file.toFile());
  }

  private void refused(ImageSet.Size size, String... parts) {
    assertThatThrownBy(() -> ImageSet.ofFolders(folder, size))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void folders_ofColours_giveClassesByName() throws IOException {
    image("red/1.png", 3, 2, BufferedImage.TYPE_INT_RGB, Color.RED);
    image("blue/1.jpg", 3, 2, BufferedImage.TYPE_INT_RGB, Color.BLUE);
    image("blue/2.png", 3, 2, BufferedImage.TYPE_INT_ARGB, new Color(0, 0, 255, 0));
    Files.writeString(folder.resolve("red/.hidden"), "x");
    ImageSet set = ImageSet.ofFolders(folder, null);
    assertThat(set.classes()).containsExactly("blue", "red");
    assertThat(set.train().source().shape()).containsExactly(3, 2, 3, 3);
    assertThat(set.train().y().toFloats()).containsExactly(0, 0, 1);
    float[][] pixels = set.train().flatten().x().toRows();
    assertThat(pixels[0][2]).isGreaterThan(0.95f);
    assertThat(pixels[0][0]).isLessThan(0.05f);
    assertThat(pixels[1]).containsOnly(1); // transparent: white
    assertThat(pixels[2]).startsWith(1, 0, 0);
  }

  @Test
  void folders_ofGrayImages_haveOneChannelAndTheirLevels() throws IOException {
    BufferedImage gray = new BufferedImage(2, 1, BufferedImage.TYPE_BYTE_GRAY);
    gray.getRaster().setSample(0, 0, 0, 51);
    gray.getRaster().setSample(1, 0, 0, 102);
    Files.createDirectories(folder.resolve("a"));
    ImageIO.write(gray, "png", folder.resolve("a/1.png").toFile());
    image("b/1.png", 2, 1, BufferedImage.TYPE_INT_RGB, new Color(9, 9, 9));
    ImageSet set = ImageSet.ofFolders(folder, null);
    assertThat(set.train().source().shape()).containsExactly(2, 1, 2, 1);
    assertThat(set.train().source().toFloats()).containsExactly(51, 102, 9, 9);
    assertThat(ImagePixels.read(folder.resolve("b/1.png")).values()).containsExactly(9, 9);
    image("b/2.png", 2, 1, BufferedImage.TYPE_INT_RGB, new Color(7, 8, 9));
    ImageSet mixed = ImageSet.ofFolders(folder, null);
    assertThat(mixed.train().source().toFloats())
        .containsExactly(51, 51, 51, 102, 102, 102, 9, 9, 9, 9, 9, 9, 7, 8, 9, 7, 8, 9);
  }

  @Test
  void folders_resized_areMeansOverAreas() throws IOException {
    BufferedImage checked = new BufferedImage(4, 4, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 16; i++) {
      checked.getRaster().setSample(i % 4, i / 4, 0, 10 * i);
    }
    Files.createDirectories(folder.resolve("a"));
    ImageIO.write(checked, "png", folder.resolve("a/1.png").toFile());
    image("b/1.png", 3, 3, BufferedImage.TYPE_INT_RGB, Color.WHITE);
    ImageSet set = ImageSet.ofFolders(folder, new ImageSet.Size(2, 2));
    assertThat(set.train().source().toFloats())
        .containsExactly(25, 45, 105, 125, 255, 255, 255, 255);
  }

  @Test
  void folders_badFile_isRefusedByName() throws IOException {
    refused(null, folder.toString(), "0 folders");
    image("a/1.png", 2, 2, BufferedImage.TYPE_INT_RGB, Color.RED);
    image("b/2.png", 2, 3, BufferedImage.TYPE_INT_RGB, Color.RED);
    refused(null, "b/2.png: expected 2 x 2 pixels", "a/1.png", "received 3 x 2");
    Files.writeString(folder.resolve("b/notes.txt"), "no image");
    refused(new ImageSet.Size(2, 2), "b/notes.txt", "received another file");
    byte[] png = Files.readAllBytes(folder.resolve("a/1.png"));
    Files.write(folder.resolve("b/notes.txt"), Arrays.copyOf(png, 40));
    refused(new ImageSet.Size(2, 2), "b/notes.txt", "damage");
  }

  @Test
  void folders_classWithoutImagesOrWithFolders_isRefusedByName() throws IOException {
    image("a/1.png", 2, 2, BufferedImage.TYPE_INT_RGB, Color.RED);
    image("b/1.png", 2, 2, BufferedImage.TYPE_INT_RGB, Color.RED);
    Path other = Files.createDirectories(folder.resolve("__MACOSX"));
    Files.writeString(other.resolve("._1.png"), "x");
    refused(null, "__MACOSX: expected a folder of images", "received no image");
    Files.createDirectories(other.resolve("cats"));
    refused(null, "__MACOSX: expected a folder of images", "the folder cats in it");
  }

  private void idx(String start, String test, int classes) throws IOException {
    for (String part : new String[] {"train", test}) {
      byte[] images = IdxFiles.idx(2, 2, 3);
      Files.write(folder.resolve(start + part + "-images-idx3-ubyte.gz"), IdxFiles.gzip(images));
      ByteBuffer labels = ByteBuffer.allocate(10).putInt(0x801).putInt(2);
      labels.put((byte) 1).put((byte) classes);
      Files.write(folder.resolve(start + part + "-labels-idx1-ubyte"), labels.array());
    }
  }

  @Test
  void idx_ofEmnistLetters_isTurnedUprightAndCountsFromOne() throws IOException {
    idx("emnist-letters-", "test", 26);
    ImageSet set = ImageSet.ofIdx(folder);
    assertThat(set.train().source().shape()).containsExactly(2, 3, 2, 1);
    assertThat(set.train().source().toFloats()).startsWith(0, 3, 1, 4, 2, 5, 6, 9);
    assertThat(set.train().y().toFloats()).containsExactly(0, 25);
    assertThat(set.classes()).hasSize(26).startsWith("A", "B");
    assertThat(set.test()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({
    "emnist-balanced-, 46, 47, t",
    "emnist-byclass-, 61, 62, z",
    "emnist-digits-, 9, 10, 9",
    "'', 9, 10, 9"
  })
  void idx_ofEachSet_knowsItsClasses(String start, int last, int count, String name)
      throws IOException {
    idx(start, start.isEmpty() ? "t10k" : "test", last);
    assertThat(ImageSet.isIdx(folder)).isTrue();
    ImageSet set = ImageSet.ofIdx(folder);
    assertThat(set.classes()).hasSize(count).endsWith(name);
    assertThat(set.train().y().toFloats()).containsExactly(1, last);
  }

  @ParameterizedTest
  @CsvSource({
    "Fashion-MNIST, '', Ankle boot",
    "FashionMNIST/raw, '', Ankle boot",
    "x, fashion-mnist-, Ankle boot",
    "fashion-team/mnist, '', 9"
  })
  void idx_ofFashion_isKnownByItsFolderOrFiles(String path, String start, String last)
      throws IOException {
    folder = Files.createDirectories(folder.resolve(path));
    idx(start, "t10k", 9);
    assertThat(ImageSet.ofIdx(folder).classes()).hasSize(10).endsWith(last);
  }

  @Test
  void idx_severalSetsOrMissingFiles_areRefused() throws IOException {
    assertThat(ImageSet.isIdx(folder)).isFalse();
    idx("emnist-letters-", "test", 26);
    idx("emnist-digits-", "test", 9);
    assertThatThrownBy(() -> ImageSet.ofIdx(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("emnist-digits, emnist-letters", "Name the folder and the start");
    assertThat(ImageSet.ofIdx(folder.resolve("emnist-digits")).classes()).hasSize(10);
    Files.delete(folder.resolve("emnist-digits-test-labels-idx1-ubyte"));
    assertThatThrownBy(() -> ImageSet.ofIdx(folder.resolve("emnist-digits")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none of test labels");
    idx("emnist-digits-", "test", 10);
    assertThatThrownBy(() -> ImageSet.ofIdx(folder.resolve("emnist-digits")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("label 1: expected 0 to 9, received 10");
  }
}
