/**
 * Programs of operations over values, the layout of their memory, and their expressions. Open
 * {@link dev.sinter.program.Op} first, then {@link dev.sinter.program.Program}. Pure data, depends
 * only on errors. The compiler writes programs; backends read them.
 */
@NullMarked
package dev.sinter.program;

import org.jspecify.annotations.NullMarked;
