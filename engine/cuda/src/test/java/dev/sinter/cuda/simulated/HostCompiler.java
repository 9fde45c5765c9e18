package dev.sinter.cuda.simulated;

import dev.sinter.cuda.driver.KernelCompiler;
import dev.sinter.errors.RunException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compiles kernels for the CPU; an image is the path of a shared object.
 *
 * <p>The source is changed in one place only: in a function, "extern __shared__ T name[];" becomes
 * a pointer to the memory of the running block. Everything is in an unnamed namespace, so that
 * shared variables of templates are not COMDATs, which cannot share a section with others. Line
 * numbers in messages are those of the kernel source.
 */
final class HostCompiler implements KernelCompiler {
  private static final Pattern DYNAMIC =
      Pattern.compile(
          "extern\\s+__shared__\\s+(?:__align__\\s*\\([^)]*\\)\\s*)?([\\w\\s]+?)\\s+"
              + "(?:__align__\\s*\\([^)]*\\)\\s*)?(\\w+)\\s*\\[\\s*\\]\\s*;");
  private static final Pattern COMMENT = Pattern.compile("//[^\n]*|/\\*.*?\\*/", Pattern.DOTALL);
  private static final Pattern KERNEL =
      Pattern.compile(
          "extern\\s+\"C\"\\s+__global__\\s+(?:void\\s+)?"
              + "(?:__launch_bounds__\\s*\\(((?:[^()]|\\([^()]*\\))*)\\)\\s*)?(?:void\\s+)?(\\w+)\\s*\\(");
  private static final String SHIM =
      "#define SINTER_HOST 1\n"
          + ObjectCache.resource("abi.h").replace("#pragma once", "")
          + ObjectCache.resource("shim.h")
          + ObjectCache.resource("shim_functions.h");

  /**
   * -nostdlib: a small kernel takes longer to link with libraries than to compile. What it calls of
   * them, the JVM has loaded; that of the sanitizer, which may be missing, the simulator defines.
   */
  private static final String[] FAST = {"-O1", "-fno-gnu-unique", "-nostdlib"};

  private static final String[] CHECKED = {
    "-O1", "-fno-gnu-unique", "-nostdlib", "-fsanitize=thread,bounds"
  };

  private final boolean checked;
  private final UnaryOperator<String> edit;

  /**
   * Creates a compiler.
   *
   * @param checked whether each load and store is checked, which works only with g++
   * @param edit changes the source of each kernel
   */
  HostCompiler(boolean checked, UnaryOperator<String> edit) {
    this.edit = edit;
    this.checked = checked && !Toolchain.instance().version().contains("clang");
  }

  @Override
  public String version() {
    return (checked ? "checking " : "fast ") + Toolchain.instance().version();
  }

  @Override
  public byte[] compile(String source, String architecture) {
    String unit = unit(source, architecture);
    String name = "kernel";
    Matcher kernel = KERNEL.matcher(COMMENT.matcher(source).replaceAll(" "));
    if (kernel.find()) {
      name = kernel.group(2);
    }
    try {
      return ObjectCache.object(name, unit, checked ? CHECKED : FAST)
          .toString()
          .getBytes(StandardCharsets.UTF_8);
    } catch (RunException e) {
      throw new RunException("compiling kernel " + name + " for the host: " + e.getMessage(), e);
    }
  }

  /** Returns the whole translation unit. */
  private String unit(String source, String architecture) {
    String body =
        DYNAMIC
            .matcher(edit.apply(source))
            .replaceAll("$1* const $2 = ($1*)sinter_module.dynamic;");
    StringBuilder unit = new StringBuilder();
    unit.append("#define SINTER_CHECKED ").append(checked).append('\n').append(SHIM);
    String digits = architecture.replaceAll("\\D", "");
    unit.append(ObjectCache.resource(checked ? "shim_copies.h" : "shim_copies_fast.h"));
    if (checked) {
      unit.append(ObjectCache.resource("shim_checks.h"));
    }
    unit.append("#define __CUDA_ARCH__ ").append(digits).append("0\n");
    unit.append("namespace {\n#line 1 \"kernel.cu\"\n").append(body).append("\n}\n");
    unit.append("#line 1 \"launch\"\n");
    Map<String, String> bounds = new LinkedHashMap<>();
    Matcher kernels = KERNEL.matcher(COMMENT.matcher(source).replaceAll(" "));
    while (kernels.find()) {
      String bound = kernels.group(1) == null ? "0" : kernels.group(1);
      // A comma inside template arguments does not end the first number; such bounds are not
      // checked.
      bounds.put(kernels.group(2), bound.contains("<") ? "0" : bound.split(",")[0]);
    }
    bounds.forEach((name, bound) -> unit.append(entry(name, bound)));
    return unit.toString();
  }

  private static String entry(String name, String bound) {
    return """
    extern "C" {
    __attribute__((visibility("default"))) void sinter_call_NAME(void** a) {
      sinter_call(NAME, a);
    }
    __attribute__((visibility("default"))) const char* sinter_signature_NAME() {
      return sinter_signature(NAME);
    }
    __attribute__((visibility("default"))) unsigned sinter_struct_bytes_NAME() {
      return sinter_struct_bytes(NAME);
    }
    __attribute__((visibility("default"))) int sinter_bounds_NAME = BOUND;
    }
    """
        .replace("NAME", name)
        .replace("BOUND", bound);
  }
}
