package dev.sinter.cuda;

import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Session;
import dev.sinter.cuda.driver.ActivationLibrary;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.KernelCompiler;
import dev.sinter.cuda.driver.Platform;
import dev.sinter.cuda.driver.Products;
import dev.sinter.cuda.kernel.AddressMap;
import dev.sinter.cuda.nvidia.KernelUsage;
import dev.sinter.cuda.nvidia.NvrtcProcess;
import dev.sinter.cuda.product.KernelProduct;
import dev.sinter.cuda.product.MatrixProduct;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import dev.sinter.program.Window;
import dev.sinter.recipes.Recipe;
import dev.sinter.testkit.ProgramFixture;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Compiles every kernel with NVRTC, for every architecture on which it would run. */
class KernelCompilationTest {
  private static final DeviceProperties HOPPER =
      new DeviceProperties("Hopper", 9, 0, 132, 227 << 10, 80L << 30, 13000, 228 << 10, 2048, true);

  private final Map<String, String> sources = new LinkedHashMap<>(); // text -> name

  /** A simulated platform that notes the sources to compile. */
  private final class Noting implements Platform {
    private final SimulatedPlatform platform;

    Noting(SimulatedPlatform platform) {
      this.platform = platform;
    }

    @Override
    public Survey survey() {
      return platform.survey();
    }

    /** Returns the simulated device, but kernels are not loaded, and their launches do nothing. */
    @Override
    public Device open(int index) {
      Device device = platform.open(index);
      return (Device)
          Proxy.newProxyInstance(
              Device.class.getClassLoader(),
              new Class<?>[] {Device.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "load" -> 1L;
                    case "launch" -> null;
                    default -> method.invoke(device, arguments);
                  });
    }

    @Override
    public KernelCompiler compiler() {
      return new KernelCompiler() {
        @Override
        public String version() {
          return "none";
        }

        @Override
        public byte[] compile(String source, String architecture) {
          sources.putIfAbsent(source, "kernel " + sources.size());
          return new byte[0];
        }
      };
    }

    @Override
    public Library<Products> products(Device device) {
      return platform.products(platform.device());
    }

    @Override
    public Library<ActivationLibrary> neuralOps(Device device) {
      return platform.neuralOps(platform.device());
    }
  }

  /**
   * The sums of a product must be in registers, or it is ten times slower; and a kernel that leaves
   * room for few threads waits for memory.
   */
  @Test
  void kernels_onEveryArchitecture_compileAndStayWithinTheirBounds() throws IOException {
    SimulatedPlatform device = SimulatedPlatform.standard();
    Assumptions.assumeTrue(device.survey().usable(), device.survey().detail());
    for (Recipe recipe : List.of(Recipe.of("mnist-dense"), Recipe.of("mnist-sigmoid"))) {
      prepare(device, recipe, Precision.FLOAT32, Preference.KERNELS, "rmsprop");
    }
    prepare(device, Recipe.of("mnist-sigmoid"), Precision.FLOAT32, Preference.LIBRARY, "adamw");
    prepare(device, Recipe.of("digits01"), Precision.FLOAT32, Preference.KERNELS, "adamw");
    prepareUnfused(device);
    prepareOtherOperations(device);
    prepareSingleOperations(device);
    candidates();
    epoch(Recipe.of("mnist-dense"), Precision.FLOAT32);
    epoch(Recipe.of("mnist-sigmoid"), Precision.FLOAT32);
    for (String kernel : List.of("copyColumns", "poolGrad", "randomUniform", "reduce", "update")) {
      assertThat(sources.keySet()).as(kernel).anyMatch(text -> text.contains(" " + kernel + "("));
    }
    final Map<String, String> float32 = named();
    NvrtcProcess.Compiled everywhere = NvrtcProcess.compileAll(float32, NvrtcProcess.ARCHITECTURES);
    prepare(device, Recipe.of("mnist-dense"), Precision.TF32, Preference.KERNELS, "adam");
    prepare(device, Recipe.of("mnist-dense"), Precision.BF16, Preference.KERNELS, "sgd");
    epoch(Recipe.of("mnist-dense"), Precision.TF32);
    epoch(Recipe.of("mnist-dense"), Precision.BF16);
    Map<String, String> tensor = named();
    tensor.keySet().removeAll(float32.keySet());
    NvrtcProcess.Compiled onAmpere = NvrtcProcess.compileAll(tensor, withTensorCores());
    assertThat(everywhere.failures()).isEmpty();
    assertThat(onAmpere.failures()).isEmpty();
    assertThat(sources.size()).as("kernels found").isBetween(43, 90);
    List<KernelUsage> usages = new ArrayList<>(everywhere.usages());
    usages.addAll(onAmpere.usages());
    check(new KernelStatistics(named(), usages), everywhere.compiler());
  }

  private Map<String, String> named() {
    Map<String, String> named = new LinkedHashMap<>();
    sources.forEach((text, name) -> named.put(name, text));
    return named;
  }

  /** Turing has no tf32 and bf16; the provider refuses them there. */
  private static List<String> withTensorCores() {
    return NvrtcProcess.ARCHITECTURES.stream().filter(a -> !a.equals("sm_75")).toList();
  }

  private static void check(KernelStatistics statistics, String compiler) throws IOException {
    String document = statistics.document(compiler);
    Path written = Path.of("target", "kernel-statistics.md");
    Files.writeString(written, document);
    assertThat(statistics.violations()).isEmpty();
    Path committed = Path.of("..", "..", "docs", "kernel-statistics.md");
    assertThat(Files.exists(committed) ? Files.readAllLines(committed) : List.of())
        .as("the page, which cp engine/cuda/%s docs/kernel-statistics.md refreshes", written)
        .isEqualTo(document.lines().toList());
  }

  private void prepare(
      SimulatedPlatform platform,
      Recipe recipe,
      Precision precision,
      Preference preference,
      String optimizer) {
    try (Model model = recipe.model(0)) {
      model.compile(Optimizer.of(optimizer), recipe.loss(), Metric.ACCURACY);
      prepare(platform, model, recipe.batchSize(), recipe.labelColumns(), precision, preference);
    }
  }

  private void prepare(
      SimulatedPlatform platform,
      Model model,
      int batch,
      int labelColumns,
      Precision precision,
      Preference preference) {
    prepare(
        platform,
        precision,
        preference,
        backend -> model.trainingProgram(batch, labelColumns, backend.fusion()));
  }

  private void prepare(
      SimulatedPlatform platform,
      Precision precision,
      Preference preference,
      Function<Backend, Program> programs) {
    CudaProvider provider =
        new CudaProvider(
            "noting",
            -1,
            new CudaProvider.Gpus(
                new Noting(platform),
                preference,
                WholeStepKernel.Use.TRAINING,
                EpochKernel.Use.NEVER,
                null));
    Backend backend = provider.open(BackendOptions.DEFAULT.precision(precision));
    Program program = programs.apply(backend);
    try (Session session = backend.open(program.state())) {
      session.prepare(List.of(program));
    }
  }

  /** Prepares a step whose end is not one kernel. */
  private void prepareUnfused(SimulatedPlatform platform) {
    Recipe recipe = Recipe.of("mnist-dense");
    try (Model model = recipe.model(0)) {
      model.compile(Optimizer.of("adamw"), recipe.loss(), Metric.ACCURACY);
      prepare(
          platform,
          Precision.FLOAT32,
          Preference.LIBRARY,
          backend -> model.trainingProgram(128, recipe.labelColumns(), Fusion.NONE));
    }
  }

  /** Prepares softmax, counting, reductions and element-wise operations that no recipe has. */
  private void prepareOtherOperations(SimulatedPlatform platform) {
    try (Model model =
        Sequential.of(
            new Dense(64).tanh(),
            new Activation("softmax"),
            new Dense(40).sigmoid(),
            new Activation("softmax"))) {
      model.compile(Optimizer.of("nesterov"), Loss.MEAN_SQUARED_ERROR, Metric.ACCURACY);
      model.build(300);
      prepare(platform, model, 128, 40, Precision.FLOAT32, Preference.KERNELS);
    }
  }

  /**
   * Prepares operations that no network here has: random numbers, columns, windows, sample weights,
   * every reduction.
   */
  private void prepareSingleOperations(SimulatedPlatform platform) {
    int batch = 64;
    int columns = 40;
    Value x = temporary("x", batch, columns);
    Value y = temporary("y", batch, 1);
    Value weight = temporary("weight", batch, 1);
    Value count = temporary("count", 1, 1);
    Value random = temporary("random", batch, columns);
    Value part = temporary("part", batch, 3);
    State state = new State(2, List.of(ProgramFixture.parameter("p", 1, 1)), List.of());
    ProgramFixture program =
        new ProgramFixture(state, batch)
            .ops(
                new Op.Gather("gather", x, y, weight, count),
                new Op.RandomUniform("random", 0, random),
                new Op.Slice("slice", random, 2, part))
            .results(part);
    for (Op.Reduction reduction : Op.Reduction.values()) {
      Value overRows = temporary(reduction + " over rows", 1, columns);
      Value ofRows = temporary(reduction + " of rows", batch, 1);
      program
          .ops(
              new Op.Reduce(overRows.name(), reduction, random, overRows),
              new Op.Reduce(ofRows.name(), reduction, random, ofRows))
          .results(overRows, ofRows);
    }
    Window window = Window.same(5, 8, 1, 3, 2, 2, 2);
    Value patches = temporary("patches", batch * window.count(), window.patchSize());
    Value sums = temporary("sums", batch, columns);
    program
        .ops(
            new Op.Patches("patches", window, x, patches),
            new Op.PatchesGrad("sums", window, patches, sums))
        .results(sums);
    for (Op.Pooling pooling : Op.Pooling.values()) {
      Value pooled = temporary(pooling + " pooled", batch, window.pooledSize());
      Value back = temporary(pooling + " back", batch, columns);
      Value image = pooling == Op.Pooling.MAXIMUM ? x : null;
      program
          .ops(
              new Op.Pool(pooled.name(), pooling, window, x, pooled),
              new Op.PoolGrad(back.name(), pooling, window, image, pooled, back))
          .results(back);
    }
    for (Op.CrossEntropyKind kind : Op.CrossEntropyKind.values()) {
      boolean sparse = kind == Op.CrossEntropyKind.SOFTMAX_SPARSE;
      Op.Accuracy accuracy = Op.Accuracy.values()[kind.ordinal()];
      Value target = sparse ? y : random;
      Value dz = temporary(kind + " dz", batch, columns);
      Value loss = temporary(kind + " loss", 1, 1);
      Value correct = temporary(kind + " correct", 1, 1);
      Value counted = temporary(kind + " counted", 1, 1);
      program
          .ops(
              new Op.CrossEntropy(
                  kind.name(), kind, x, target, weight, count, dz, loss, accuracy, correct),
              new Op.CountCorrect("count " + kind, accuracy, x, target, weight, 0.5, counted))
          .results(dz, loss, correct, counted);
    }
    prepare(
        platform, Precision.FLOAT32, Preference.KERNELS, backend -> program.build("operations"));
  }

  /** Prepares the cooperative kernel as a Hopper would run it. */
  private void epoch(Recipe recipe, Precision precision) {
    try (Model model = recipe.model(0)) {
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      Program program =
          model.trainingProgram(recipe.batchSize(), recipe.labelColumns(), Fusion.NONE);
      EpochPlan.Answer answer = EpochPlan.of(program, HOPPER, precision);
      assertThat(answer.plan()).as(answer.reason()).isNotNull();
      sources.putIfAbsent(
          EpochKernel.source(answer.plan(), precision).text(), "kernel " + sources.size());
    }
  }

  /** Prepares everything that timing may choose: each tile, with and without splits. */
  private void candidates() {
    Recipe recipe = Recipe.of("mnist-dense");
    try (Model model = recipe.model(0)) {
      model.compile(Optimizer.of("sgd"), recipe.loss(), Metric.ACCURACY);
      Program program = model.trainingProgram(4096, recipe.labelColumns(), Fusion.NONE);
      AddressMap places = new AddressMap(program, 256, 256);
      for (Op op : program.ops()) {
        MatrixProduct product =
            op instanceof Op.Dense dense
                ? Translator.product(dense, places, Precision.FLOAT32)
                : op instanceof Op.DenseGradWeights grad
                    ? Translator.product(grad, places, Precision.FLOAT32)
                    : op instanceof Op.DenseGradInput grad
                        ? Translator.product(grad, places, Precision.FLOAT32)
                        : null;
        if (product != null) {
          for (KernelProduct candidate : KernelProduct.candidates(product, HOPPER)) {
            sources.putIfAbsent(candidate.source().text(), "kernel " + sources.size());
          }
        }
      }
    }
  }
}
