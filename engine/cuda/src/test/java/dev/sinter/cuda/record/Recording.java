package dev.sinter.cuda.record;

import dev.sinter.cuda.driver.DeviceProperties;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one device was told to compute, in order, with its memory before and after each step. Any
 * thread may read it while another one adds to it.
 */
public final class Recording {
  /** More memory than this is not kept. */
  private static final long MOST_BYTES = 256L << 20;

  private final List<Source> sources = new ArrayList<>();
  private final List<Step> steps = new ArrayList<>();
  private final List<byte[]> contents = new ArrayList<>();
  private final Map<Long, Integer> latest = new HashMap<>(); // address -> content
  private DeviceProperties device;
  private String compiler = "";
  private long bytes;
  private boolean cut;

  /** A kernel's name and its text. */
  record Source(String name, String text) {}

  /** The content of an allocation; -1 if it was not kept. */
  record Memory(long address, long bytes, int content) {}

  /**
   * A step.
   *
   * @param after empty if it failed, or has not ended
   * @param failure the driver's words; empty if it ended well
   */
  record Step(Work work, List<Memory> before, List<Memory> after, String failure) {}

  synchronized void device(DeviceProperties properties, String compilerVersion) {
    device = properties;
    compiler = compilerVersion;
  }

  /** Returns the index of a source. */
  synchronized int source(String name, String text) {
    Source source = new Source(name, text);
    if (!sources.contains(source)) {
      sources.add(source);
    }
    return sources.indexOf(source);
  }

  /** Returns whether there is room for more. */
  synchronized boolean open() {
    return !cut;
  }

  synchronized void begin(Work work, Map<Long, byte[]> memory) {
    steps.add(new Step(work, kept(memory), List.of(), "it had not ended"));
  }

  synchronized void end(Map<Long, byte[]> memory) {
    Step last = steps.remove(steps.size() - 1);
    steps.add(new Step(last.work, last.before, kept(memory), ""));
    cut = bytes > MOST_BYTES;
  }

  synchronized void fail(String words) {
    Step last = steps.remove(steps.size() - 1);
    steps.add(new Step(last.work, last.before, List.of(), words));
  }

  private List<Memory> kept(Map<Long, byte[]> memory) {
    List<Memory> all = new ArrayList<>();
    memory.forEach((address, content) -> all.add(kept(address, content)));
    return List.copyOf(all);
  }

  private Memory kept(long address, byte[] content) {
    Integer before = latest.get(address);
    if (before == null || !Arrays.equals(contents.get(before), content)) {
      contents.add(content);
      bytes += content.length;
      latest.put(address, contents.size() - 1);
    }
    return new Memory(address, content.length, latest.get(address));
  }

  synchronized DeviceProperties device() {
    return device;
  }

  synchronized String compiler() {
    return compiler;
  }

  synchronized List<Source> sources() {
    return List.copyOf(sources);
  }

  synchronized List<Step> steps() {
    return List.copyOf(steps);
  }

  synchronized List<byte[]> contents() {
    return List.copyOf(contents);
  }

  /** Returns whether later steps are missing, because there were too many. */
  synchronized boolean cut() {
    return cut;
  }

  /** Returns the names of the kernels that were launched. */
  public synchronized List<String> kernels() {
    return steps.stream()
        .map(Step::work)
        .filter(Work.Kernel.class::isInstance)
        .map(work -> ((Work.Kernel) work).name())
        .distinct()
        .toList();
  }
}
