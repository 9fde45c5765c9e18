package dev.sinter.backend.host;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.List;

/**
 * The loop over the steps of a chunk that backends on a CPU share: run each, copy the results out.
 */
public final class StepLoop {
  private final Step[] steps;
  private final HostView[] results; // in order, each with its replicas
  private final int[] places; // result -> where it goes within the floats of a step
  private final int stepFloats;
  private final Step.Position position = new Step.Position();

  /** Creates the loop of some replicas of a program, from one on up to another, exclusive. */
  public StepLoop(Program program, List<Step> steps, HostArena<?> scratch, int from, int to) {
    this.steps = steps.toArray(Step[]::new);
    this.stepFloats = program.resultSize();
    this.results = new HostView[program.results().size() * (to - from)];
    this.places = new int[results.length];
    int count = 0;
    int start = 0;
    for (Value result : program.results()) {
      Shape shape = result.shape();
      for (int replica = from; replica < to; replica++) {
        results[count] = scratch.view(program.offsetOf(result, replica), shape);
        places[count++] = start + replica * shape.size();
      }
      start += program.replicas() * shape.size();
    }
  }

  /** Runs a chunk; results are packed as {@link dev.sinter.backend.Executable#run} says. */
  public void run(Feed feed, Chunk chunk, float[] target) {
    position.feed = feed;
    position.chunk = chunk;
    try {
      for (int i = 0; i < chunk.steps(); i++) {
        position.step = i;
        for (Step step : steps) {
          step.run(position);
        }
        for (int k = 0; k < results.length; k++) {
          int size = results[k].shape().size();
          results[k].host().get(0, target, i * stepFloats + places[k], size);
        }
      }
    } finally {
      position.feed = null; // samples may be large: a program that rests must not keep them
      position.chunk = null;
    }
  }
}
