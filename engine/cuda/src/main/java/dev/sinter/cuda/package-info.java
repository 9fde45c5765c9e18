/**
 * The cuda backend: programs as kernels of Sinter's own and products of cuBLASLt, captured into
 * graphs of many steps. Open {@link dev.sinter.cuda.CudaSession} first, then {@link
 * dev.sinter.cuda.Lowering} and the kernels in the resources. Depends on the core's programs and
 * backends and on {@link dev.sinter.cuda.driver}; nothing but the service loader knows it.
 */
package dev.sinter.cuda;
