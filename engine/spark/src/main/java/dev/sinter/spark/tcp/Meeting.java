package dev.sinter.spark.tcp;

import dev.sinter.errors.RunException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Connects a process to all others: it calls those of lower rank and waits for the calls of those
 * of higher rank, all at once, on the caller's thread. A call that is not from a process of the
 * group is refused with a line in the log and disturbs nobody. Used once.
 */
final class Meeting implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Meeting.class);

  /** How long a caller may take for its greeting, at most; and at most half of the timeout. */
  private static final long GREETING_NANOS = Duration.ofSeconds(10).toNanos();

  private static final long REDIAL_NANOS = Duration.ofMillis(50).toNanos();
  private static final long LOOK_MILLIS = 50; // how often times, interrupts and close are looked at

  private final int rank;
  private final List<Address> addresses; // by rank, this process as well
  private final Greeting greeting;
  private final ServerSocketChannel listener;
  private final Duration timeout;
  private final Selector selector;
  private final @Nullable Peer[] found; // by rank
  private final Call[] calls; // to the lower ranks

  /** A call to a process of lower rank, which is repeated while nobody answers. */
  private static final class Call {
    private final int peer;
    private long next = System.nanoTime(); // when to dial, if there is no connection
    private boolean open;
    private String problem = "no answer";

    Call(int peer) {
      this.peer = peer;
    }
  }

  /**
   * A connection under way.
   *
   * @param call for one that this process made; null for one that it accepted
   * @param received the greeting of the other side, as far as it is there
   * @param end by when it must be there
   */
  private record Guest(SocketChannel channel, @Nullable Call call, ByteBuffer received, long end) {}

  Meeting(
      int rank,
      List<Address> addresses,
      Greeting greeting,
      ServerSocketChannel listener,
      Duration timeout)
      throws IOException {
    this.rank = rank;
    this.addresses = addresses;
    this.greeting = greeting;
    this.listener = listener;
    this.timeout = timeout;
    found = new Peer[addresses.size()];
    calls = new Call[rank];
    Arrays.setAll(calls, Call::new);
    selector = Selector.open();
  }

  /** Returns the connections to all other processes, by rank; they belong to the caller. */
  List<Peer> peers() throws IOException {
    long end = System.nanoTime() + timeout.toNanos();
    try {
      listener.configureBlocking(false);
      listener.register(selector, SelectionKey.OP_ACCEPT);
      while (!missing().isEmpty()) {
        if (System.nanoTime() - end > 0) {
          throw late();
        }
        for (Call call : calls) {
          if (!call.open && System.nanoTime() - call.next > 0) {
            dial(call, end);
          }
        }
        selector.select(this::serve, LOOK_MILLIS);
        requireUndisturbed();
        dismissLate();
      }
      return Arrays.stream(found).filter(Objects::nonNull).toList();
    } catch (IOException | RuntimeException e) {
      for (Peer peer : found) {
        if (peer != null) {
          peer.leave(rank);
        }
      }
      requireUndisturbed();
      throw e;
    }
  }

  private List<Integer> missing() {
    List<Integer> missing = new ArrayList<>();
    for (int i = 0; i < found.length; i++) {
      if (i != rank && found[i] == null) {
        missing.add(i);
      }
    }
    return missing;
  }

  private RunException late() {
    List<String> missing = new ArrayList<>();
    for (int i : missing()) {
      String why = i < rank ? calls[i].problem : "it did not call";
      missing.add("rank " + i + " at " + addresses.get(i) + " (" + why + ")");
    }
    return problem(
        "all other processes within " + timeout.toMillis() + " ms",
        "nothing of " + String.join(", ", missing),
        "See whether those processes run and their addresses can be reached from here",
        null);
  }

  /** Ends the meeting if the thread is interrupted or the endpoint closed. */
  private void requireUndisturbed() {
    if (Thread.currentThread().isInterrupted()) {
      throw problem("to be left waiting", "an interrupt", "Start the group again", null);
    }
    if (!listener.isOpen()) {
      throw problem("an open endpoint", "a closed one", "Close it after connect", null);
    }
  }

  private RunException problem(
      String expected, String received, String remedy, @Nullable Exception cause) {
    String where = "transport tcp, rank " + rank + " of " + addresses.size();
    return RunException.of(where, expected, received, remedy, cause);
  }

  private void dial(Call call, long end) throws IOException {
    InetSocketAddress target = addresses.get(call.peer).resolve();
    if (target.isUnresolved()) {
      again(call, "unknown host");
      return;
    }
    SocketChannel channel = SocketChannel.open();
    call.open = true;
    Guest guest = new Guest(channel, call, Greeting.empty(), end);
    try {
      prepare(channel);
      boolean there = channel.connect(target);
      channel.register(selector, SelectionKey.OP_CONNECT, guest);
      if (there) {
        greet(guest, call.peer);
      }
    } catch (IOException e) {
      channel.close();
      again(call, e.getMessage());
    }
  }

  private static void again(Call call, @Nullable String problem) {
    call.open = false;
    call.next = System.nanoTime() + REDIAL_NANOS;
    call.problem = problem == null ? "no connection" : problem;
  }

  private static void prepare(SocketChannel channel) throws IOException {
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
  }

  private void greet(Guest guest, int peer) throws IOException {
    ByteBuffer bytes = greeting.to(peer);
    guest.channel.write(bytes);
    if (bytes.hasRemaining()) { // never on a new connection: the system takes in far more
      throw new IOException("a greeting could not be sent");
    }
    guest.channel.keyFor(selector).interestOps(SelectionKey.OP_READ);
  }

  private void serve(SelectionKey key) {
    if (!key.isValid()) {
      return;
    }
    if (key.isAcceptable()) {
      accept();
      return;
    }
    Guest guest = (Guest) key.attachment();
    if (guest.call == null) {
      serveCaller(guest);
    } else {
      serveCall(guest, guest.call, key);
    }
  }

  private void accept() {
    try {
      SocketChannel channel = listener.accept();
      if (channel == null) {
        return;
      }
      try {
        prepare(channel);
        long end = System.nanoTime() + Math.min(GREETING_NANOS, timeout.toNanos() / 2);
        Guest guest = new Guest(channel, null, Greeting.empty(), end);
        channel.register(selector, SelectionKey.OP_READ, guest);
      } catch (IOException e) {
        channel.close();
        throw e;
      }
    } catch (IOException e) { // the caller has hung up, or the process has too many files open
      LOG.warn("rank {}: a connection could not be accepted: {}", rank, e.toString());
    }
  }

  private void serveCaller(Guest guest) {
    try {
      int got = guest.channel.read(guest.received);
      String reason = got < 0 ? "it hung up" : greeting.check(guest.received);
      if (reason == null && Greeting.complete(guest.received)) {
        int peer = Greeting.rank(guest.received);
        if (peer <= rank || peer >= found.length) {
          reason = "it claims to be rank " + peer + ", which does not call rank " + rank;
        } else if (found[peer] != null) {
          reason = "it claims to be rank " + peer + ", which is connected already";
        } else {
          greet(guest, peer);
          connected(guest, peer);
        }
      }
      if (reason != null) {
        refuse(guest, reason);
      }
    } catch (IOException e) {
      refuse(guest, e.toString());
    }
  }

  private void refuse(Guest guest, String reason) {
    String from = "an unknown address";
    try (guest.channel) {
      from = String.valueOf(guest.channel.getRemoteAddress());
    } catch (IOException e) {
      reason = reason + ", " + e.getMessage();
    }
    LOG.warn("rank {}: connection from {} refused: {}", rank, from, reason);
  }

  private void serveCall(Guest guest, Call call, SelectionKey key) {
    int peer = call.peer;
    try {
      if (key.isConnectable()) {
        guest.channel.finishConnect();
        greet(guest, peer);
        return;
      }
    } catch (IOException e) { // not listening yet, or not reachable
      closeQuietly(guest.channel);
      again(call, e.getMessage());
      return;
    }
    String reason;
    try {
      int got = guest.channel.read(guest.received);
      reason = got < 0 ? "it hung up" : greeting.check(guest.received);
      if (reason == null && Greeting.complete(guest.received)) {
        int claimed = Greeting.rank(guest.received);
        if (claimed == peer) {
          connected(guest, peer);
        } else {
          reason = "it is rank " + claimed;
        }
      }
    } catch (IOException e) {
      reason = e.toString();
    }
    if (reason != null) {
      closeQuietly(guest.channel);
      throw problem(
          "a greeting of rank " + peer + " from " + addresses.get(peer),
          reason,
          "Give all processes of a group the same addresses and token; if that process refused"
              + " this one, its log says why",
          null);
    }
  }

  private void connected(Guest guest, int peer) {
    guest.channel.keyFor(selector).cancel();
    found[peer] = new Peer(peer, addresses.get(peer), guest.channel);
  }

  private void dismissLate() {
    for (SelectionKey key : selector.keys()) {
      if (key.isValid()
          && key.attachment() instanceof Guest guest
          && guest.call == null
          && System.nanoTime() - guest.end > 0) {
        refuse(guest, "no greeting came in time");
      }
    }
  }

  private static void closeQuietly(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("a connection could not be closed: {}", e.toString());
    }
  }

  /** Ends what is under way; connections that were handed out stay. */
  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      if (key.isValid() && key.attachment() instanceof Guest guest) {
        closeQuietly(guest.channel);
      }
    }
    selector.close();
  }
}
