package dev.sinter.cuda;

import dev.sinter.backend.Backend;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Session;
import dev.sinter.cuda.driver.NeuralOps;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import java.util.Map;

/**
 * One GPU with its kernels and libraries.
 *
 * @param device what it is, for people
 * @param library cuDNN where it was asked for, or null
 * @param precision of products: float32, tf32 or bf16
 */
record CudaBackend(String name, String device, Gpu gpu, NeuralOps library, Precision precision)
    implements Backend {
  /** One: the host only enqueues. */
  @Override
  public int threads() {
    return 1;
  }

  @Override
  public Session open(State state) {
    return new CudaSession(this, state);
  }

  @Override
  public Map<String, String> choices() {
    return gpu.choices().used();
  }

  /** One kernel for a narrow last layer with its loss, and one for what ends a step. */
  @Override
  public Fusion fusion() {
    return (candidate, state, resultSize) ->
        candidate instanceof Op.DenseLoss loss
            ? library == null && new Head(loss).fits()
            : candidate instanceof Op.StepEnd end && StepEnd.fits(end, state, resultSize);
  }

  @Override
  public String execution(Program program) {
    boolean block = SingleBlock.of(this, new Places(program, 0, 0), 0) != null;
    return block ? "one kernel of one block, up to 64 steps a launch" : "";
  }
}
