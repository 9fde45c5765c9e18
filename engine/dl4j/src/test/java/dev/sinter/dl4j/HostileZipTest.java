package dev.sinter.dl4j;

import static dev.sinter.dl4j.Networks.builder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Model;
import dev.sinter.errors.InputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Zips that are damaged, that lie, or that would run something. */
class HostileZipTest {
  private static final int MUTATIONS = Integer.getInteger("sinter.mutations", 300);

  @TempDir static Path folder;
  private static byte[] good; // a whole zip of a small network
  private static Map<String, byte[]> entries;

  @BeforeAll
  static void write() throws IOException {
    MultiLayerNetwork network =
        Networks.network(
            builder(new Adam(1e-3)),
            LossFunction.MCXENT,
            Activation.RELU,
            Activation.SOFTMAX,
            6,
            4,
            3);
    Path file = folder.resolve("good.zip");
    ModelSerializer.writeModel(network, file.toFile(), true);
    good = Files.readAllBytes(file);
    entries = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        entries.put(entry.getName(), zip.getInputStream(entry).readAllBytes());
      }
    }
  }

  /** Writes the good zip with one entry changed, or without it where null. */
  private static Path with(String name, byte[] content) throws IOException {
    Map<String, byte[]> changed = new LinkedHashMap<>(entries);
    changed.put(name, content);
    Path file = folder.resolve("hostile.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> entry : changed.entrySet()) {
        if (entry.getValue() != null) {
          zip.putNextEntry(new ZipEntry(entry.getKey()));
          zip.write(entry.getValue());
        }
      }
    }
    return file;
  }

  private static Path json(String from, String to) throws IOException {
    String text = new String(entries.get("configuration.json"), StandardCharsets.UTF_8);
    assertThat(text).contains(from);
    return with("configuration.json", text.replace(from, to).getBytes(StandardCharsets.UTF_8));
  }

  private static void assertRefused(Path file, String message) {
    assertThatThrownBy(() -> Model.load(file).close())
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message)
        .hasMessageStartingWith(file.toString());
  }

  @Test
  void load_goodZip_isRead() throws IOException {
    Model.load(with("coefficients.bin", entries.get("coefficients.bin"))).close();
  }

  @Test
  void load_classThatIsNoDescription_isRefusedBeforeItIsMade() throws IOException {
    Path file =
        json("org.nd4j.linalg.activations.impl.ActivationReLU", "javax.management.loading.MLet");
    assertRefused(file, "received javax.management.loading.MLet");
    assertRefused(
        json("org.nd4j.linalg.learning.config.Adam", "org.nd4j.linalg.learning.config.x.Adam"),
        "expected classes that describe a dense network");
    assertRefused(
        json("conf.layers.DenseLayer", "conf.layers.ConvolutionLayer"),
        "layer 0: expected DenseLayer or OutputLayer, received ConvolutionLayer");
  }

  /** Sets a mark when Java deserializes it. */
  private static final class Trap implements Serializable {
    private static final long serialVersionUID = 1L;
    private static boolean sprung;

    private Object readResolve() {
      sprung = true;
      return this;
    }
  }

  @Test
  void load_javaObjectInside_isNotDeserialized() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new Trap());
    }
    Model.load(with("preprocessor.bin", bytes.toByteArray())).close();
    assertThat(Trap.sprung).isFalse();
    Path file = with("preprocessor.bin", bytes.toByteArray());
    assertThatThrownBy(() -> ModelSerializer.restoreMultiLayerNetwork(file.toFile()))
        .isInstanceOf(ClassCastException.class);
    assertThat(Trap.sprung).as("the trap works").isTrue();
  }

  @Test
  void load_textTooDeepOrTooLong_isRefused() throws IOException {
    byte[] deep = "[".repeat(500_000).getBytes(StandardCharsets.UTF_8);
    assertRefused(with("configuration.json", deep), "expected at most 40 levels");
    byte[] digits = ("{\"confs\":" + "9".repeat(900_000) + "}").getBytes(StandardCharsets.UTF_8);
    assertRefused(with("configuration.json", digits), "numbers of at most 64 digits");
    assertRefused(with("configuration.json", new byte[50 << 20]), "expected at most 1048576 bytes");
    assertRefused(with("configuration.json", "{}".getBytes(StandardCharsets.UTF_8)), "no confs");
    assertRefused(with("configuration.json", "x".getBytes(StandardCharsets.UTF_8)), "JSON");
  }

  @Test
  void load_missingOrCutEntries_areRefused() throws IOException {
    assertRefused(with("configuration.json", null), "received no configuration.json");
    assertRefused(with("coefficients.bin", null), "received no coefficients.bin");
    byte[] whole = entries.get("coefficients.bin");
    byte[] cut = java.util.Arrays.copyOf(whole, whole.length - 5);
    assertRefused(with("coefficients.bin", cut), "expected 43 numbers, received an early end");
    assertRefused(with("updaterState.bin", new byte[10]), "updaterState.bin: expected");
  }

  @Test
  void load_sizesThatLie_areRefused() throws IOException {
    assertRefused(
        json("\"nin\" : 6", "\"nin\" : 7"), "expected 47 numbers, as the configuration says");
    assertRefused(json("\"nin\" : 6", "\"nin\" : 16000000"), "as many numbers as its size can");
    assertRefused(json("\"nin\" : 6", "\"nin\" : 4000000000000"), "layer 0: expected 1 to");
    assertRefused(json("\"nin\" : 6", "\"nin\" : -1"), "layer 0: expected 1 to");
  }

  @Test
  void load_noZip_isRefused() throws IOException {
    Path file = folder.resolve("text.zip");
    Files.writeString(file, "no zip");
    assertRefused(file, "expected a zip that DL4J's ModelSerializer wrote, received no zip");
  }

  @Test
  void load_mutatedZips_eachLoadsOrIsRefusedInTime() throws IOException {
    Random random = new Random(11);
    Path file = folder.resolve("mutated.zip");
    int refused = 0;
    long slowest = 0;
    for (int i = 0; i < MUTATIONS; i++) {
      Files.write(file, mutated(random));
      long start = System.nanoTime();
      try {
        new Dl4jFormat().read(file);
      } catch (InputException e) {
        assertThat(e.getMessage()).as("mutation %s", i).doesNotContain("\n");
        refused++;
      }
      slowest = Math.max(slowest, System.nanoTime() - start);
    }
    System.out.printf(
        "%d mutations: %d refused, slowest %d ms%n", MUTATIONS, refused, slowest / 1_000_000);
    assertThat(refused).isBetween(1, MUTATIONS);
    assertThat(Duration.ofNanos(slowest)).isLessThan(Duration.ofSeconds(20));
  }

  /** Changes bytes of the whole file, or of one entry before it is packed. */
  private static byte[] mutated(Random random) throws IOException {
    boolean whole = random.nextBoolean();
    String name = entries.keySet().toArray(String[]::new)[random.nextInt(entries.size())];
    byte[] bytes = (whole ? good : entries.get(name)).clone();
    if (random.nextInt(4) == 0) {
      bytes = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length));
    }
    for (int i = 1 + random.nextInt(8); i > 0 && bytes.length > 0; i--) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    return whole ? bytes : Files.readAllBytes(with(name, bytes));
  }
}
