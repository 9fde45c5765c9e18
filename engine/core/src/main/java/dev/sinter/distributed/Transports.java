package dev.sinter.distributed;

import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import java.util.List;
import java.util.ServiceLoader;

/** Finds the transports on the class path. Any number of threads may call its methods. */
public final class Transports {
  private Transports() {}

  /**
   * Returns a transport that works here.
   *
   * @throws InputException when the name is unknown or the transport cannot work here; the message
   *     has the reason
   */
  public static Transport get(String name) {
    return get(providers(), name);
  }

  static Transport get(List<Transport> providers, String name) {
    KnownNames<Transport> known = KnownNames.of("transport", providers, Transport::name);
    String names = String.join(", ", known.names());
    Transport transport =
        known
            .find(name)
            .orElseThrow(
                () ->
                    InputException.of(
                        "transport",
                        names.isEmpty()
                            ? "one on the class path, which has none"
                            : "one of " + names,
                        "\"" + name + "\"",
                        "Correct the name, or add the module that brings it to the class path"
                            + " (tcp: sinter-spark, nccl: sinter-cuda)"));
    String reason = transport.reasonAgainst();
    if (reason != null) {
      throw InputException.of(
          "transport " + transport.name(),
          "one that works here, of " + names,
          reason,
          "Choose another transport, or mend that");
    }
    return transport;
  }

  /** Returns every transport on the class path, and asks none whether it works here. */
  public static List<Transport> providers() {
    return ServiceLoader.load(Transport.class, Transports.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .toList();
  }
}
