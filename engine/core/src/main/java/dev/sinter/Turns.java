package dev.sinter;

import dev.sinter.errors.InputException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time use a model.
 *
 * <p>A second thread's call waits until the one under way has ended. While a training is under way
 * it is refused at once instead: a training may take hours. Calls within a call, such as those of
 * callbacks, come from the same thread and pass.
 */
final class Turns {
  private final String model;
  private final ReentrantLock lock = new ReentrantLock(); // guards the fields; never held for long
  private final Condition changed = lock.newCondition();
  private final Deque<Thread> waiting = new ArrayDeque<>(); // first come, first served
  private volatile @Nullable Thread owner; // of the call under way, or null
  private boolean training; // the call under way is a fit that has begun to train

  Turns(String model) {
    this.model = model;
  }

  /**
   * Runs a call in its turn.
   *
   * @param where the call, for the message
   * @throws InputException while another thread trains the model
   */
  <T extends @Nullable Object> T take(String where, Supplier<T> call) {
    if (isMine()) {
      return call.get();
    }
    enter(where);
    try {
      return call.get();
    } finally {
      leave();
    }
  }

  /** Runs a call without a result in its turn. */
  void take(String where, Runnable call) {
    take(
        where,
        () -> {
          call.run();
          return null;
        });
  }

  /** Returns whether this thread's call is under way. */
  boolean isMine() {
    return owner == Thread.currentThread();
  }

  /** Says that the call under way trains now, or no longer: those that wait are refused. */
  void training(boolean value) {
    lock.lock();
    try {
      training = value;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether the call under way trains; for its own thread. */
  boolean isTraining() {
    return training;
  }

  private void enter(String where) {
    lock.lock();
    Thread caller = Thread.currentThread();
    waiting.add(caller);
    try {
      while (owner != null || waiting.peek() != caller) {
        Thread other = owner;
        if (training && other != null) {
          throw InputException.of(
              where + ", model " + model,
              "a model that no other thread trains",
              "a call from thread %s while thread %s is in fit"
                  .formatted(caller.getName(), other.getName()),
              "Use a Predictor, which model.predictor() makes before fit or in a callback,"
                  + " or call this after fit");
        }
        changed.awaitUninterruptibly();
      }
      owner = caller;
    } finally {
      waiting.remove(caller);
      lock.unlock();
    }
  }

  private void leave() {
    lock.lock();
    try {
      owner = null;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
