package dev.sinter.backend.host;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The loop over the steps of a chunk that backends on a CPU share: run each, copy the results out.
 */
public final class StepLoop {
  /** Finds memory in the scratch arena. */
  @FunctionalInterface
  public interface Scratch {
    /** Returns the floats from an offset on as a matrix. */
    HostView view(long offset, Shape shape);
  }

  private final Step[] steps;
  private final HostView[] results; // in order, each with all its replicas
  private final Step.Position position = new Step.Position();

  /** Creates the loop of a program whose operations were translated to steps. */
  public StepLoop(Program program, List<Step> steps, Scratch scratch) {
    this.steps = steps.toArray(Step[]::new);
    List<HostView> views = new ArrayList<>();
    for (Value result : program.results()) {
      for (int replica = 0; replica < program.replicas(); replica++) {
        long shift = (long) replica * result.shape().replicaStride();
        long offset = program.scratch().offsets().get(result) + shift;
        views.add(scratch.view(offset, result.shape()));
      }
    }
    this.results = views.toArray(HostView[]::new);
  }

  /** Runs a chunk; results are packed as {@link dev.sinter.backend.Executable#run} says. */
  public void run(Feed feed, Chunk chunk, float[] target) {
    position.feed = feed;
    position.chunk = chunk;
    try {
      int written = 0;
      for (int i = 0; i < chunk.steps(); i++) {
        position.step = i;
        for (Step step : steps) {
          step.run(position);
        }
        for (HostView result : results) {
          int size = result.shape().size();
          result.host().get(0, target, written, size);
          written += size;
        }
      }
    } finally {
      position.feed = null; // samples may be large: a program that rests must not keep them
      position.chunk = null;
    }
  }
}
