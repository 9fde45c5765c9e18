package dev.sinter.compile;

import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Verifier;
import java.util.List;

/** Lets tests run a compiler pass on any program. */
public final class Programs {
  private Programs() {}

  /** Returns the program as fused by the compiler. */
  public static Program fused(Program program, Fusion fusion) {
    List<Op> ops = Fuse.fuse(program.ops(), program.results(), program.state(), fusion);
    return Verifier.verify(
        new Program(
            program.name(),
            program.batch(),
            program.state(),
            ops,
            program.results(),
            ScratchPlanner.plan(ops, program.results(), program.replicas())));
  }
}
