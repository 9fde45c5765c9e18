/**
 * What a backend must be: providers, sessions, executables, and the choice between them. Open
 * {@link dev.sinter.backend.BackendProvider} first. Depends on programs, data and errors; the model
 * and the backends depend on it.
 */
package dev.sinter.backend;
