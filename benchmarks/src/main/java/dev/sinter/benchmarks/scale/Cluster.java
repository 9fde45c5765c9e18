package dev.sinter.benchmarks.scale;

/**
 * Workers and what connects them: rank r lives on machine r / perMachine.
 *
 * @param workers N
 * @param perMachine workers of a machine, at least 1
 * @param between the link between two machines
 * @param within the link between two workers of a machine
 * @param addSeconds in which a worker adds one float to another
 */
record Cluster(int workers, int perMachine, Link between, Link within, double addSeconds) {
  /**
   * A link, equal in both directions at once: a message of m bytes occupies it for messageSeconds +
   * m / bytesPerSecond, and has arrived a latency later.
   *
   * @param latency in seconds, of the wire, the switches and the software
   * @param messageSeconds what each message costs beside, for system calls
   */
  record Link(String name, double latency, double messageSeconds, double bytesPerSecond) {
    /** Returns for how long a message of some floats occupies the link. */
    double seconds(double floats) {
      return seconds(floats, 1);
    }

    /** Returns for how long floats in so many messages occupy the link. */
    double seconds(double floats, double messages) {
      return messages * messageSeconds + floats * Float.BYTES / bytesPerSecond;
    }
  }

  Link link(int from, int to) {
    return from / perMachine == to / perMachine ? within : between;
  }

  /** Returns the link between machines while all workers of each send at once, and share it. */
  Link crowded() {
    double each = between.bytesPerSecond / perMachine;
    return new Link(between.name, between.latency, between.messageSeconds, each);
  }
}
