package dev.sinter.spark.tcp;

import dev.sinter.backend.BackendOptions;
import dev.sinter.distributed.Endpoint;
import dev.sinter.distributed.Transport;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import org.jspecify.annotations.Nullable;

/**
 * Carries numbers over TCP; sums are made in the order of the ranks. An endpoint listens on a free
 * port of the address that its host name stands for. The token is compared before anything else is
 * read, but nothing is encrypted: whoever can read the network's packets can read it.
 *
 * <p>Immutable: any number of threads may use it.
 */
public final class TcpTransport implements Transport {
  /** The name of the transport. */
  public static final String NAME = "tcp";

  /** Creates the transport. */
  public TcpTransport() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public @Nullable String reasonAgainst() {
    try {
      ServerSocketChannel.open().close();
      return null;
    } catch (IOException e) {
      return "no socket can be opened here: " + e.getMessage();
    }
  }

  @Override
  public Endpoint open(int rank, String host, BackendOptions options) {
    return TcpEndpoint.open(rank, host);
  }
}
