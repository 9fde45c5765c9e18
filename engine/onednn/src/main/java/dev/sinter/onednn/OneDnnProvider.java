package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Details;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Probe;
import dev.sinter.errors.InputException;
import dev.sinter.io.CacheFolder;
import dev.sinter.io.TimingCache;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Loader;

/**
 * Provides the onednn backend if the oneDNN natives are on the class path.
 *
 * <p>A class whose static initializer failed cannot be loaded again, so the result of the probe is
 * kept.
 */
public final class OneDnnProvider implements BackendProvider {
  /** The name of the backend. */
  static final String NAME = "onednn";

  private static Probe answer; // guarded by the class

  private final Rounding rounding;

  /** Creates the provider. */
  public OneDnnProvider() {
    this(Rounding.LARGE);
  }

  /**
   * Creates a provider for tests.
   *
   * @param rounding of products with bf16
   */
  OneDnnProvider(Rounding rounding) {
    this.rounding = rounding;
  }

  @Override
  public String name() {
    return NAME;
  }

  /** Ranks above nd4j, except on arm64, where the two have not been compared yet. */
  @Override
  public int rank() {
    return System.getProperty("os.arch", "").equals("aarch64") ? 150 : 300;
  }

  @Override
  public Probe probe() {
    synchronized (OneDnnProvider.class) {
      if (answer == null) {
        try {
          answer = initialize();
        } catch (Throwable e) { // natives fail with class loading and linking errors
          answer = Probe.notLoaded("oneDNN", e, remedy());
        }
      }
      return answer;
    }
  }

  @Override
  public Backend open(BackendOptions options) {
    options.requireCpu(NAME, SparseInputs.OPTION);
    Probe probe = probe().requireUsable(NAME);
    requirePrecision(options.precision(), dnnl_get_effective_cpu_isa());
    if (options.threads() > 0 && !Threads.settable()) {
      throw InputException.of(
          "threads of backend " + NAME,
          "an OpenMP library that has omp_set_num_threads",
          "none",
          "Set OMP_NUM_THREADS=%s in the environment, and leave the number of threads out"
              .formatted(options.threads()));
    }
    int threads = options.threads() > 0 ? options.threads() : Threads.standard();
    Precision precision = options.precision();
    String device = probe.device() + (precision == Precision.FLOAT32 ? "" : ", " + precision);
    TimingCache timings = new TimingCache(CacheFolder.here().resolve(choicesFile()));
    String option = options.own().get(SparseInputs.OPTION);
    SparseChoice sparse = new SparseChoice(threads, timings, option);
    Rounding chosen = precision == Precision.BF16 ? rounding : Rounding.NONE;
    return new OneDnnBackend(NAME, device, threads, precision, chosen, timings, sparse);
  }

  /** Returns the name of the file of timings, which hold for one version and instruction set. */
  private static String choicesFile() {
    return "choices-onednn-%s-%s.properties"
        .formatted(version(), OneDnnInstructions.name(dnnl_get_effective_cpu_isa()))
        .replaceAll("[^A-Za-z0-9._-]+", "-");
  }

  /**
   * Refuses a precision that the processor does not have.
   *
   * @param isa the instructions that oneDNN may use
   */
  static void requirePrecision(Precision precision, int isa) {
    String where = "precision of backend " + NAME;
    if (precision == Precision.TF32) {
      throw InputException.of(
          where,
          "float32 or bf16",
          precision,
          "Leave the precision out, or choose the backend cuda");
    }
    if (precision == Precision.BF16 && !OneDnnInstructions.multiplyBf16(isa)) {
      throw InputException.of(
          where,
          "float32 on a CPU with the instructions " + OneDnnInstructions.name(isa),
          precision + ", which needs AVX512_CORE_BF16 or newer, such as AMX",
          "Leave the precision out, or choose a newer CPU; if ONEDNN_MAX_CPU_ISA is set, remove it");
    }
  }

  private static Probe initialize() {
    Loader.load(dnnl.class);
    String version = version();
    String instructions = OneDnnInstructions.vectors(dnnl_get_effective_cpu_isa());
    int cores = Runtime.getRuntime().availableProcessors();
    String vectors = instructions.isEmpty() ? "" : ", " + instructions;
    String device = "CPU, " + cores + " cores, oneDNN " + version + vectors;
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("oneDNN", version);
    versions.put("JavaCPP", javacppVersion());
    return Probe.usable(device, versions, Threads.standard() + " threads");
  }

  private static String version() {
    dnnl_version_t found = dnnl_version();
    return found.major() + "." + found.minor() + "." + found.patch();
  }

  /**
   * The number of times a waiting thread spins before it sleeps. The default of libgomp is a
   * hundred times larger, which is slow when other programs need the cores.
   */
  @Override
  public Map<String, String> environment() {
    return Map.of("GOMP_SPINCOUNT", "3000");
  }

  @Override
  public Details details() {
    Map<String, String> values = new LinkedHashMap<>();
    values.put("oneDNN", version());
    int isa = dnnl_get_effective_cpu_isa();
    values.put("instructions", OneDnnInstructions.name(isa));
    values.put("precision", OneDnnInstructions.multiplyBf16(isa) ? "float32, bf16" : "float32");
    values.put(
        "OpenMP threads", Threads.standard() + (Threads.settable() ? "" : ", cannot be set"));
    Loader.getLoadedLibraries()
        .forEach(
            (name, library) -> {
              if (name.matches("(lib)?[gi]?omp.*")) {
                values.put("OpenMP", library);
              }
            });
    return new Details(values, List.of());
  }

  private static String remedy() {
    return "add org.bytedeco:dnnl, org.bytedeco:opencl and org.bytedeco:javacpp to the class"
        + " path, each once without and once with the classifier "
        + platform()
        + " (the module sinter-cpu brings them all)";
  }

  private static String platform() {
    try {
      return Loader.getPlatform();
    } catch (Throwable e) { // JavaCPP itself is missing or broken
      return "of this platform, such as linux-x86_64";
    }
  }

  private static String javacppVersion() {
    try {
      return Loader.getVersion("org.bytedeco", "javacpp");
    } catch (IOException | RuntimeException e) {
      return "of unknown version"; // the jar was repackaged without its Maven properties
    }
  }
}
