package dev.sinter.benchmarks;

import dev.sinter.bench.Environment;
import dev.sinter.bench.Machine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeSet;
import org.bytedeco.javacpp.Loader;

/**
 * The process that measures one trainer, with a separate folder for unpacked natives.
 *
 * <p>The cache of JavaCPP holds links across jars, so the class path of one run can change the
 * library that the next run loads. Hence one folder for each trainer and class path.
 */
final class BenchmarkProcess {
  private static final String JAVACPP_CACHE = "org.bytedeco.javacpp.cachedir";
  private static final String DJL_CACHE = "DJL_CACHE_DIR";
  private static final String DJL_ENGINE_CACHE = "ENGINE_CACHE_DIR";

  private static String prepared; // the trainer of this process; guarded by the class

  private BenchmarkProcess() {}

  /**
   * Assigns this process to a trainer. Call it before any native library is loaded.
   *
   * @throws IllegalStateException if the process already belongs to another trainer
   */
  static synchronized void prepare(String trainer) {
    if (prepared != null && !prepared.equals(trainer)) {
      throw new IllegalStateException(
          "this process measures "
              + prepared
              + " and is asked for "
              + trainer
              + ": fork one process per trainer (JMH does, except with -f 0)");
    }
    if (prepared == null) {
      prepared = trainer;
      String natives = SinterTrainer.of(trainer).backend(); // shared by all its variants
      System.setProperty(JAVACPP_CACHE, folder("javacpp", natives).toString());
      System.setProperty(DJL_CACHE, folder("djl", trainer).toString());
      System.setProperty(DJL_ENGINE_CACHE, folder("djl", trainer).toString());
    }
  }

  /** Returns a folder next to the compiled benchmarks, reserved for this use. */
  private static Path folder(String library, String trainer) {
    String classPath = System.getProperty("java.class.path", "");
    String name = trainer + "-" + Integer.toHexString(classPath.hashCode());
    try {
      Path classes =
          Path.of(
              BenchmarkProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return Files.createDirectories(
          classes.toAbsolutePath().resolveSibling("natives").resolve(library).resolve(name));
    } catch (IOException | java.net.URISyntaxException e) {
      throw new IllegalStateException(
          "cannot create the folder for the natives of " + trainer + ": " + e, e);
    }
  }

  /** Prints machine, libraries and environment, each line prefixed with #. */
  static void print(PrintStream out, Workload work, Contender contender) {
    line(out, "work", work);
    line(out, "trainer", contender.description());
    line(out, "machine", Machine.cpu() + ", " + Machine.cores() + " cores, " + Machine.system());
    line(
        out,
        "java",
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    Map<String, String> variables = Environment.relevant(System.getenv());
    line(out, "environment", variables.isEmpty() ? "nothing set that matters" : variables);
    line(out, "native libraries", mapped());
    line(out, "JavaCPP's cache", javacppCache());
  }

  private static void line(PrintStream out, String name, Object value) {
    out.println("# " + name + ": " + value);
  }

  /**
   * Returns the folder into which JavaCPP unpacks.
   *
   * @throws IllegalStateException if it is not the folder of this process
   */
  private static String javacppCache() {
    try {
      String used = Loader.getCacheDir().getCanonicalPath();
      String wanted = Path.of(System.getProperty(JAVACPP_CACHE)).toFile().getCanonicalPath();
      if (!used.equals(wanted)) {
        throw new IllegalStateException(
            "JavaCPP unpacks into " + used + ", expected " + wanted + ": it was loaded too early");
      }
      return used;
    } catch (IOException e) {
      throw new IllegalStateException("JavaCPP's cache: " + e.getMessage(), e);
    }
  }

  /** Returns the names of the mapped libraries that came with neither the system nor the JVM. */
  private static String mapped() {
    TreeSet<String> names = new TreeSet<>();
    try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
      lines
          .filter(line -> line.indexOf('/') >= 0)
          .map(line -> Path.of(line.substring(line.indexOf('/'))))
          .filter(path -> path.getFileName().toString().matches(".*\\.so[.0-9]*"))
          .filter(path -> !path.startsWith(System.getProperty("java.home")))
          .forEach(path -> names.add(path.getFileName().toString()));
    } catch (IOException | java.io.UncheckedIOException e) {
      return "not listed by this system";
    }
    names.removeIf(name -> name.matches("(ld-|lib(c|m|dl|rt|pthread|z|nss_.*|resolv)[.-]).*"));
    return names.isEmpty() ? "none" : String.join(" ", names);
  }
}
