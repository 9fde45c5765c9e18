/**
 * A simulated CUDA device: the same kernels, compiled for the CPU. Mistakes that a GPU would hide
 * become exceptions. Open {@link dev.sinter.cuda.simulated.SimulatedPlatform} first. Its C++ half
 * is among the test resources of the same name.
 */
package dev.sinter.cuda.simulated;
