package dev.sinter;

import dev.sinter.Windows.Window;
import dev.sinter.backend.Feed;
import dev.sinter.errors.InputException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A place in a pass over samples. */
class SampleCursor {
  private final Windows windows;
  private @Nullable Window window; // null before the first one of a pass
  private int row; // in the window
  private long before; // samples of the pass before the window
  private int shuffle;
  private boolean inPass;

  SampleCursor(Windows windows) {
    this.windows = windows;
  }

  /** Begins a pass; see {@link Windows#begin}. */
  void begin(int number, boolean last) {
    windows.begin(number, last);
    window = null;
    row = 0;
    before = 0;
    shuffle = number;
    inPass = true;
  }

  /** Returns whether a pass has begun that has not been {@linkplain #end ended}. */
  boolean isInPass() {
    return inPass;
  }

  /** Returns whether all samples of the pass are behind. */
  boolean isAtEnd() {
    return window != null && window.last() && row == window.rows();
  }

  /** Ends the pass if it is at its end. */
  void end() {
    inPass &= !isAtEnd();
  }

  /**
   * Returns how many samples are left in the window; at the end of one, the next one is waited for.
   * Returns 0 at the end of the pass, and where the wait was ended from outside.
   */
  int left() {
    if (window != null && (row < window.rows() || window.last())) {
      return window.rows() - row;
    }
    before += row;
    row = 0;
    window = windows.next();
    return window == null ? 0 : window.rows();
  }

  /** Returns the samples of the window. */
  Feed feed() {
    return Objects.requireNonNull(window, "a window").feed();
  }

  /** Returns the place in the window. */
  int row() {
    return row;
  }

  /** Moves on within the window. */
  void advance(int rows) {
    row += rows;
  }

  /**
   * A place in a pass to go on from.
   *
   * @param shuffle the number of the pass's order
   * @param row samples of the pass that are behind; 0 where none has begun
   */
  record Passed(int shuffle, long row) {}

  /** Returns the place in the pass. */
  Passed passed() {
    return inPass ? new Passed(shuffle, done()) : new Passed(0, 0);
  }

  /** Returns the samples of the pass that are behind. */
  long done() {
    return before + row;
  }

  /**
   * Moves on by samples that were used in an earlier training, unless that is ended from outside.
   */
  void skip(long samples) {
    while (done() < samples) {
      int left = left();
      if (left == 0 && !isAtEnd()) {
        return;
      }
      if (left == 0) {
        throw InputException.of(
            "resume",
            "the samples of the training that was stopped, more than " + samples,
            done(),
            "Resume with its data");
      }
      advance((int) Math.min(left, samples - done()));
    }
  }
}
