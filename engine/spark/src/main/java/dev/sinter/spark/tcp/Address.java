package dev.sinter.spark.tcp;

import dev.sinter.errors.InputException;
import java.net.InetSocketAddress;

/**
 * Where an endpoint listens, written as 10.0.0.5:4711 or [2001:db8::5]:4711. Immutable.
 *
 * @param host a name or a literal address, without brackets
 */
record Address(String host, int port) {
  static Address of(InetSocketAddress socket) {
    return new Address(socket.getAddress().getHostAddress(), socket.getPort());
  }

  /**
   * Reads an address.
   *
   * @param where whose it is, for messages
   */
  static Address parse(String where, String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = 0;
    try {
      port = Integer.parseInt(text.substring(colon + 1));
    } catch (NumberFormatException e) {
      port = 0; // refused below
    }
    if (host.isEmpty() || port < 1 || port > 0xFFFF) {
      throw InputException.of(
          where, "host:port", "\"" + text + "\"", "Give what address() of its endpoint returned");
    }
    return new Address(host, port);
  }

  /** Looks the host up; the result is unresolved if it is unknown. */
  InetSocketAddress resolve() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
