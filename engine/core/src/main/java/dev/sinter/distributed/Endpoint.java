package dev.sinter.distributed;

import java.time.Duration;
import java.util.List;

/**
 * What a process has of a group before it is connected: an address for the others. One thread uses
 * it; any other may {@link #close} it.
 */
public interface Endpoint extends AutoCloseable {
  /** Returns the address that the other processes need, one line of text without spaces. */
  String address();

  /**
   * Connects to the other processes and returns the group, which lives on when this endpoint is
   * closed. All processes call it at about the same time, once.
   *
   * @param addresses of the endpoints of all processes, in the order of their ranks
   * @param token a secret of the group: who does not know it, is refused
   * @param timeout how long to wait here for all processes, and later on in an all-reduce for a
   *     process from which nothing comes
   * @throws dev.sinter.errors.InputException when an address is not one of this transport
   * @throws dev.sinter.errors.RunException when a process cannot be reached in time, when it
   *     refuses this one, when the thread is interrupted or the endpoint closed; the message names
   *     the rank and its address
   */
  ProcessGroup connect(List<String> addresses, byte[] token, Duration timeout);

  /** Frees the endpoint, and ends a {@link #connect} that waits; a group lives on. */
  @Override
  void close();
}
