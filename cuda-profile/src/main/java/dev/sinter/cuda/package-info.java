/** The place of the CUDA backend: it holds none yet, and a build with -Pcuda runs on the CPU. */
package dev.sinter.cuda;
