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
 * Controls the CUDA backend of ND4J if it is on the class path: hides it from ND4J if it cannot
 * run, and keeps its stack trace off the terminal if it fails.
 */
final class Nd4jCuda {
  private static final String BACKEND = "org/nd4j/linalg/jcublas/JCublasBackend.class";

  private static GpuChoice choice; // guarded by the class

  private Nd4jCuda() {}

  /**
   * Returns the choice of natives, made once; null if the CUDA backend of ND4J is not on the class
   * path.
   */
  static synchronized GpuChoice choice() {
    if (choice == null && Nd4jCuda.class.getClassLoader().getResource(BACKEND) != null) {
      choice = GpuChoice.of(NvidiaSmi.ask(), System.getenv("CUDA_VISIBLE_DEVICES"));
    }
    return choice;
  }

  /**
   * Makes ND4J find the chosen natives; has no effect after ND4J is initialized.
   *
   * <p>ND4J takes the available service with the highest priority, and the CUDA backend answers
   * that question with a stack trace. Priorities are environment variables, which a running JVM
   * cannot set; but the class loader that ND4J uses to find services can be set.
   */
  static void prepare(GpuChoice choice) {
    if (choice != null && choice.natives() == Natives.CPU) {
      ClassLoader current = ND4JClassLoading.getNd4jClassloader();
      ND4JClassLoading.setNd4jClassloader(
          new WithoutCuda(current == null ? Nd4jCuda.class.getClassLoader() : current));
    }
  }

  /** Runs the initialization of ND4J on CUDA; returns its output on standard error. */
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

  /**
   * Sees everything that its parent sees, except the services of the jar with the CUDA backend of
   * ND4J.
   */
  static final class WithoutCuda extends ClassLoader {
    private static final String SERVICES = "META-INF/services/org.nd4j.";

    private final List<String> hidden; // the root of the jar, as a URL

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
