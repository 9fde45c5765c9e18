/**
 * What backends on a CPU share: steps and expressions in Java, over native memory that the host
 * sees. Open {@link dev.sinter.backend.host.Step} first, then {@link
 * dev.sinter.backend.host.HostExpression}. Depends on the backend interfaces, programs and data;
 * knows no library.
 */
package dev.sinter.backend.host;
