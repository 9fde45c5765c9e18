package dev.sinter.cuda.nvidia;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.opentest4j.TestAbortedException;

/**
 * A separate JVM with a libcuda.so.1 compiled from a few lines of C, so that the NVIDIA libraries
 * load on a machine without a driver.
 *
 * <p>Skips the test with a printed reason if there is no Linux, C compiler or natives.
 */
final class ChildJvm {
  /** Natives are unpacked here once: libnvrtc alone has 114 MB. */
  private static final Path CACHE = Path.of("target", "javacpp-cache").toAbsolutePath();

  private static final int TIMEOUT_SECONDS = 600;

  private ChildJvm() {}

  /**
   * The result of the JVM.
   *
   * @param exit its exit code
   * @param output its output on both streams
   */
  record Result(int exit, String output) {}

  /** Builds a libcuda.so.1 from C and returns its temporary folder. */
  static Path stub(String source) {
    try {
      Path folder = Files.createTempDirectory("sinter-libcuda");
      build(folder, "libcuda.so.1", source);
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Builds a library from C into a folder. */
  static void build(Path folder, String library, String source) {
    if (!System.getProperty("os.name").equals("Linux")) {
      throw skip("a libcuda.so.1 can stand in for the driver on Linux only");
    }
    try {
      Path file = Files.writeString(folder.resolve(library + ".c"), source);
      List<String> command =
          List.of(
              "cc",
              "-shared",
              "-fPIC",
              "-Wl,-soname," + library,
              "-o",
              folder.resolve(library).toString(),
              file.toString());
      Process compiler;
      try {
        compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
      } catch (IOException e) {
        throw skip("no C compiler named cc (" + e.getMessage() + ")");
      }
      String log = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (compiler.waitFor() != 0) {
        throw new AssertionError("cc failed:\n" + log);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs a main class on the class path of this JVM, with a folder before those of the loader. */
  static Result run(
      Path libraries, Map<String, String> environment, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")); // short runs
    command.add("-Dorg.bytedeco.javacpp.cachedir=" + CACHE);
    command.add("-Dslf4j.provider=dev.sinter.cli.Log"); // as the launcher does
    command.add("-Dslf4j.internal.verbosity=WARN");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().remove("CUDA_VISIBLE_DEVICES");
    builder
        .environment()
        .merge("LD_LIBRARY_PATH", libraries.toString(), (old, e) -> e + File.pathSeparator + old);
    builder.environment().putAll(environment);
    try {
      Files.createDirectories(CACHE);
      Path output = Files.createTempFile("sinter-child", ".log");
      Process process = builder.redirectOutput(output.toFile()).start();
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(main.getSimpleName() + " took over " + TIMEOUT_SECONDS + " s");
      }
      String text = Files.readString(output);
      Files.delete(output);
      return new Result(process.exitValue(), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Deletes a temporary folder with its content. */
  static void deleteAll(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Prints the reason for skipping a test and returns the exception to throw. */
  static TestAbortedException skip(String reason) {
    System.out.println("Skipped: " + reason);
    try {
      return Assumptions.abort(reason);
    } catch (TestAbortedException e) {
      return e;
    }
  }
}
