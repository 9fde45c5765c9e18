package dev.sinter.spark.tcp;

import dev.sinter.backend.BackendOptions;
import dev.sinter.distributed.Endpoint;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.distributed.Transports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** The ranks of a group as threads of this process, over real sockets of the loopback device. */
final class Ranks implements AutoCloseable {
  static final byte[] TOKEN = "open sesame".getBytes(StandardCharsets.UTF_8);
  static final Duration LONG = Duration.ofSeconds(20);
  static final Duration SHORT = Duration.ofMillis(500);

  private final List<Endpoint> endpoints = new ArrayList<>();
  private final List<String> addresses = new ArrayList<>();
  private final List<ProcessGroup> groups = new ArrayList<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /** What one rank does; may fail. */
  interface Work {
    void with(ProcessGroup group) throws Exception;
  }

  /** Opens the endpoints. */
  static Ranks open(int size) {
    Ranks ranks = new Ranks();
    for (int rank = 0; rank < size; rank++) {
      ranks.endpoints.add(Transports.get("tcp").open(rank, "127.0.0.1", BackendOptions.DEFAULT));
      ranks.addresses.add(ranks.endpoints.get(rank).address());
    }
    return ranks;
  }

  /** Opens and connects all ranks. */
  static Ranks connected(int size, Duration timeout) throws Exception {
    Ranks ranks = open(size);
    List<Future<ProcessGroup>> futures = new ArrayList<>();
    for (int rank = 0; rank < size; rank++) {
      futures.add(ranks.connect(rank, TOKEN, timeout));
    }
    for (Future<ProcessGroup> future : futures) {
      future.get(30, TimeUnit.SECONDS);
    }
    return ranks;
  }

  static void assumeLoopback() {
    try {
      new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")).close();
    } catch (IOException e) {
      Assumptions.abort("no sockets of the loopback device: " + e.getMessage());
    }
  }

  Endpoint endpoint(int rank) {
    return endpoints.get(rank);
  }

  List<String> addresses() {
    return addresses;
  }

  /** Replaces an address in the list that ranks get. */
  void address(int rank, String address) {
    addresses.set(rank, address);
  }

  Future<ProcessGroup> connect(int rank, byte[] token, Duration timeout) {
    return run(
        () -> {
          ProcessGroup group = endpoints.get(rank).connect(List.copyOf(addresses), token, timeout);
          synchronized (groups) {
            groups.add(group);
          }
          return group;
        });
  }

  ProcessGroup group(int rank) {
    synchronized (groups) {
      return groups.stream().filter(group -> group.rank() == rank).findFirst().orElseThrow();
    }
  }

  <T> Future<T> run(Callable<T> work) {
    return threads.submit(work);
  }

  /** Lets some ranks work at once, and returns how each ended: null, or what it threw. */
  List<Throwable> outcomes(Work work, int... ranks) throws Exception {
    List<Future<Throwable>> futures = new ArrayList<>();
    for (int rank : ranks) {
      ProcessGroup group = group(rank);
      futures.add(
          run(
              () -> {
                try {
                  work.with(group);
                  return null;
                } catch (Throwable e) {
                  return e;
                }
              }));
    }
    List<Throwable> outcomes = new ArrayList<>();
    for (Future<Throwable> future : futures) {
      outcomes.add(future.get(30, TimeUnit.SECONDS));
    }
    return outcomes;
  }

  /** Returns the cause of a future's failure. */
  static Throwable failure(Future<?> future) throws Exception {
    try {
      future.get(30, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return e.getCause();
    }
    throw new AssertionError("it did not fail");
  }

  @Override
  public void close() {
    endpoints.forEach(Endpoint::close); // ends those that still connect
    synchronized (groups) {
      groups.forEach(ProcessGroup::close);
    }
    threads.shutdownNow();
  }
}
