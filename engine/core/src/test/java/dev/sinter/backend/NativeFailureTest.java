package dev.sinter.backend;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NativeFailureTest {
  private static final Throwable NOEXEC =
      new ExceptionInInitializerError(
          new UnsatisfiedLinkError(
              "/x/libjnidnnl.so: failed to map segment from shared object\nmore"));

  @Test
  void notLoaded_fromANoexecFileSystem_namesThePropertyThatMovesTheCache() {
    assertThat(Probe.notLoaded("oneDNN", NOEXEC, "add the jar").detail())
        .isEqualTo(
            "oneDNN did not load (UnsatisfiedLinkError: /x/libjnidnnl.so: failed to map segment from"
                + " shared object); the natives were unpacked to a file system that is mounted"
                + " noexec: start the JVM with -Dorg.bytedeco.javacpp.cachedir=FOLDER, a folder on"
                + " another one");
  }

  /** The loader may report what it tried last, and what failed first as a cause within. */
  @Test
  void remedy_noexecAboveTheInnermostCause_isFound() {
    Throwable around = new UnsatisfiedLinkError("x: failed to map segment from shared object");
    around.initCause(new UnsatisfiedLinkError("no jnidnnl in java.library.path"));
    assertThat(new NativeFailure(around).remedy("add the jar")).contains("cachedir");
  }

  @Test
  void notLoaded_anythingElse_keepsTheRemedy() {
    assertThat(new NativeFailure(new NoClassDefFoundError("a/B")).notLoaded("X", "add the jar"))
        .isEqualTo("X did not load (NoClassDefFoundError: a/B); add the jar");
  }
}
