package dev.sinter.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hiding the CUDA backend from ND4J, with folders in place of its jars. */
class Nd4jCudaTest {
  private static final String SERVICE = "META-INF/services/org.nd4j.linalg.factory.Nd4jBackend";

  @TempDir Path folder;

  private URL jar(String name, String backend) throws Exception {
    Path root = folder.resolve(name);
    for (String file : List.of(SERVICE, "META-INF/services/other", backend)) {
      Files.createDirectories(root.resolve(file).getParent());
      Files.writeString(root.resolve(file), "");
    }
    return root.toUri().toURL();
  }

  @Test
  void withoutCuda_servicesOfTheCudaJar_areHiddenAlone() throws Exception {
    URL cpu = jar("cpu", "org/nd4j/linalg/cpu/nativecpu/CpuBackend.class");
    URL cuda = jar("cuda", "org/nd4j/linalg/jcublas/JCublasBackend.class");
    try (var parent = new URLClassLoader(new URL[] {cuda, cpu}, null)) {
      var loader = new Nd4jCuda.WithoutCuda(parent);
      assertThat(Collections.list(parent.getResources(SERVICE))).hasSize(2);
      assertThat(Collections.list(loader.getResources(SERVICE)))
          .containsExactly(new URL(cpu, SERVICE));
      assertThat(Collections.list(loader.getResources("META-INF/services/other"))).hasSize(2);
    }
  }

  @Test
  void quietly_whatIsPrinted_isKeptFromTheTerminal() {
    var terminal = System.err;
    String printed =
        Nd4jCuda.quietly(
            () -> {
              new IllegalStateException("no device").printStackTrace();
              return null;
            });
    assertThat(printed).contains("no device");
    assertThat(System.err).isSameAs(terminal);
  }
}
