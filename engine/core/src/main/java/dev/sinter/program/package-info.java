/**
 * What runs: programs of operations over values, the layout of their memory, and the expressions
 * they hold. Open {@link dev.sinter.program.Op} first, then {@link dev.sinter.program.Program}.
 * Pure data: depends on errors only; the compiler writes programs, backends read them.
 */
package dev.sinter.program;
