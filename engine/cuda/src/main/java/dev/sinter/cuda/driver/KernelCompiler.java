package dev.sinter.cuda.driver;

/** Turns CUDA C++ into machine code for one architecture. */
public interface KernelCompiler {
  /** Returns the compiler's name and version; machine code of another one is compiled anew. */
  String version();

  /**
   * Compiles a translation unit that includes nothing and whose kernels are {@code extern "C"}.
   *
   * @param source CUDA C++17
   * @param architecture such as sm_90
   * @return a cubin
   * @throws dev.sinter.errors.RunException with the compiler's log
   */
  byte[] compile(String source, String architecture);
}
