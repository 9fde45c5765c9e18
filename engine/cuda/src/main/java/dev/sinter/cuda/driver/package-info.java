/**
 * What the cuda backend asks of a GPU and its libraries, and nothing more: open {@link
 * dev.sinter.cuda.driver.Device} first. One implementation calls the NVIDIA driver, NVRTC, cuBLASLt
 * and cuDNN through JavaCPP; the tests have another that runs the same kernels on the CPU. Depends
 * on errors alone.
 */
package dev.sinter.cuda.driver;
