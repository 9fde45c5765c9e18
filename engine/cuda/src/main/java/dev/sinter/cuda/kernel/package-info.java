/**
 * What a kernel is made of: its source with the part that Java writes, its compilation, the values
 * and the memory that it works on. Open {@link dev.sinter.cuda.kernel.KernelSource} first, then the
 * kernels in the resources. Depends on the programs of the core and on {@link
 * dev.sinter.cuda.driver}.
 */
package dev.sinter.cuda.kernel;
