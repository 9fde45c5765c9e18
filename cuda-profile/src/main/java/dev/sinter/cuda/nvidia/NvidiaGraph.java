package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cudart.*;

import dev.sinter.cuda.driver.Graph;
import org.bytedeco.cuda.cudart.CUgraphExec_st;

/** An instantiated graph; the device that made it gives it back at the latest. */
final class NvidiaGraph implements Graph {
  private final NvidiaDevice device;
  private final Graphs owner;
  private final CUgraphExec_st executable;
  private boolean closed;

  NvidiaGraph(NvidiaDevice device, Graphs owner, CUgraphExec_st executable) {
    this.device = device;
    this.owner = owner;
    this.executable = executable;
  }

  @Override
  public void launch() {
    if (closed) {
      throw new IllegalStateException("the graph was given back");
    }
    device.enter();
    device.check(cuGraphLaunch(executable, device.mainStream()), "cuGraphLaunch");
  }

  @Override
  public void close() {
    if (!closed) {
      device.enter();
      owner.release(this);
    }
  }

  /** Gives it back and returns the CUresult; the device's context is current. */
  int free() {
    closed = true;
    return cuGraphExecDestroy(executable);
  }
}
