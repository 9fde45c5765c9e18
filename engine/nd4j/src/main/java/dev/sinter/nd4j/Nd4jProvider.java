package dev.sinter.nd4j;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.CpuFeatures;
import dev.sinter.backend.Details;
import dev.sinter.backend.Probe;
import dev.sinter.nd4j.GpuChoice.Natives;
import dev.sinter.nd4j.Translator.Placement;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.Loader;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Provides the nd4j backend if the ND4J natives are on the class path: those for the CPU, and
 * optionally those for CUDA 11.6.
 *
 * <p>ND4J initializes once per process, and a failed initialization cannot be repeated, so the
 * result of the probe is kept.
 */
public final class Nd4jProvider implements BackendProvider {
  /** The name of the backend. */
  static final String NAME = "nd4j";

  private static final String ND4J_SERVICE =
      "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";

  private static final String NOT_STARTED =
      "ND4J's CUDA natives did not start (-Dsinter.log=DEBUG shows why): ND4J's CPU natives";

  private static final Logger LOG = LoggerFactory.getLogger(Nd4jProvider.class);

  private static Probe answer; // guarded by the class
  private static boolean warned; // guarded by the class

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return 200;
  }

  @Override
  public Probe probe() {
    synchronized (Nd4jProvider.class) {
      if (answer == null) {
        try {
          answer = initialize();
        } catch (Throwable e) { // natives fail with class loading and linking errors
          answer = Probe.notLoaded("ND4J", e, remedy());
        }
      }
      return answer;
    }
  }

  @Override
  public Backend open(BackendOptions options) {
    options.requireCpuFloat32(NAME);
    Probe probe = probe().requireUsable(NAME);
    warn(options);
    GpuChoice choice = Nd4jCuda.choice();
    boolean cpu = Nd4j.getEnvironment().isCPU();
    if (cpu && choice != null) {
      LOG.info("backend nd4j: {}", choice.natives() == Natives.CPU ? choice.why() : NOT_STARTED);
    }
    return new Nd4jBackend(
        probe.device(), new Threads(options.threads()), cpu ? Placement.FASTEST : Placement.NATIVE);
  }

  @Override
  public String remark() {
    GpuChoice choice = Nd4jCuda.choice();
    if (choice == null) {
      return "";
    }
    return choice.natives() == Natives.CUDA
        ? "runs on " + choice.why() + " when it is chosen by name"
        : choice.why();
  }

  /** Warns once of missing environment variables, which nobody can set in a running JVM. */
  private static synchronized void warn(BackendOptions options) {
    if (!warned && Nd4jNatives.usesOpenBlas()) {
      List<String> warnings =
          Nd4jNatives.warnings(CpuFeatures.here(), System.getenv(), options.threads());
      warnings.forEach(warning -> LOG.warn("backend nd4j: {}", warning));
      warned = !warnings.isEmpty();
    }
  }

  @Override
  public Map<String, String> environment() {
    return Nd4jNatives.environment(CpuFeatures.here());
  }

  @Override
  public Details details() {
    try {
      return Nd4jNatives.details(CpuFeatures.here());
    } catch (Throwable e) { // natives again: a failed query must not end the command
      return new Details(Map.of("details", "none, ND4J failed: " + e), List.of());
    }
  }

  private static Probe initialize() throws IOException {
    GpuChoice choice = Nd4jCuda.choice();
    if (choice != null && choice.natives() == Natives.NONE) {
      return Probe.refused(choice.why());
    }
    Nd4jCuda.prepare(choice);
    ClassLoader loader = ND4JClassLoading.getNd4jClassloader();
    boolean found =
        Nd4jProvider.class.getClassLoader().getResource(ND4J_SERVICE) != null
            && (loader == null || loader.getResources(ND4J_SERVICE).hasMoreElements());
    if (!found) {
      return Probe.refused("no ND4J natives found; " + remedy());
    }
    if (choice != null && choice.natives() == Natives.CUDA) {
      String printed = Nd4jCuda.quietly(Nd4j::getEnvironment);
      LOG.debug("what ND4J printed: {}", printed);
      return Nd4j.getEnvironment().isCPU() ? onCpu(", " + NOT_STARTED) : onCuda(choice.why());
    }
    Probe refused = Nd4jNatives.refusedBuild(CpuFeatures.here(), Nd4jNatives.builds());
    if (refused != null) {
      return refused;
    }
    Nd4jNatives.preferMkl();
    // The application may have initialized ND4J on CUDA before.
    return Nd4j.getEnvironment().isCPU()
        ? onCpu(choice == null ? "" : ", " + choice.why())
        : onCuda(Nd4j.getBackend().getClass().getSimpleName());
  }

  private static Probe onCpu(String remark) {
    String version = version("org.nd4j", "nd4j-api");
    String device =
        "CPU, %s cores, ND4J %s, %s"
            .formatted(Runtime.getRuntime().availableProcessors(), version, Nd4jNatives.blas());
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("ND4J", version);
    versions.put("JavaCPP", version("org.bytedeco", "javacpp"));
    versions.put(Nd4jNatives.blas(), Nd4jNatives.blasVersion());
    return Probe.usable(device, versions, new Threads(0).inUse() + " threads" + remark);
  }

  private static Probe onCuda(String gpu) {
    String version = version("org.nd4j", "nd4j-api");
    Map<String, String> versions = new LinkedHashMap<>();
    versions.put("ND4J", version);
    versions.put("JavaCPP", version("org.bytedeco", "javacpp"));
    versions.put("CUDA", version("org.bytedeco", "cuda"));
    return Probe.usable(gpu + ", ND4J " + version + " on CUDA", versions, "");
  }

  private static String remedy() {
    return "add org.nd4j:nd4j-native to the class path, once without and once with the classifier "
        + platform()
        + ", and org.bytedeco:javacpp and org.bytedeco:openblas with that classifier"
        + " (the module sinter-nd4j brings them all)";
  }

  private static String platform() {
    try {
      return Loader.getPlatform();
    } catch (Throwable e) { // JavaCPP itself is missing or broken
      return "of this platform, such as linux-x86_64";
    }
  }

  static String version(String group, String artifact) {
    try {
      return Loader.getVersion(group, artifact);
    } catch (IOException | RuntimeException e) {
      return "of unknown version"; // the jar was repackaged without its Maven properties
    }
  }
}
