/** What {@code scripts/gpu-check} runs on a machine with a GPU, and the report it writes. */
package dev.sinter.cuda.check;
