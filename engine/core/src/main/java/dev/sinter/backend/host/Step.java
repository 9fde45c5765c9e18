package dev.sinter.backend.host;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.program.Value;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One translated operation for all replicas; everything it needs is prebuilt. */
@FunctionalInterface
public interface Step {
  /** The position of a run; one object per executable, changed from step to step. */
  final class Position {
    private @Nullable Feed feed; // null between runs, and where nothing is gathered
    private @Nullable Chunk chunk; // null between runs
    private @Nullable Consumer<Value> isFinal; // null where nobody wants to know

    /** The step within the chunk, from 0. */
    public int step;

    void begin(@Nullable Feed samples, Chunk steps) {
      feed = samples;
      chunk = steps;
    }

    void end() {
      feed = null;
      chunk = null;
    }

    /** Tells of final gradients from now on; null: no more. */
    void telling(@Nullable Consumer<Value> listener) {
      isFinal = listener;
    }

    /** Tells that a gradient is final. */
    void tell(Value gradient) {
      if (isFinal != null) {
        isFinal.accept(gradient);
      }
    }

    /** Returns the samples of this run. */
    public Feed feed() {
      return Objects.requireNonNull(feed, "feed");
    }

    /** Returns the steps of this run. */
    public Chunk chunk() {
      return Objects.requireNonNull(chunk, "chunk");
    }
  }

  /** Runs the operation for one step. */
  void run(Position position);
}
