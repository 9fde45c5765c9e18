package dev.sinter.cuda;

import dev.sinter.backend.Backend;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Session;
import dev.sinter.cuda.driver.ActivationLibrary;
import dev.sinter.cuda.kernel.AddressMap;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import java.util.Map;

/**
 * One GPU with its kernels and libraries.
 *
 * @param device human-readable description
 * @param library cuDNN if requested, or null
 * @param precision of products: float32, tf32 or bf16
 */
record CudaBackend(
    String name, String device, OpenDevice gpu, ActivationLibrary library, Precision precision)
    implements Backend {
  /** A narrow last layer with its loss is one kernel, the end of a step another. */
  static final Fusion FUSION =
      (candidate, state, resultSize) ->
          candidate instanceof Op.DenseLoss loss
              ? new DenseLossKernels(loss).fits()
              : candidate instanceof Op.StepEnd end && StepEndKernels.fits(end, state, resultSize);

  /** Returns 1, because the host only enqueues work. */
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

  /** As {@link #FUSION}, but with cuDNN the loss is an operation of its own. */
  @Override
  public Fusion fusion() {
    return (candidate, state, resultSize) ->
        (library == null || !(candidate instanceof Op.DenseLoss))
            && FUSION.accepts(candidate, state, resultSize);
  }

  @Override
  public String execution(Program program) {
    synchronized (gpu.device()) {
      if (WholeStepKernel.of(this, new AddressMap(program, 0, 0), 0) != null) {
        return "one kernel of one block, up to 64 steps per launch";
      } else if (program.rule() == null) {
        return "";
      }
      return new EpochChooser(this).choose(program).toString();
    }
  }
}
