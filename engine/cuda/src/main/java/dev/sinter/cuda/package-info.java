/**
 * The cuda backend: programs as kernels of Sinter and products of cuBLASLt, captured into graphs of
 * many steps. Open {@link dev.sinter.cuda.CudaSession} first, then {@link
 * dev.sinter.cuda.Translator} and the kernels in the resources. Depends on the programs and
 * backends of the core and on {@link dev.sinter.cuda.product}, {@link dev.sinter.cuda.kernel} and
 * {@link dev.sinter.cuda.driver}; only the service loader knows it.
 */
package dev.sinter.cuda;
