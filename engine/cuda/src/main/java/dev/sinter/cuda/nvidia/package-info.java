/**
 * The driver layer on the NVIDIA libraries, through JavaCPP: open {@link
 * dev.sinter.cuda.nvidia.NvidiaPlatform} first, then {@link dev.sinter.cuda.nvidia.NvidiaDevice}.
 *
 * <p>The only package that uses org.bytedeco.cuda. Depends on dev.sinter.cuda.driver, on
 * dev.sinter.distributed for {@link dev.sinter.cuda.nvidia.Nccl}, and on errors.
 */
package dev.sinter.cuda.nvidia;
