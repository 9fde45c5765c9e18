package dev.sinter.program;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The layout of a model's state: one flat float32 array shared by all its programs.
 *
 * <p>Regions of equal length and layout follow each other: parameters, gradients, slot 0, slot 1,
 * ...; after them come the tracked values. Inside a region each value takes R replicas of {@link
 * Shape#replicaStride} floats, so every replica starts at a multiple of 256 bytes and an {@link
 * Op.Update} is one pass over flat memory. Padding holds 0.
 *
 * <p>Immutable: any number of threads may use it.
 */
public final class State {
  private final int replicas;
  private final List<Value> parameters;
  private final List<Value> gradients;
  private final List<List<Value>> slots;
  private final List<Value> tracked;
  private final Map<Value, Integer> offsets = new LinkedHashMap<>();
  private final Set<String> names = new HashSet<>();
  private final int regionSize;
  private final int size;

  /** A part of the state: a stretch of floats with the values in it. */
  public enum Block {
    /** The trained weights. */
    TRAINABLE,
    /** Their gradients. */
    GRADIENTS,
    /** The state of the optimizer. */
    SLOTS,
    /** Values that a step changes, other than the optimizer. */
    TRACKED
  }

  /** Lays out the state of R networks without tracked values. */
  public State(int replicas, List<Value> parameters, List<String> slotNames) {
    this(replicas, parameters, List.of(), slotNames);
  }

  /**
   * Lays out the state of R networks.
   *
   * @param replicas R, at least 1
   * @param parameters all trained values, in the order of the layers
   * @param tracked values that a step changes, other than the optimizer
   * @param slotNames the names of the optimizer slots of each parameter
   */
  public State(int replicas, List<Value> parameters, List<Value> tracked, List<String> slotNames) {
    if (replicas < 1) {
      throw new IllegalArgumentException("replicas must be at least 1, received " + replicas);
    }
    this.replicas = replicas;
    this.parameters = List.copyOf(parameters);
    this.tracked = List.copyOf(tracked);
    this.regionSize = length(parameters);
    int regions = Math.multiplyExact(regionSize, UpdateRule.FIRST_SLOT + slotNames.size());
    this.size = Math.addExact(regions, length(tracked));
    place(this.parameters, 0);
    this.gradients = region(Value.Kind.GRADIENT, "gradient", 1);
    List<List<Value>> slotRegions = new ArrayList<>();
    for (int k = 0; k < slotNames.size(); k++) {
      slotRegions.add(region(Value.Kind.SLOT, slotNames.get(k), UpdateRule.FIRST_SLOT + k));
    }
    this.slots = List.copyOf(slotRegions);
    place(this.tracked, regions);
  }

  private int length(List<Value> values) {
    int length = 0;
    for (Value value : values) {
      length = Math.addExact(length, Math.multiplyExact(replicas, value.shape().replicaStride()));
    }
    return length;
  }

  private List<Value> region(Value.Kind kind, String suffix, int index) {
    List<Value> values =
        parameters.stream().map(p -> new Value(p.name() + "." + suffix, kind, p.shape())).toList();
    place(values, index * regionSize);
    return values;
  }

  private void place(List<Value> values, int from) {
    int offset = from;
    for (Value value : values) {
      if (!names.add(value.name())) {
        throw new IllegalArgumentException("two values of the state are called " + value.name());
      }
      offsets.put(value, offset);
      offset += replicas * value.shape().replicaStride();
    }
  }

  /** Returns R, the number of networks that train side by side. */
  public int replicas() {
    return replicas;
  }

  /** Returns the trained values, in the order of the layers. */
  public List<Value> parameters() {
    return parameters;
  }

  /** Returns the gradient of a parameter. */
  public Value gradientOf(Value parameter) {
    return gradients.get(parameters.indexOf(parameter));
  }

  /** Returns the parameter to which a gradient or an optimizer slot belongs. */
  public Value ownerOf(Value value) {
    int place = offsetOf(value) % regionSize;
    return parameters.stream().filter(p -> offsetOf(p) == place).findFirst().orElseThrow();
  }

  /** Returns a slot of a parameter. */
  public Value slotOf(Value parameter, int slot) {
    return slots.get(slot).get(parameters.indexOf(parameter));
  }

  /** Returns the index of the slot that a value belongs to. */
  public int slot(Value value) {
    return offsetOf(value) / regionSize - UpdateRule.FIRST_SLOT;
  }

  /** Returns the number of slot regions. */
  public int slotCount() {
    return slots.size();
  }

  /** Returns all values with their offsets in floats, in memory order: read only. */
  public Map<Value, Integer> offsets() {
    return java.util.Collections.unmodifiableMap(offsets);
  }

  /** Returns the offset of replica 0 of a value, in floats. */
  public int offsetOf(Value value) {
    Integer offset = offsets.get(value);
    if (offset == null) {
      throw new IllegalArgumentException(value + " is not part of this state");
    }
    return offset;
  }

  /** Returns the length of one region in floats, including padding and all replicas. */
  public int regionSize() {
    return regionSize;
  }

  /** Returns the length of the whole state in floats. */
  public int size() {
    return size;
  }

  /** Returns the values of a block, in memory order; they are adjacent. */
  public List<Value> block(Block block) {
    return switch (block) {
      case TRAINABLE -> parameters;
      case GRADIENTS -> gradients;
      case SLOTS -> slots.stream().flatMap(List::stream).toList();
      case TRACKED -> tracked;
    };
  }
}
