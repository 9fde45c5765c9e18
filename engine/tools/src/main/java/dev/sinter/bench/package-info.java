/**
 * What every measurement shares: child processes ({@link dev.sinter.bench.Child}), the environment
 * that natives train fastest with ({@link dev.sinter.bench.Environment}) and the description of the
 * machine ({@link dev.sinter.bench.Machine}).
 */
package dev.sinter.bench;
