/**
 * The three networks that the command line trains by name. Open {@link dev.sinter.recipes.Recipe}
 * first. Depends on the public API; the command line and the benchmarks depend on it.
 */
package dev.sinter.recipes;
