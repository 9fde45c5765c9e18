package dev.sinter.cuda;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Details;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Probe;
import dev.sinter.cuda.driver.ActivationLibrary;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Platform;
import dev.sinter.cuda.driver.Platform.Library;
import dev.sinter.cuda.driver.Platform.Survey;
import dev.sinter.cuda.nvidia.NvidiaPlatform;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.errors.InputException;
import dev.sinter.io.CacheFolder;
import dev.sinter.program.Fusion;
import dev.sinter.program.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Provides the cuda backend: NVIDIA GPUs of compute capability 7.5 (Turing) and newer; only the
 * driver needs to be installed.
 *
 * <p>Each process opens a device once and keeps it open; its memory belongs to sessions.
 */
public class CudaProvider implements BackendProvider {
  /** The name of the backend. */
  static final String NAME = "cuda";

  /** Tensor cores have tf32 and bf16 from Ampere on. */
  static final int TENSOR_CAPABILITY = 80;

  private static final Gpus NVIDIA =
      new Gpus(
          new NvidiaPlatform(),
          Preference.FASTEST,
          WholeStepKernel.Use.TRAINING,
          EpochKernel.Use.FASTEST,
          CacheFolder.here());

  private final String name;
  private final int rank;
  private final Gpus gpus;

  /** Creates the provider on the driver and libraries of NVIDIA. */
  public CudaProvider() {
    this(NAME, 400, NVIDIA);
  }

  /** Creates a provider on another platform, under another name; for tests. */
  CudaProvider(String name, int rank, Gpus gpus) {
    this.name = name;
    this.rank = rank;
    this.gpus = gpus;
  }

  /**
   * The devices of one platform, each opened on first use.
   *
   * @param cache the folder for kernels and choices; null to keep nothing between processes
   */
  record Gpus(
      Platform platform,
      Preference preference,
      WholeStepKernel.Use singleBlock,
      EpochKernel.Use epochs,
      Path cache,
      Map<Integer, OpenDevice> open,
      Map<Integer, Library<ActivationLibrary>> cudnn) {
    Gpus(
        Platform platform,
        Preference preference,
        WholeStepKernel.Use singleBlock,
        EpochKernel.Use epochs,
        Path cache) {
      this(platform, preference, singleBlock, epochs, cache, new HashMap<>(), new HashMap<>());
    }

    synchronized OpenDevice gpu(int index) {
      return open.computeIfAbsent(
          index, i -> OpenDevice.open(platform, i, preference, singleBlock, epochs, cache));
    }

    /** Opens cuDNN on a device, or returns the reason why it is unavailable. */
    synchronized Library<ActivationLibrary> neuralOps(int index) {
      return cudnn.computeIfAbsent(index, i -> platform.neuralOps(gpu(i).device()));
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public Probe probe() {
    Survey survey = gpus.platform.survey();
    return survey.usable()
        ? new Probe(true, describe(survey.devices().get(0)), survey.detail(), survey.versions())
        : Probe.refused(survey.detail());
  }

  private static String describe(DeviceProperties device) {
    return device.name() + ", " + device.architecture();
  }

  @Override
  public Backend open(BackendOptions options) {
    boolean usesCudnn = CudaOptions.usesCudnn(options, name);
    Survey survey = gpus.platform.survey();
    if (!survey.usable()) {
      Probe.refused(survey.detail()).requireUsable(name);
    }
    int index = DeviceChoice.index(name, survey.devices(), options);
    DeviceProperties properties = survey.devices().get(index);
    requireTensorCores(properties, options);
    OpenDevice gpu = gpus.gpu(index);
    ActivationLibrary library = null;
    if (usesCudnn) {
      Library<ActivationLibrary> found = gpus.neuralOps(index);
      if (!found.present()) {
        throw new InputException("backend " + name + ", cuda.ops cudnn: " + found.reason() + ".");
      }
      library = found.library();
    }
    String description =
        describe(properties)
            + (gpu.products().present() ? ", cuBLASLt " + gpu.products().library().version() : "")
            + (library == null ? "" : ", cuDNN " + library.version())
            + (options.precision() == Precision.FLOAT32 ? "" : ", " + options.precision());
    return new CudaBackend(name, description, gpu, library, options.precision());
  }

  private void requireTensorCores(DeviceProperties device, BackendOptions options) {
    boolean rounded = options.precision() != Precision.FLOAT32;
    if (rounded && device.capability() < TENSOR_CAPABILITY) {
      throw InputException.of(
          "precision of backend " + name,
          "float32 on " + device.name() + ", compute capability " + device.version(),
          options.precision() + ", which needs tensor cores of compute capability 8.0 (Ampere)",
          "Leave the precision out, or choose a newer GPU");
    }
  }

  @Override
  public String predict(String device, int batch, BiFunction<Integer, Fusion, Program> steps) {
    return CostModel.table(
        DeviceModel.of(device),
        batch,
        (size, fused) -> steps.apply(size, fused ? CudaBackend.FUSION : Fusion.NONE));
  }

  @Override
  public Details details() {
    Map<String, String> values = new LinkedHashMap<>();
    List<String> hints = new ArrayList<>();
    Survey survey = gpus.platform.survey();
    try {
      for (int i = 0; i < survey.devices().size(); i++) {
        DeviceProperties device = survey.devices().get(i);
        values.put(
            "device " + i,
            "%s, compute capability %s, %s multiprocessors, %s MiB%s, compute mode %s%s"
                .formatted(
                    device.name(),
                    device.version(),
                    device.multiprocessors(),
                    device.totalBytes() >> 20,
                    device.slice() ? ", a MIG slice" : "",
                    device.mode(),
                    device.uuid().isEmpty() ? "" : ", " + device.uuid()));
      }
      OpenDevice gpu = gpus.gpu(0);
      values.put("compiler", gpu.compiler());
      if (gpus.cache != null) {
        values.put("cache", gpus.cache.toString());
      }
      if (gpu.products().present()) {
        values.put(
            "products",
            "cuBLASLt "
                + gpu.products().library().version()
                + " or Sinter's kernels, whichever is faster for a shape");
      } else {
        values.put("products", "Sinter's kernels");
        hints.add(gpu.products().reason());
      }
      Library<ActivationLibrary> cudnn = gpus.neuralOps(0);
      values.put(
          "cuDNN",
          cudnn.present() ? cudnn.library().version() + ", by cuda.ops cudnn" : cudnn.reason());
    } catch (RuntimeException e) { // information must not end the command
      values.put("details", "none, CUDA failed: " + e.getMessage());
    }
    return new Details(values, hints);
  }
}
