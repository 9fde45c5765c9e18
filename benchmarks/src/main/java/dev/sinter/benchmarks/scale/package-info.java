/**
 * How training scales to many machines: a simulation with measured compute and a modelled network,
 * and the measurements that it needs. {@code scripts/bench scale} runs it. Open {@link
 * dev.sinter.benchmarks.scale.Scale} first, then {@link dev.sinter.benchmarks.scale.AllReduce}.
 */
package dev.sinter.benchmarks.scale;
