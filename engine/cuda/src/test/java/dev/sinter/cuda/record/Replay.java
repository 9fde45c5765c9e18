package dev.sinter.cuda.record;

import dev.sinter.cuda.driver.ActivationLibrary;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.cuda.driver.Product;
import dev.sinter.cuda.driver.Product.Operand;
import dev.sinter.cuda.driver.Products;
import dev.sinter.cuda.record.Recording.Memory;
import dev.sinter.cuda.record.Recording.Source;
import dev.sinter.cuda.record.Recording.Step;
import dev.sinter.cuda.simulated.SimulatedDevice;
import dev.sinter.cuda.simulated.SimulatedDevice.Order;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.errors.RunException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Runs the steps of a file on the simulated device, each from the memory that it had on the GPU, in
 * several orders of blocks and threads, and says where the two first differ.
 *
 * <p>Addresses differ here: words of 8 bytes, in arguments and in memory, that point into a
 * recorded allocation are moved. Numbers may differ by rounding: a GPU contracts products and sums.
 */
public final class Replay {
  private static final double RELATIVE = 1e-3;
  private static final double OF_LARGEST = 1e-4;
  private static final String HIDDEN =
      " that the simulated device cannot see: it orders memory more strictly";
  private static final long SIMULATED_BYTES = 4L << 30;

  private final Failure failure;
  private final SimulatedDevice device;
  private final SimulatedPlatform platform;
  private final Products products;
  private final ActivationLibrary neuralOps;
  private final Map<Memory, Long> places = new HashMap<>(); // of address and size, without content
  private final Map<Integer, Long> functions = new HashMap<>();
  private final List<String> lines = new ArrayList<>();

  /** An element of a recorded allocation that the two devices computed differently. */
  private record Difference(long address, long offset, int gpu, int simulated) {
    @Override
    public String toString() {
      return "word %s of the allocation at 0x%x: received on the GPU %s, on the simulated device %s"
          .formatted(offset / 4, address, number(gpu), number(simulated));
    }
  }

  private Replay(Failure failure) {
    this.failure = failure;
    DeviceProperties p = failure.told().device();
    this.platform =
        SimulatedPlatform.standard()
            .withProperties(
                new DeviceProperties(
                    p.name(),
                    p.major(),
                    p.minor(),
                    p.multiprocessors(),
                    p.sharedBytesPerBlock(),
                    SIMULATED_BYTES,
                    p.driverVersion(),
                    p.sharedBytesPerMultiprocessor(),
                    p.threadsPerMultiprocessor(),
                    p.cooperative()));
    this.device = (SimulatedDevice) platform.open(0);
    this.products = platform.products(device).library();
    this.neuralOps = platform.neuralOps(device).library();
  }

  /**
   * Replays a file.
   *
   * @return what was found, for people; the verdict is the last line
   */
  public static List<String> run(Path file) {
    Replay replay = new Replay(Failure.read(file));
    try {
      replay.tell();
      return replay.lines;
    } finally {
      replay.device.close();
    }
  }

  private void tell() {
    Failure.Case told = failure.told();
    lines.add("case %s on %s: %s".formatted(told.name(), told.device().name(), told.failure()));
    told.leftOut().forEach(each -> lines.add("not in the file: " + each));
    Wrong wrong = wrong();
    String here = "";
    for (int i = 0; i < told.steps().size(); i++) {
      Step step = told.steps().get(i);
      String title = "step %s of %s, %s".formatted(i + 1, told.steps().size(), step.work().title());
      Map<Long, byte[]> before = contents(step.before());
      if (before == null) {
        lines.add(title + ": not replayed, the file lacks its memory");
        continue;
      }
      Map<Long, byte[]> after;
      try {
        after = everyOrder(step, before);
      } catch (RunException e) {
        lines.add(title + ":");
        lines.add("the simulated device refuses it: " + e.getMessage());
        lines.add("verdict: the fault is in the source of " + named(step) + ", or in its launch");
        return;
      }
      if (!step.failure().isEmpty()) {
        lines.add(title + ":");
        lines.add("on the GPU: " + step.failure() + "; the simulated device runs it");
        lines.add("verdict: the fault is in the real machine, or one in " + named(step) + HIDDEN);
        return;
      }
      Difference difference = difference(step, before, after);
      if (difference != null) {
        lines.add(title + ":");
        lines.add("first differing element: " + difference);
        if (wrong != null) {
          lines.add("in the end: " + wrong.text);
        }
        lines.add("verdict: the fault is in the real machine, or one in " + named(step) + HIDDEN);
        return;
      }
      if (wrong != null && wrong.step == i) {
        byte[] content = after.get(wrong.address);
        here = Float.toString(floats(content).getFloat((int) wrong.offset));
      }
    }
    same(wrong, here);
  }

  /** Both devices computed the same: the numbers of the case decide. */
  private void same(Wrong wrong, String here) {
    if (wrong == null) {
      lines.add("each step that was replayed computes the same here and on the GPU");
      lines.add(
          "verdict: nothing is wrong step by step; look at what lies between: graphs, copies, order"
              + " of streams");
      return;
    }
    lines.add(wrong.text + (here.isEmpty() ? "" : ", received on the simulated device " + here));
    if (wrong.step < 0) {
      lines.add("verdict: no step wrote that number; look at what the host copies");
      return;
    }
    Step step = failure.told().steps().get(wrong.step);
    lines.add("first written by step %s, %s".formatted(wrong.step + 1, step.work().title()));
    lines.add(
        "verdict: the fault is in a kernel's source or in what the host passes to it, not in the"
            + " machine: begin at "
            + named(step));
  }

  private String named(Step step) {
    return step.work() instanceof Work.Kernel kernel
        ? "kernel " + kernel.name() + " (sources/" + kernel.source() + "-" + kernel.name() + ".cu)"
        : step.work().title();
  }

  /** A wrong element of the case, and where it first was in memory; step -1 if nobody wrote it. */
  private record Wrong(String text, int step, long address, long offset) {}

  private Wrong wrong() {
    for (Values values : failure.told().values()) {
      int element = values.firstWrong();
      if (element >= 0) {
        String text =
            "%s: expected by the reference %s, received on the GPU %s"
                .formatted(
                    values.place(element), values.expected()[element], values.received()[element]);
        return written(text, Float.floatToRawIntBits(values.received()[element]));
      }
    }
    return null;
  }

  /** Finds the first step that wrote a number: later ones copy it. */
  private Wrong written(String text, int bits) {
    List<Step> steps = failure.told().steps();
    for (int i = 0; i < steps.size(); i++) {
      for (Memory memory : steps.get(i).after()) {
        byte[] before = content(steps.get(i).before(), memory.address());
        byte[] after = failure.content(memory.content());
        for (int at = 0; before != null && after != null && at + 4 <= after.length; at += 4) {
          if (word(after, at) == bits && word(before, at) != bits) {
            return new Wrong(text, i, memory.address(), at);
          }
        }
      }
    }
    return new Wrong(text, -1, 0, 0);
  }

  private byte[] content(List<Memory> memory, long address) {
    return memory.stream()
        .filter(each -> each.address() == address)
        .findFirst()
        .map(each -> failure.content(each.content()))
        .orElse(null);
  }

  /** Returns the memory by address; null if the file lacks a part. */
  private Map<Long, byte[]> contents(List<Memory> memory) {
    Map<Long, byte[]> all = new TreeMap<>();
    for (Memory each : memory) {
      byte[] content = failure.content(each.content());
      if (content == null) {
        return null;
      }
      all.put(each.address(), content);
    }
    return all;
  }

  /** Runs a step in each order; they must agree. */
  private Map<Long, byte[]> everyOrder(Step step, Map<Long, byte[]> before) {
    Map<Long, byte[]> first = null;
    for (Order order : Order.values()) {
      device.order(order, 1);
      Map<Long, byte[]> after = run(step, before);
      if (first == null) {
        first = after;
      }
      for (Map.Entry<Long, byte[]> each : first.entrySet()) {
        if (!Arrays.equals(each.getValue(), after.get(each.getKey()))) {
          throw new RunException(
              "its result depends on the order of threads or blocks: a barrier, a fence or an"
                  + " order of sums is missing");
        }
      }
    }
    return first;
  }

  private Map<Long, byte[]> run(Step step, Map<Long, byte[]> before) {
    Map<Long, Long> moved = new TreeMap<>();
    before.forEach(
        (address, content) ->
            moved.put(
                address,
                places.computeIfAbsent(
                    new Memory(address, content.length, -1),
                    place -> device.allocate(content.length))));
    before.forEach((address, content) -> write(moved.get(address), translated(content, before)));
    enqueue(step.work(), before);
    device.synchronize();
    Map<Long, byte[]> after = new TreeMap<>();
    before.forEach((address, content) -> after.put(address, read(moved.get(address), content)));
    return after;
  }

  private void enqueue(Work work, Map<Long, byte[]> memory) {
    if (work instanceof Work.Kernel kernel) {
      device.launch(
          new Launch(
              functions.computeIfAbsent(kernel.source(), number -> load(kernel)),
              kernel.gridX(),
              kernel.gridY(),
              kernel.gridZ(),
              kernel.threads(),
              kernel.sharedBytes(),
              kernel.cooperative(),
              kernel.arguments().moved(address -> moved(address, memory))));
    } else if (work instanceof Work.Fill fill) {
      device.fill(moved(fill.target(), memory), fill.word(), fill.words(), Device.MAIN);
    } else if (work instanceof Work.Product product) {
      products.algorithms(moved(product.product(), memory), 1).get(0).enqueue();
    } else if (work instanceof Work.Neural neural) {
      long x = moved(neural.x(), memory);
      long y = moved(neural.y(), memory);
      long dx = moved(neural.dx(), memory);
      ActivationLibrary.Operation operation =
          switch (neural.operation()) {
            case "activation" -> neuralOps.activation(neural.f(), x, y, neural.shape());
            case "softmax" -> neuralOps.softmax(x, y, neural.shape());
            default -> neuralOps.activationGradient(neural.f(), y, x, dx, neural.shape());
          };
      operation.enqueue();
    }
  }

  private long load(Work.Kernel kernel) {
    Source source = failure.sources().get(kernel.source());
    byte[] image =
        platform.compiler().compile(source.text(), failure.told().device().architecture());
    return device.load(image, source.name());
  }

  private Product moved(Product p, Map<Long, byte[]> memory) {
    return new Product(
        p.transposeA(),
        p.transposeB(),
        p.m(),
        p.n(),
        p.k(),
        moved(p.a(), memory),
        moved(p.b(), memory),
        moved(p.d(), memory),
        p.batch(),
        p.epilogue(),
        moved(p.bias(), memory),
        p.biasStride(),
        moved(p.aux(), memory),
        p.auxLd(),
        p.auxStride(),
        p.precision());
  }

  private Operand moved(Operand operand, Map<Long, byte[]> memory) {
    return new Operand(moved(operand.address(), memory), operand.ld(), operand.stride());
  }

  /** Returns the address here of an address there; anything else stays as it is. */
  private long moved(long address, Map<Long, byte[]> memory) {
    Map.Entry<Long, byte[]> below = ((TreeMap<Long, byte[]>) memory).floorEntry(address);
    if (below == null || address > below.getKey() + below.getValue().length) {
      return address;
    }
    Memory place = new Memory(below.getKey(), below.getValue().length, -1);
    return places.get(place) + (address - below.getKey());
  }

  private byte[] translated(byte[] content, Map<Long, byte[]> memory) {
    byte[] here = content.clone();
    ByteBuffer words = floats(here);
    for (int at = 0; at + 8 <= here.length; at += 8) {
      words.putLong(at, moved(words.getLong(at), memory));
    }
    return here;
  }

  private void write(long address, byte[] content) {
    try (PinnedBuffer buffer = device.allocatePinned(content.length)) {
      buffer.bytes().put(0, content);
      device.copyIn(address, buffer, 0, content.length, Device.MAIN);
      device.synchronize();
    }
  }

  private byte[] read(long address, byte[] like) {
    byte[] content = new byte[like.length];
    try (PinnedBuffer buffer = device.allocatePinned(content.length)) {
      device.copyOut(buffer, 0, address, content.length, Device.MAIN);
      device.synchronize();
      buffer.bytes().get(0, content);
    }
    return content;
  }

  /** Returns the first word that one device changed otherwise than the other one; or null. */
  private Difference difference(
      Step step, Map<Long, byte[]> before, Map<Long, byte[]> simulatedAfter) {
    Map<Long, byte[]> gpuAfter = contents(step.after());
    for (Map.Entry<Long, byte[]> each : before.entrySet()) {
      byte[] gpu = gpuAfter == null ? null : gpuAfter.get(each.getKey());
      if (gpu == null) {
        continue;
      }
      byte[] was = each.getValue();
      byte[] wasHere = translated(was, before);
      byte[] here = simulatedAfter.get(each.getKey());
      List<Integer> changed = new ArrayList<>();
      double largest = 0;
      for (int at = 0; at + 4 <= was.length; at += 4) {
        if (word(was, at) != word(gpu, at) || word(wasHere, at) != word(here, at)) {
          changed.add(at);
          float value = Math.abs(Float.intBitsToFloat(word(here, at)));
          largest = value < 1e30f ? Math.max(largest, value) : largest;
        }
      }
      for (int at : changed) {
        if (!close(word(gpu, at), word(here, at), largest)) {
          return new Difference(each.getKey(), at, word(gpu, at), word(here, at));
        }
      }
    }
    return null;
  }

  /** Small integers are no floats: they must be equal. */
  private static boolean close(int gpu, int simulated, double largest) {
    float left = Float.intBitsToFloat(gpu);
    float right = Float.intBitsToFloat(simulated);
    if (gpu == simulated || Float.isNaN(left) && Float.isNaN(right)) {
      return true;
    }
    boolean integers = subnormal(left) && subnormal(right);
    double allowed = RELATIVE * Math.max(Math.abs(left), Math.abs(right)) + OF_LARGEST * largest;
    return !integers && Math.abs((double) left - right) <= allowed;
  }

  private static boolean subnormal(float value) {
    return Math.abs(value) < Float.MIN_NORMAL;
  }

  private static String number(int word) {
    float value = Float.intBitsToFloat(word);
    return subnormal(value) && word != 0 ? word + " (an integer)" : Float.toString(value);
  }

  private static int word(byte[] content, long at) {
    return floats(content).getInt((int) at);
  }

  private static ByteBuffer floats(byte[] content) {
    return ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
  }
}
