package dev.sinter.cuda.driver;

/** Turns CUDA C++ into machine code for one architecture. */
public interface KernelCompiler {
  /**
   * Returns the name and version of the compiler; cached machine code of another version is not
   * used.
   */
  String version();

  /**
   * Compiles a translation unit without includes, whose kernels are {@code extern "C"}.
   *
   * @param source CUDA C++17
   * @param architecture such as sm_90
   * @return a cubin
   * @throws dev.sinter.errors.RunException with the log of the compiler
   */
  byte[] compile(String source, String architecture);
}
