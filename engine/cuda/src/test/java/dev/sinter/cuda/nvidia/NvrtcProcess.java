package dev.sinter.cuda.nvidia;

import dev.sinter.backend.NativeFailure;
import dev.sinter.errors.SinterException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Compiles kernels with NVRTC on a machine without a driver, in a separate JVM. */
public final class NvrtcProcess {
  /**
   * Turing to Blackwell. Not compiled, to save time: sm_89, which can run the code of sm_86, and
   * sm_100.
   */
  public static final List<String> ARCHITECTURES =
      List.of("sm_75", "sm_80", "sm_86", "sm_90", "sm_120");

  private static final int NO_COMPILER = 3;

  /** Registers, spills and shared memory of each kernel, in the log. */
  private static final String STATISTICS = "--ptxas-options=-v";

  private static final String FOR = " for ";

  private NvrtcProcess() {}

  /**
   * The result of compiling.
   *
   * @param compiler name and version
   * @param failures each with source, architecture and log; empty if everything compiled
   * @param usages of each kernel of each source on each architecture
   */
  public record Compiled(String compiler, List<String> failures, List<KernelUsage> usages) {}

  /**
   * Compiles each source for each architecture, with the options used for devices, on all cores.
   *
   * @param sources CUDA C++ by name
   * @param architectures such as sm_90
   * @throws org.opentest4j.TestAbortedException if this machine cannot run it, after printing the
   *     reason
   */
  public static Compiled compileAll(Map<String, String> sources, List<String> architectures) {
    Path stub = ChildJvm.stub("int sinter_stands_in_for_the_driver;\n");
    Path input = stub.resolve("kernels.in");
    Path failures = stub.resolve("failures.out");
    Path logs = stub.resolve("logs.out");
    try {
      write(input, sources);
      ChildJvm.Result result =
          ChildJvm.run(
              stub,
              Map.of(),
              NvrtcProcess.class,
              input.toString(),
              failures.toString(),
              logs.toString(),
              String.join(",", architectures));
      if (result.exit() == NO_COMPILER) {
        throw ChildJvm.skip("NVRTC is not on the class path: " + result.output().strip());
      }
      if (result.exit() != 0) {
        throw new AssertionError("exit code " + result.exit() + ":\n" + result.output());
      }
      List<KernelUsage> usages = new ArrayList<>();
      read(logs)
          .forEach(
              (name, log) ->
                  usages.addAll(KernelUsage.parse(name.substring(0, name.lastIndexOf(FOR)), log)));
      return new Compiled(
          result.output().strip(), List.copyOf(read(failures).values()), List.copyOf(usages));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      ChildJvm.deleteAll(stub);
    }
  }

  /**
   * Compiles the sources in the first file for the architectures in the fourth argument, and writes
   * the failures to the second file and the logs to the third.
   */
  public static void main(String[] arguments) throws IOException {
    NvrtcCompiler compiler = new NvrtcCompiler(STATISTICS);
    try {
      Presets.initialize("nvrtc");
      System.out.println(compiler.version());
    } catch (LinkageError e) {
      System.out.println(new NativeFailure(e).cause());
      System.exit(NO_COMPILER);
    }
    List<Task> tasks = new ArrayList<>();
    for (Map.Entry<String, String> source : read(Path.of(arguments[0])).entrySet()) {
      for (String architecture : arguments[3].split(",")) {
        tasks.add(new Task(source.getKey(), source.getValue(), architecture));
      }
    }
    Map<String, String> failures = new LinkedHashMap<>();
    Map<String, String> logs = new LinkedHashMap<>();
    List<Outcome> outcomes = tasks.parallelStream().map(task -> task.compile(compiler)).toList();
    for (Outcome outcome : outcomes) {
      (outcome.compiled() ? logs : failures).put(outcome.name(), outcome.text());
    }
    write(Path.of(arguments[1]), failures);
    write(Path.of(arguments[2]), logs);
  }

  /** A source to compile for one architecture. */
  private record Task(String source, String text, String architecture) {
    Outcome compile(NvrtcCompiler compiler) {
      String name = source + FOR + architecture;
      try {
        NvrtcCompiler.Compiled compiled = compiler.compileWithLog(text, architecture);
        byte[] code = compiled.code();
        return code.length < 4 || code[1] != 'E' || code[2] != 'L' || code[3] != 'F'
            ? new Outcome(false, name, name + ": no cubin of " + code.length + " bytes")
            : new Outcome(true, name, compiled.log());
      } catch (SinterException e) {
        return new Outcome(false, name, name + ": " + e.getMessage());
      }
    }
  }

  /** The log of what compiled, or the failure. */
  private record Outcome(boolean compiled, String name, String text) {}

  private static void write(Path file, Map<String, String> texts) throws IOException {
    try (DataOutputStream out = new DataOutputStream(Files.newOutputStream(file))) {
      out.writeInt(texts.size());
      for (Map.Entry<String, String> text : texts.entrySet()) {
        for (String part : List.of(text.getKey(), text.getValue())) {
          byte[] bytes = part.getBytes(StandardCharsets.UTF_8); // longer than writeUTF allows
          out.writeInt(bytes.length);
          out.write(bytes);
        }
      }
    }
  }

  private static Map<String, String> read(Path file) throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        List<String> parts = new ArrayList<>();
        for (int j = 0; j < 2; j++) {
          parts.add(new String(in.readNBytes(in.readInt()), StandardCharsets.UTF_8));
        }
        texts.put(parts.get(0), parts.get(1));
      }
    }
    return texts;
  }
}
