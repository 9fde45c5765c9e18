package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.driver.Product;
import dev.sinter.cuda.driver.Products;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.cuda.kernel.DeviceValue;
import dev.sinter.cuda.kernel.Kernels;
import dev.sinter.cuda.kernel.Workspace;
import dev.sinter.cuda.product.MatrixProduct;
import dev.sinter.cuda.product.ProductChooser;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.product.ProductChooser.Way;
import dev.sinter.cuda.simulated.SimulatedDevice;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.errors.RunException;
import dev.sinter.io.TimingCache;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The choice of the method for a product. */
class ProductChooserTest {
  private static final int REPLICAS = 2;

  @TempDir private Path folder;

  private final SimulatedPlatform platform = SimulatedPlatform.standard().withoutChecks();
  private SimulatedDevice device;
  private Kernels kernels;
  private DeviceMemory memory;

  @BeforeEach
  void open() {
    Assumptions.assumeTrue(platform.survey().usable(), platform.survey().detail());
    device = (SimulatedDevice) platform.open(0);
    kernels = new Kernels(device, platform.compiler());
    memory = new DeviceMemory(device);
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  private MatrixProduct product() {
    return new MatrixProduct(
        REPLICAS,
        false,
        false,
        place(5, 40),
        place(40, 9),
        place(5, 9),
        place(1, 9),
        ActivationFunction.TANH,
        ActivationFunction.LINEAR,
        DeviceValue.NONE,
        DeviceValue.NONE,
        Precision.FLOAT32);
  }

  private DeviceValue place(int rows, int columns) {
    Shape shape = new Shape(rows, columns);
    return new DeviceValue(memory.allocate(4L * REPLICAS * shape.replicaStride()), shape);
  }

  private ProductChooser chooser(Preference preference, TimingCache choices) {
    return new ProductChooser(
        device, kernels, platform.products(device).library(), preference, choices);
  }

  @Test
  void choose_fastest_takesWhatTheClockSaysAndKeepsIt() {
    Path file = folder.resolve("choices.properties");
    MatrixProduct product = product();
    TimingCache choices = new TimingCache(file);
    device.clock(names -> names.get(0).equals("gemm") ? 5000 : 90_000);
    Way own = chooser(Preference.FASTEST, choices).choose(product, null, null, new Workspace());
    assertThat(own.library()).isFalse();
    assertThat(choices.used()).hasSize(1).containsValue(own.name());
    assertThat(file).isNotEmptyFile();
    // Another process, in which the library would win: the choice is kept.
    device.clock(names -> names.get(0).equals("gemm") ? 90_000 : 5000);
    TimingCache again = new TimingCache(file);
    assertThat(
            chooser(Preference.FASTEST, again).choose(product, null, null, new Workspace()).name())
        .isEqualTo(own.name());
    // Nothing is kept: the methods are timed, and the library wins.
    Way library =
        chooser(Preference.FASTEST, new TimingCache(null))
            .choose(product, null, null, new Workspace());
    assertThat(library.library()).isTrue();
    assertThat(library.name()).startsWith("cublaslt ");
  }

  @Test
  void choose_keptChoiceThatIsUnknownOrDamaged_timesAnew() throws Exception {
    MatrixProduct product = product();
    Path file = folder.resolve("choices.properties");
    TimingCache choices = new TimingCache(file);
    choices.put(product.key(), "cublaslt id99 of another version");
    Way way = chooser(Preference.FASTEST, choices).choose(product, null, null, new Workspace());
    assertThat(new TimingCache(file).get(product.key())).isEqualTo(way.name());
    Files.writeString(file, "\\u00zz");
    assertThat(new TimingCache(file).get(product.key())).isNull();
  }

  @Test
  void choices_ofTwoProcesses_areBothKept() {
    Path file = folder.resolve("choices.properties");
    TimingCache first = new TimingCache(file);
    TimingCache second = new TimingCache(file);
    first.put("one", "kernel");
    second.put("two", "cublaslt");
    TimingCache third = new TimingCache(file);
    assertThat(third.get("one")).isEqualTo("kernel");
    assertThat(third.get("two")).isEqualTo("cublaslt");
  }

  @Test
  void choose_timing_givesItsMemoryBack() {
    MatrixProduct product = product();
    ProductChooser chooser = chooser(Preference.FASTEST, new TimingCache(null));
    int before = device.liveAllocations();
    chooser.choose(product, null, null, new Workspace());
    assertThat(device.liveAllocations()).isEqualTo(before);
  }

  @Test
  void choose_libraryThatFailsWithItsOwnProposal_takesAKernel() {
    Products library =
        new Products() {
          @Override
          public String version() {
            return "1";
          }

          @Override
          public List<Algorithm> algorithms(Product product, int most) {
            return List.of(
                new Algorithm() {
                  @Override
                  public String name() {
                    return "broken";
                  }

                  @Override
                  public void enqueue() {
                    throw new RunException("not supported");
                  }
                });
          }

          @Override
          public void close() {}
        };
    device.clock(names -> 1000);
    Way way =
        new ProductChooser(device, kernels, library, Preference.FASTEST, new TimingCache(null))
            .choose(product(), null, null, new Workspace());
    assertThat(way.library()).isFalse();
  }
}
