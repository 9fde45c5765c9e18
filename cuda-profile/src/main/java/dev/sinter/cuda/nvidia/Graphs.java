package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cudart.*;

import dev.sinter.cuda.driver.Graph;
import java.util.LinkedHashSet;
import java.util.Set;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;

/**
 * Recording on a device's main stream, and the graphs that came of it.
 *
 * <p>Calls of other threads are not recorded and do not spoil a recording. The device's context is
 * current in each call.
 */
final class Graphs implements AutoCloseable {
  private final NvidiaDevice device;
  private final Set<NvidiaGraph> graphs = new LinkedHashSet<>();
  private boolean recording;

  Graphs(NvidiaDevice device) {
    this.device = device;
  }

  /** Starts recording; what was recorded before and failed half-way is dropped. */
  void begin() {
    abandon();
    device.check(
        cuStreamBeginCapture(device.mainStream(), CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "cuStreamBeginCapture");
    recording = true;
  }

  /** Ends recording. */
  Graph end() {
    recording = false;
    CUgraph_st recorded = new CUgraph_st();
    device.check(cuStreamEndCapture(device.mainStream(), recorded), "cuStreamEndCapture");
    CUgraphExec_st executable = new CUgraphExec_st();
    try {
      device.check(cuGraphInstantiate(executable, recorded, 0), "cuGraphInstantiate");
    } finally {
      cuGraphDestroy(recorded);
    }
    NvidiaGraph graph = new NvidiaGraph(device, this, executable);
    graphs.add(graph);
    // Else the first launch pays for it.
    device.check(cuGraphUpload(executable, device.mainStream()), "cuGraphUpload");
    return graph;
  }

  /** Drops a recording that was not ended, if there is one. */
  void abandon() {
    if (recording) {
      recording = false;
      CUgraph_st recorded = new CUgraph_st();
      if (cuStreamEndCapture(device.mainStream(), recorded) == 0 && !recorded.isNull()) {
        cuGraphDestroy(recorded);
      }
    }
  }

  /** Gives one graph back. */
  void release(NvidiaGraph graph) {
    graphs.remove(graph);
    device.check(graph.free(), "cuGraphExecDestroy");
  }

  @Override
  public void close() {
    graphs.forEach(e -> device.closing(e.free(), "cuGraphExecDestroy"));
    graphs.clear();
  }
}
