/**
 * The interfaces of a backend (provider, session, executable) and the choice of a backend. Open
 * {@link dev.sinter.backend.BackendProvider} first. Depends on programs, data and errors; the model
 * and the backends depend on it.
 */
@NullMarked
package dev.sinter.backend;

import org.jspecify.annotations.NullMarked;
