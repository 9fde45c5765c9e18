package dev.sinter.nd4j;

import dev.sinter.backend.CpuFeatures;
import dev.sinter.backend.Details;
import dev.sinter.backend.Probe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.presets.javacpp;
import org.bytedeco.openblas.global.openblas_full;
import org.nd4j.linalg.api.blas.Blas;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The libraries below ND4J: the environment variables they need, and the library and kernels in
 * use.
 */
final class Nd4jNatives {
  /**
   * The property that the openblas preset reads at load time: the library to use instead of
   * OpenBLAS.
   */
  static final String BLAS_PROPERTY = "org.bytedeco.openblas.load";

  private static final String BINDINGS = "org/nd4j/linalg/cpu/nativecpu/bindings/";

  /** The OpenBLAS kernels that use AVX-512. */
  private static final Set<String> AVX512_KERNELS =
      Set.of("skylakex", "cooperlake", "sapphirerapids");

  private Nd4jNatives() {}

  /**
   * Returns the variables that the natives of ND4J read at startup. The thread pools of OpenBLAS
   * and of ND4J share the cores, so neither may spin. OpenBLAS may also need to be told the type of
   * CPU.
   */
  static Map<String, String> environment(CpuFeatures cpu) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("OMP_WAIT_POLICY", "passive");
    variables.put("OPENBLAS_THREAD_TIMEOUT", "4");
    if (cpu.isUnderestimatedByOpenBlas()) {
      variables.put("OPENBLAS_CORETYPE", "SKYLAKEX");
    }
    return variables;
  }

  /**
   * Returns warnings for those of these variables that are not set.
   *
   * @param set the variables of the process
   * @param threads as requested by the user; 0 lets the backend choose
   */
  static List<String> warnings(CpuFeatures cpu, Map<String, String> set, int threads) {
    List<String> warnings = new ArrayList<>();
    boolean waits =
        set.containsKey("OMP_WAIT_POLICY") && set.containsKey("OPENBLAS_THREAD_TIMEOUT");
    if (threads != 1 && !waits) {
      warnings.add(
          "ND4J's and OpenBLAS's threads share the cores and wait for each other. Start the JVM with"
              + " OMP_WAIT_POLICY=passive and OPENBLAS_THREAD_TIMEOUT=4 in its environment: it trains several times faster");
    }
    if (cpu.isUnderestimatedByOpenBlas() && !set.containsKey("OPENBLAS_CORETYPE")) {
      warnings.add(
          "OpenBLAS does not recognise AVX-512 on this AMD CPU. Start the JVM with"
              + " OPENBLAS_CORETYPE=SKYLAKEX in its environment: products are up to twice as fast");
    }
    return warnings;
  }

  /**
   * Replaces OpenBLAS by MKL if the MKL libraries are on the class path, unless the user chose a
   * library; has no effect after ND4J is loaded.
   *
   * <p>On Linux, the threading layer of MKL does not name an OpenMP library. It expects the Intel
   * library among the global symbols of the process, where the openblas preset does not put it, and
   * ends the process if it is missing.
   */
  static void preferMkl() throws IOException {
    String folder = "org/bytedeco/mkl/" + Loader.getPlatform() + "/";
    if (!resourceExists(folder + mklLibrary())) {
      return;
    }
    if (System.getProperty(BLAS_PROPERTY) == null) {
      System.setProperty(BLAS_PROPERTY, "mkl_rt");
    }
    String openMp = folder + "libiomp5.so";
    if (System.getProperty(BLAS_PROPERTY).startsWith("mkl") && resourceExists(openMp)) {
      Loader.load(javacpp.class); // loads the natives for the following call
      Loader.loadGlobal(Loader.cacheResource(Nd4jNatives.class, "/" + openMp).getPath());
    }
  }

  private static String mklLibrary() {
    return Loader.getPlatform().startsWith("windows") ? "mkl_rt.2.dll" : "libmkl_rt.so.2";
  }

  /**
   * Refuses a build of ND4J for AVX2 or AVX-512 on a CPU that cannot run it, because ND4J would end
   * the process.
   *
   * @param builds the classifier suffixes on the class path: "", "-avx2", "-avx512"
   * @return null if it can run, or if the CPU is unknown
   */
  static Probe refusedBuild(CpuFeatures cpu, Set<String> builds) {
    boolean wider = !builds.isEmpty() && !builds.contains("");
    if (!wider || cpu.flags().isEmpty()) {
      return null;
    }
    boolean avx2 = builds.contains("-avx2");
    if (avx2 ? cpu.flags().contains("avx2") : cpu.hasAvx512()) {
      return null;
    }
    return Probe.refused(
        "the class path has the ND4J build for "
            + (avx2 ? "AVX2" : "AVX-512")
            + ", which this CPU does not have; leave -Dnd4j.extension out of the build");
  }

  /** Returns the builds of ND4J on the class path. */
  static Set<String> builds() {
    Set<String> builds = new TreeSet<>();
    String platform = Loader.getPlatform();
    for (String extension : List.of("", "-avx2", "-avx512")) {
      if (resourceExists(BINDINGS + platform + extension + "/" + nd4jLibrary(platform))) {
        builds.add(extension);
      }
    }
    return builds;
  }

  private static String nd4jLibrary(String platform) {
    return "libnd4jcpu"
        + (platform.startsWith("windows")
            ? ".dll"
            : platform.startsWith("macosx") ? ".dylib" : ".so");
  }

  private static boolean resourceExists(String name) {
    return Nd4jNatives.class.getClassLoader().getResource(name) != null;
  }

  /** Queries the loaded libraries; ND4J must be initialized. */
  static Details details(CpuFeatures cpu) {
    Map<String, String> values = new LinkedHashMap<>();
    List<String> hints = new ArrayList<>();
    loaded("(lib)?nd4jcuda").ifPresent(library -> values.put("natives", "CUDA, " + library));
    loaded("(lib)?nd4jcpu")
        .ifPresent(library -> values.put("natives", build(library) + ", " + library));
    Blas blas = Nd4j.factory().blas();
    values.put("BLAS", blas() + " " + blasVersion());
    if (usesOpenBlas()) {
      String core = openBlasCore();
      values.put("BLAS kernels", core);
      hints.addAll(hints(cpu, core));
    }
    values.put("BLAS threads", Integer.toString(blas.getMaxThreads()));
    values.put("OpenMP threads", Integer.toString(Nd4j.getEnvironment().maxMasterThreads()));
    // If MKL is loaded, its OpenMP is global and serves ND4J as well.
    loaded("(lib)?iomp5.*")
        .or(() -> loaded("(lib)?gomp.*"))
        .ifPresent(library -> values.put("OpenMP", library));
    return new Details(values, hints);
  }

  /** Returns hints on a wrong choice of kernels by OpenBLAS. */
  static List<String> hints(CpuFeatures cpu, String core) {
    if (!cpu.hasAvx512() || AVX512_KERNELS.contains(core.toLowerCase(Locale.ROOT))) {
      return List.of();
    }
    return List.of(
        "OpenBLAS runs its kernels for "
            + core
            + " although this CPU has AVX-512: set OPENBLAS_CORETYPE=SKYLAKEX in the environment");
  }

  /** Returns the path of a library that JavaCPP has loaded, by its name in JavaCPP. */
  private static Optional<String> loaded(String name) {
    return Loader.getLoadedLibraries().entrySet().stream()
        .filter(library -> library.getKey().matches(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** Names the build of ND4J, from the folder of its library. */
  static String build(String library) {
    return library.contains("-avx512") ? "AVX-512" : library.contains("-avx2") ? "AVX2" : "generic";
  }

  /** Returns whether OpenBLAS computes the products, not MKL. */
  static boolean usesOpenBlas() {
    return Nd4j.factory().blas().getBlasVendor() == Blas.Vendor.OPENBLAS;
  }

  /** Names the BLAS in use. */
  static String blas() {
    return usesOpenBlas() ? "OpenBLAS" : String.valueOf(Nd4j.factory().blas().getBlasVendor());
  }

  /** Returns the version of the BLAS in use, as stated in its jar. */
  static String blasVersion() {
    return Nd4jProvider.version("org.bytedeco", blas().toLowerCase(Locale.ROOT));
  }

  /** Asks OpenBLAS through the one part of its preset that has the call; loads that part. */
  private static String openBlasCore() {
    try {
      Loader.load(openblas_full.class);
      return openblas_full.openblas_get_corename().getString();
    } catch (Throwable e) { // errors of class loading and linking are what natives fail with
      return "unknown";
    }
  }
}
