/**
 * The common part of the CPU backends: the session, its loop, and every operation except the
 * products, in Java over native memory. Open {@link dev.sinter.backend.host.HostSession} first,
 * then {@link dev.sinter.backend.host.HostTranslator}. Depends on the backend interfaces, programs
 * and data; knows no library.
 */
@NullMarked
package dev.sinter.backend.host;

import org.jspecify.annotations.NullMarked;
