/**
 * The minimal interface of the cuda backend to a GPU and its libraries: open {@link
 * dev.sinter.cuda.driver.Device} first. One implementation calls the NVIDIA driver, NVRTC, cuBLASLt
 * and cuDNN through JavaCPP; another one, in the tests, runs the same kernels on the CPU. Depends
 * only on errors.
 */
package dev.sinter.cuda.driver;
