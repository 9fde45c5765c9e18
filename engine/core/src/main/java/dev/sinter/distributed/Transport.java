package dev.sinter.distributed;

import dev.sinter.backend.BackendOptions;
import org.jspecify.annotations.Nullable;

/**
 * A way for numbers to travel between processes; found by {@link java.util.ServiceLoader}, see
 * {@link Transports}.
 *
 * <p>A group comes about in three steps, in each of its processes: {@link #open} an endpoint, tell
 * all processes the addresses of all endpoints, {@link Endpoint#connect}. All processes of a group
 * use the same transport.
 *
 * <p>The constructor and {@link #name} must not load natives. Any number of threads may use it.
 */
public interface Transport {
  /** Returns the name by which users choose the transport. */
  String name();

  /** Returns why the transport cannot work here, or null if it can; never throws or prints. */
  @Nullable String reasonAgainst();

  /**
   * Opens the endpoint of this process in a group.
   *
   * @param rank the number of this process in the group, from 0 on
   * @param host the name or address under which the other processes reach this machine
   * @param options of the backend that this process trains on: a transport between devices uses the
   *     device that they name
   * @throws dev.sinter.errors.InputException when this machine does not have that address or device
   * @throws dev.sinter.errors.RunException when the endpoint cannot be opened
   */
  Endpoint open(int rank, String host, BackendOptions options);
}
