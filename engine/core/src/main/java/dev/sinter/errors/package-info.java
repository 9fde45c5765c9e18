/**
 * The exceptions of Sinter. Open {@link dev.sinter.errors.SinterException} first. Every package may
 * depend on this one; it depends on none.
 */
package dev.sinter.errors;
