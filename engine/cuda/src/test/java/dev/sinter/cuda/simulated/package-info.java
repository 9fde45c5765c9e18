/**
 * A CUDA device that is not there: the same kernels, compiled for the CPU, with every mistake that
 * a GPU would hide turned into an exception. Open {@link
 * dev.sinter.cuda.simulated.SimulatedPlatform} first. Its C++ half is among the test resources of
 * the same name.
 */
package dev.sinter.cuda.simulated;
