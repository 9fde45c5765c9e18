package dev.sinter.compile;

import dev.sinter.program.Liveness;
import dev.sinter.program.Op;
import dev.sinter.program.ScratchPlan;
import dev.sinter.program.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives each temporary a place in the scratch arena: the lowest one that no temporary alive at the
 * same time takes (first fit, in the order of first use). A reshaped value has its owner's place.
 */
final class ScratchPlanner {
  private ScratchPlanner() {}

  static ScratchPlan plan(List<Op> ops, List<Value> results, int replicas) {
    Liveness liveness = Liveness.of(ops, results);
    Map<Value, Integer> offsets = new LinkedHashMap<>();
    int size = 0;
    for (Value value : liveness.values()) {
      int length = length(value, replicas);
      Integer shared = offsets.get(liveness.owner(value));
      int offset = shared != null ? shared : lowestGap(value, length, replicas, liveness, offsets);
      offsets.put(value, offset);
      size = Math.max(size, Math.addExact(offset, length));
    }
    return new ScratchPlan(offsets, size);
  }

  private static int lowestGap(
      Value value, int length, int replicas, Liveness liveness, Map<Value, Integer> placed) {
    List<Map.Entry<Value, Integer>> neighbours =
        placed.entrySet().stream()
            .filter(entry -> liveness.together(value, entry.getKey()))
            .sorted(Map.Entry.comparingByValue())
            .toList();
    int offset = 0;
    for (Map.Entry<Value, Integer> neighbour : neighbours) {
      if (offset + length <= neighbour.getValue()) {
        break;
      }
      offset = Math.max(offset, neighbour.getValue() + length(neighbour.getKey(), replicas));
    }
    return offset;
  }

  private static int length(Value value, int replicas) {
    return Math.multiplyExact(replicas, value.shape().replicaStride());
  }
}
