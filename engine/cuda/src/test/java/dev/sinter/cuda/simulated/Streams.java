package dev.sinter.cuda.simulated;

import dev.sinter.cuda.driver.PinnedBuffer;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Two queues of work and sixteen events.
 *
 * <p>Work runs when it is enqueued. In deferred mode it runs only when somebody waits for it. A
 * host that reads a result too early, or writes to a buffer before its copy has run, then always
 * gets wrong numbers, not once in a thousand runs. If both streams have work, they alternate in
 * going first from wait to wait, and run only as far as events require.
 */
final class Streams {
  /** Enqueued work; the buffer is the pinned one that it copies, or null. */
  record Work(String name, PinnedBuffer buffer, Runnable action) {}

  private final List<ArrayDeque<Work>> queues = List.of(new ArrayDeque<>(), new ArrayDeque<>());
  private final long[] recorded = new long[16]; // latest recording enqueued, by event
  private final long[] happened = new long[16]; // latest recording that ran
  private final int[] streamOf = new int[16];
  private boolean deferred;
  private int first;

  /** Chooses when work runs. */
  void deferred(boolean later) {
    runAll();
    deferred = later;
  }

  void enqueue(int stream, Work work) {
    if (deferred) {
      queues.get(stream).add(work);
    } else {
      work.action().run();
    }
  }

  void record(int event, int stream) {
    long number = ++recorded[event];
    streamOf[event] = stream;
    enqueue(stream, new Work("record", null, () -> happened[event] = number));
  }

  void await(int event, int stream) {
    long number = recorded[event];
    int other = streamOf[event];
    enqueue(
        stream,
        new Work(
            "await",
            null,
            () -> {
              while (happened[event] < number) {
                runOne(other);
              }
            }));
  }

  /** Runs the work before the latest recording of an event. */
  void runUntil(int event) {
    while (happened[event] < recorded[event]) {
      runOne(streamOf[event]);
    }
  }

  void runAll() {
    first = 1 - first;
    for (int stream : new int[] {first, 1 - first}) {
      while (!queues.get(stream).isEmpty()) {
        runOne(stream);
      }
    }
  }

  private void runOne(int stream) {
    queues.get(stream).remove().action().run();
  }

  /** Returns whether a copy from or to the buffer has not run yet. */
  boolean uses(PinnedBuffer buffer) {
    return queues.stream().flatMap(ArrayDeque::stream).anyMatch(w -> w.buffer() == buffer);
  }

  /** Forgets all work. */
  void clear() {
    queues.forEach(ArrayDeque::clear);
    System.arraycopy(recorded, 0, happened, 0, recorded.length);
  }
}
