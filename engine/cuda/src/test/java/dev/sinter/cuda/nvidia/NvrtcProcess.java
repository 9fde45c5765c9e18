package dev.sinter.cuda.nvidia;

import dev.sinter.backend.NativeFailure;
import dev.sinter.errors.SinterException;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Compiles kernels with NVRTC on a machine without a driver, in a separate JVM.
 *
 * <p>Tests call {@link #compileAll} and {@link #spilling}; the other JVM runs the rest.
 */
public final class NvrtcProcess {
  /** Turing to Blackwell, every family that CUDA 13 supports. */
  public static final List<String> ARCHITECTURES =
      List.of("sm_75", "sm_80", "sm_86", "sm_89", "sm_90", "sm_100", "sm_120");

  private static final int NO_COMPILER = 3;

  /** Little optimization, in a tenth of the time. */
  private static final String FAST = "--Ofast-compile=max";

  /** The attribute of a cubin with the local memory of a function. */
  private static final int FRAME_SIZE = 0x11;

  /** The bytes that the calls in a rare case of a division may use; sums would need hundreds. */
  private static final int CALL_BYTES = 64;

  private NvrtcProcess() {}

  /**
   * Compiles each source for each architecture, with little optimization: in a tenth of the time.
   *
   * @param sources CUDA C++ by name
   * @param architectures such as sm_90
   * @return the failures, each with name, architecture and log; empty if everything compiled
   * @throws org.opentest4j.TestAbortedException if this machine cannot run it, after printing the
   *     reason
   */
  public static List<String> compileAll(Map<String, String> sources, List<String> architectures) {
    return run(sources, architectures, FAST);
  }

  /**
   * Compiles each source for one architecture, with the options used for devices.
   *
   * @return the sources that do not compile, or that keep variables in local memory instead of
   *     registers, except the few bytes of a call
   * @throws org.opentest4j.TestAbortedException if this machine cannot run it, after printing the
   *     reason
   */
  public static List<String> spilling(Map<String, String> sources, String architecture) {
    return run(sources, List.of(architecture), "");
  }

  private static List<String> run(
      Map<String, String> sources, List<String> architectures, String option) {
    Path stub = ChildJvm.stub("int sinter_stands_in_for_the_driver;\n");
    Path input = stub.resolve("kernels.in");
    Path output = stub.resolve("kernels.out");
    try {
      write(input, sources);
      ChildJvm.Result result =
          ChildJvm.run(
              stub,
              Map.of(),
              NvrtcProcess.class,
              input.toString(),
              output.toString(),
              String.join(",", architectures),
              option);
      if (result.exit() == NO_COMPILER) {
        throw ChildJvm.skip("NVRTC is not on the class path: " + result.output().strip());
      }
      if (result.exit() != 0) {
        throw new AssertionError("exit code " + result.exit() + ":\n" + result.output());
      }
      return List.copyOf(read(output).values());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      ChildJvm.deleteAll(stub);
    }
  }

  /**
   * Compiles the sources in the first file for the architectures in the third argument, with the
   * option in the fourth, and writes the failures to the second.
   */
  public static void main(String[] arguments) throws IOException {
    boolean fast = !arguments[3].isEmpty();
    NvrtcCompiler compiler = fast ? new NvrtcCompiler(arguments[3]) : new NvrtcCompiler();
    try {
      Presets.initialize("nvrtc");
      System.out.println(compiler.version());
    } catch (LinkageError e) {
      System.out.println(new NativeFailure(e).cause());
      System.exit(NO_COMPILER);
    }
    Map<String, String> failures = new LinkedHashMap<>();
    for (Map.Entry<String, String> source : read(Path.of(arguments[0])).entrySet()) {
      for (String architecture : arguments[2].split(",")) {
        String name = source.getKey() + " for " + architecture;
        try {
          byte[] code = compiler.compile(source.getValue(), architecture);
          if (code.length < 4 || code[1] != 'E' || code[2] != 'L' || code[3] != 'F') {
            failures.put(name, name + ": no cubin of " + code.length + " bytes");
          } else if (!fast && frameBytes(code) > CALL_BYTES) {
            failures.put(name, name + ": " + frameBytes(code) + " bytes of local memory");
          }
        } catch (SinterException e) {
          failures.put(name, name + ": " + e.getMessage());
        }
      }
    }
    write(Path.of(arguments[1]), failures);
  }

  /** Returns the most local memory of a function of a cubin, from its section .nv.info. */
  private static int frameBytes(byte[] cubin) {
    ByteBuffer elf = ByteBuffer.wrap(cubin).order(ByteOrder.LITTLE_ENDIAN);
    int headers = (int) elf.getLong(40);
    int headerBytes = elf.getShort(58);
    int names = (int) elf.getLong(headers + elf.getShort(62) * headerBytes + 24);
    int most = 0;
    for (int i = 0; i < elf.getShort(60); i++) {
      int header = headers + i * headerBytes;
      if (text(elf, names + elf.getInt(header)).equals(".nv.info")) {
        int at = (int) elf.getLong(header + 24);
        int end = at + (int) elf.getLong(header + 32);
        while (at < end) { // format, attribute, size or value, value
          boolean sized = elf.get(at) == 4;
          int size = sized ? elf.getShort(at + 2) : 0;
          if (sized && elf.get(at + 1) == FRAME_SIZE) {
            most = Math.max(most, elf.getInt(at + 8)); // after the function's symbol
          }
          at += 4 + size;
        }
      }
    }
    return most;
  }

  private static String text(ByteBuffer bytes, int from) {
    int end = from;
    while (bytes.get(end) != 0) {
      end++;
    }
    return new String(bytes.array(), from, end - from, StandardCharsets.US_ASCII);
  }

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
