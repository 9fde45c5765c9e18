package dev.sinter.program;

import java.util.Map;

/**
 * The places of the temporaries of one program in the scratch arena.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param offsets start of replica 0 of each temporary, in floats; replicas follow at {@link
 *     Shape#replicaStride}
 * @param size the length of the arena in floats
 */
public record ScratchPlan(Map<Value, Integer> offsets, int size) {
  public ScratchPlan {
    offsets = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(offsets));
  }
}
