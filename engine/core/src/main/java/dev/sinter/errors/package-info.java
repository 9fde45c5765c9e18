/**
 * The exceptions of Sinter. Open {@link dev.sinter.errors.SinterException} first. Every package may
 * depend on this one; it depends on none.
 */
@NullMarked
package dev.sinter.errors;

import org.jspecify.annotations.NullMarked;
