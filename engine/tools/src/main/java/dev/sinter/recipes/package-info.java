/**
 * What the command line trains: the three networks that it knows by name, and the interface that a
 * user's own network has as well. Open {@link dev.sinter.recipes.Recipe} first. Depends on the
 * public API; the command line and the benchmarks depend on it.
 */
package dev.sinter.recipes;
