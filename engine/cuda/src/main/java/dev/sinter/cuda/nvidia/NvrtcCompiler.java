package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.nvrtc.*;

import dev.sinter.cuda.driver.KernelCompiler;
import dev.sinter.errors.RunException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * NVRTC, the CUDA compiler as a library.
 *
 * <p>It generates machine code (a cubin), never PTX, because a driver older than the compiler
 * refuses PTX. It needs no device. Several threads may compile at once.
 */
final class NvrtcCompiler implements KernelCompiler {
  private final List<String> further;

  /**
   * Creates the compiler.
   *
   * @param further additional NVRTC options
   */
  NvrtcCompiler(String... further) {
    this.further = List.of(further);
  }

  @Override
  public String version() {
    int[] major = new int[1];
    int[] minor = new int[1];
    check(nvrtcVersion(major, minor), "nvrtcVersion");
    return "NVRTC " + major[0] + "." + minor[0];
  }

  /** Returns the supported architectures, such as 75 and 90, in rising order. */
  List<Integer> architectures() {
    int[] count = new int[1];
    check(nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
    int[] values = new int[count[0]];
    check(nvrtcGetSupportedArchs(values), "nvrtcGetSupportedArchs");
    return IntStream.of(values).sorted().boxed().toList();
  }

  /**
   * The result of a compilation.
   *
   * @param code a cubin
   * @param log what the compiler printed; empty without further options
   */
  record Compiled(byte[] code, String log) {}

  @Override
  public byte[] compile(String source, String architecture) {
    return compileWithLog(source, architecture).code();
  }

  /** Compiles like {@link #compile}, and returns the log as well. */
  Compiled compileWithLog(String source, String architecture) {
    _nvrtcProgram program = new _nvrtcProgram();
    try (BytePointer text = new BytePointer(source, StandardCharsets.UTF_8);
        BytePointer name = new BytePointer("sinter.cu", StandardCharsets.UTF_8)) {
      PointerPointer<Pointer> none = null; // no headers: kernels include nothing
      check(nvrtcCreateProgram(program, text, name, 0, none, none), "nvrtcCreateProgram");
    }
    try {
      compile(program, architecture);
      return new Compiled(machineCode(program), log(program));
    } finally {
      nvrtcDestroyProgram(program);
    }
  }

  private void compile(_nvrtcProgram program, String architecture) {
    List<String> options = new ArrayList<>(further);
    options.add("--gpu-architecture=" + architecture);
    options.addAll(List.of("--std=c++17", "--fmad=true"));
    options.add("--diag-suppress=177"); // a kernel does not use every function of common.cu
    int result;
    try (PointerPointer<Pointer> list = new PointerPointer<>(options.toArray(String[]::new))) {
      result = nvrtcCompileProgram(program, options.size(), list);
    }
    if (result != NVRTC_SUCCESS) {
      throw new RunException(
          "%s, kernels for %s: expected code that compiles, received %s. Please report this log:\n%s"
              .formatted(
                  version(), architecture, nvrtcGetErrorString(result).getString(), log(program)));
    }
  }

  private static String log(_nvrtcProgram program) {
    try (SizeTPointer size = new SizeTPointer(1)) {
      check(nvrtcGetProgramLogSize(program, size), "nvrtcGetProgramLogSize");
      byte[] log = new byte[Math.toIntExact(size.get())]; // ends in a zero byte
      check(nvrtcGetProgramLog(program, log), "nvrtcGetProgramLog");
      return new String(log, 0, Math.max(log.length - 1, 0), StandardCharsets.UTF_8).strip();
    }
  }

  private static byte[] machineCode(_nvrtcProgram program) {
    try (SizeTPointer size = new SizeTPointer(1)) {
      check(nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
      byte[] code = new byte[Math.toIntExact(size.get())];
      check(nvrtcGetCUBIN(program, code), "nvrtcGetCUBIN");
      return code;
    }
  }

  private static void check(int result, String call) {
    if (result != NVRTC_SUCCESS) {
      throw Check.library(
          call,
          nvrtcGetErrorString(result).getString() + " (" + result + ")",
          "Please report this message with the command that led to it");
    }
  }
}
