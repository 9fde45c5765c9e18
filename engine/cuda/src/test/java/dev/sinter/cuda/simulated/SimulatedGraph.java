package dev.sinter.cuda.simulated;

import dev.sinter.cuda.driver.Graph;
import dev.sinter.errors.RunException;
import java.util.List;

/** Recorded work, replayed node by node. */
final class SimulatedGraph implements Graph {
  private final SimulatedDevice device;
  private List<Streams.Work> nodes;

  SimulatedGraph(SimulatedDevice device, List<Streams.Work> nodes) {
    this.device = device;
    this.nodes = List.copyOf(nodes);
  }

  /** Returns the names of the nodes in order. */
  List<String> nodes() {
    return nodes.stream().map(Streams.Work::name).toList();
  }

  @Override
  public void launch() {
    if (nodes == null) {
      throw new RunException("cuGraphLaunch: CUDA_ERROR_INVALID_VALUE, the graph was closed");
    }
    device.replay(nodes);
  }

  @Override
  public void close() {
    nodes = null;
  }
}
