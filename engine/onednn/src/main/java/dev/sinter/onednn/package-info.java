/**
 * The onednn backend translates each operation into prebuilt oneDNN primitives over fixed memory.
 * Open {@link dev.sinter.onednn.OneDnnSession} first, then {@link dev.sinter.onednn.Translator}.
 * Depends on the core and oneDNN's C interface; only the service loader knows the backend.
 */
package dev.sinter.onednn;
