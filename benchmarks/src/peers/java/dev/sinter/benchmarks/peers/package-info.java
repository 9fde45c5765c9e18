/**
 * Other libraries, at their best settings, for the same work. Open {@link
 * dev.sinter.benchmarks.peers.DjlContender} first. Compiled in the Maven profile {@code peers}
 * alone; found by {@link java.util.ServiceLoader}.
 */
package dev.sinter.benchmarks.peers;
