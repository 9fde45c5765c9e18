package dev.sinter.spark.tcp;

import dev.sinter.distributed.Endpoint;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A listening socket, until all processes of the group are connected. */
final class TcpEndpoint implements Endpoint {
  /** Connections that may wait to be accepted; the system may allow fewer. */
  private static final int BACKLOG = 1024;

  private final int rank;
  private final ServerSocketChannel listener;
  private final Address address;

  private TcpEndpoint(int rank, ServerSocketChannel listener, Address address) {
    this.rank = rank;
    this.listener = listener;
    this.address = address;
  }

  static TcpEndpoint open(int rank, String host) {
    String where = "transport tcp of rank " + rank;
    InetAddress local;
    try {
      local = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw InputException.of(
          where, "a host that is known here", host, "Give an address of this machine", e);
    }
    try {
      ServerSocketChannel listener = ServerSocketChannel.open();
      try {
        listener.bind(new InetSocketAddress(local, 0), BACKLOG);
        Address address = Address.of((InetSocketAddress) listener.getLocalAddress());
        return new TcpEndpoint(rank, listener, address);
      } catch (IOException | RuntimeException e) {
        listener.close();
        throw e;
      }
    } catch (BindException e) {
      throw InputException.of(
          where,
          "an address of this machine",
          host + " (" + local.getHostAddress() + "): " + e.getMessage(),
          "Give the name or address under which the others reach this machine",
          e);
    } catch (IOException e) {
      throw RunException.of(
          where, "a socket that listens", e.getMessage(), "See what this machine forbids", e);
    }
  }

  @Override
  public String address() {
    return address.toString();
  }

  @Override
  public ProcessGroup connect(List<String> addresses, byte[] token, Duration timeout) {
    List<Address> peers = new ArrayList<>();
    for (int i = 0; i < addresses.size(); i++) {
      peers.add(Address.parse("address of rank " + i, addresses.get(i)));
    }
    if (rank >= peers.size() || !peers.get(rank).equals(address)) {
      throw InputException.of(
          "addresses of the group",
          address + " as that of rank " + rank,
          String.join(", ", addresses),
          "Give the address of every process, in the order of the ranks");
    }
    if (timeout.isNegative() || timeout.isZero()) {
      throw InputException.of("timeout", "a time above 0", timeout, "Give it in seconds, say 60");
    }
    Greeting greeting = new Greeting(token, rank, peers.size());
    try (listener;
        Meeting meeting = new Meeting(rank, peers, greeting, listener, timeout)) {
      return TcpGroup.start(rank, meeting.peers(), timeout);
    } catch (IOException e) {
      throw RunException.of(
          "transport tcp of rank " + rank,
          "connections to all processes",
          e.toString(),
          "Start the group again",
          e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      throw RunException.of(
          "transport tcp of rank " + rank, "its socket closed", e.getMessage(), "Go on", e);
    }
  }
}
