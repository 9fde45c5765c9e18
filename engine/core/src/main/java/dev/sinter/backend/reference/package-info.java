/**
 * The interpreter that defines every operation. Open {@link
 * dev.sinter.backend.reference.ReferenceSession} first, then the kernels. Only the service loader
 * knows it.
 */
@NullMarked
package dev.sinter.backend.reference;

import org.jspecify.annotations.NullMarked;
