/**
 * What backends on a CPU share: the session, its loop, and every operation but the products in
 * Java, over native memory that the host sees. Open {@link dev.sinter.backend.host.HostSession}
 * first, then {@link dev.sinter.backend.host.HostTranslator}. Depends on the backend interfaces,
 * programs and data; knows no library.
 */
package dev.sinter.backend.host;
