package dev.sinter.nd4j;

import dev.sinter.nd4j.GpuChoice.Natives;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.function.Supplier;
import org.nd4j.common.config.ND4JClassLoading;

/**
 * ND4J's CUDA backend, where it is on the class path: keeps ND4J from it where it cannot run, and
 * keeps its stack trace off the terminal where it fails.
 */
final class Nd4jCuda {
  private static final String BACKEND = "org/nd4j/linalg/jcublas/JCublasBackend.class";

  private static GpuChoice choice; // guarded by the class

  private Nd4jCuda() {}

  /** Returns what ND4J is to take, decided once; null where its CUDA backend is not there. */
  static synchronized GpuChoice choice() {
    if (choice == null && Nd4jCuda.class.getClassLoader().getResource(BACKEND) != null) {
      choice = GpuChoice.of(NvidiaSmi.ask(), System.getenv("CUDA_VISIBLE_DEVICES"));
    }
    return choice;
  }

  /**
   * Lets ND4J find its natives as chosen; has no effect once ND4J is initialized.
   *
   * <p>ND4J takes the service with the highest priority that says it is available, and the CUDA
   * backend answers with a stack trace. Priorities are variables of the environment, which a
   * running JVM cannot set; the class loader that ND4J looks for services with can be.
   */
  static void prepare(GpuChoice choice) {
    if (choice != null && choice.natives() == Natives.CPU) {
      ClassLoader current = ND4JClassLoading.getNd4jClassloader();
      ND4JClassLoading.setNd4jClassloader(
          new WithoutCuda(current == null ? Nd4jCuda.class.getClassLoader() : current));
    }
  }

  /** Runs what initializes ND4J on CUDA; returns what it printed on standard error. */
  static String quietly(Supplier<?> initialization) {
    PrintStream terminal = System.err;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      initialization.get();
    } finally {
      System.setErr(terminal);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  /** Sees all that its parent sees, but for the services of the jar with ND4J's CUDA backend. */
  static final class WithoutCuda extends ClassLoader {
    private static final String SERVICES = "META-INF/services/org.nd4j.";

    private final List<String> hidden; // the jar's root, as a URL

    WithoutCuda(ClassLoader parent) {
      super(parent);
      URL backend = parent.getResource(BACKEND);
      this.hidden =
          backend == null
              ? List.of()
              : List.of(backend.toString().substring(0, backend.toString().indexOf(BACKEND)));
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      Enumeration<URL> all = super.getResources(name);
      if (!name.startsWith(SERVICES)) {
        return all;
      }
      return Collections.enumeration(
          Collections.list(all).stream()
              .filter(url -> hidden.stream().noneMatch(url.toString()::startsWith))
              .toList());
    }
  }
}
