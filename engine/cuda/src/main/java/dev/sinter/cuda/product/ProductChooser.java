package dev.sinter.cuda.product;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Graph;
import dev.sinter.cuda.driver.Product.Epilogue;
import dev.sinter.cuda.driver.Products;
import dev.sinter.cuda.driver.Products.Algorithm;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.cuda.kernel.DeviceValue;
import dev.sinter.cuda.kernel.ElementKernels;
import dev.sinter.cuda.kernel.Kernels;
import dev.sinter.cuda.kernel.Node;
import dev.sinter.cuda.kernel.Workspace;
import dev.sinter.cuda.product.MatrixProduct.Mask;
import dev.sinter.errors.DeviceLostException;
import dev.sinter.errors.RunException;
import dev.sinter.io.TimingCache;
import dev.sinter.program.ActivationFunction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Chooses a method for each product: the kernels of Sinter or cuBLASLt, and which variant.
 *
 * <p>Each method is timed once for each shape, in graphs like a step, on separate memory. The
 * choice is kept on disk for later processes, so that the same training gives the same bits again.
 *
 * @param library cuBLASLt, or null if there is none
 */
public record ProductChooser(
    Device device, Kernels kernels, Products library, Preference preference, TimingCache choices) {
  /** Which methods may compute products. */
  public enum Preference {
    /** The kernels of Sinter, chosen by an estimate; nothing is timed. */
    KERNELS,
    /** The first proposal of cuBLASLt if it supports the product; nothing is timed. */
    LIBRARY,
    /** The fastest method. */
    FASTEST
  }

  private static final int LIBRARY_ALGORITHMS = 8;
  private static final int ROUNDS = 7;

  /** A measurement repeats a product in one graph up to this number of operations. */
  private static final double MEASURED_OPERATIONS = 1e10;

  private static final int MOST_REPETITIONS = 100;

  /** Above this number of operations, the kernels of Sinter compute the product, in bands. */
  private static final double LIBRARY_OPERATIONS = 60e9;

  /**
   * One method to compute a product.
   *
   * @param name stable across processes
   * @param kernel the kernel of Sinter, or null for cuBLASLt
   * @param node computes it; reads the addresses of the workspace when it is enqueued
   */
  public record Way(String name, KernelProduct kernel, Node node) {
    public boolean library() {
      return kernel == null;
    }
  }

  /** Returns whether cuBLASLt may compute a product. */
  public boolean hasLibrary() {
    return library != null && preference != Preference.KERNELS;
  }

  /**
   * Chooses a method.
   *
   * @param written the mask that a ReLU writes for its derivative; null for none
   * @param read the mask that a derivative may read instead of the output; null for none
   */
  public Way choose(MatrixProduct product, Mask written, Mask read, Workspace workspace) {
    List<Way> ways = ways(product, written, read, workspace);
    if (ways.size() == 1 || preference != Preference.FASTEST) {
      return ways.get(0);
    }
    String key = product.key() + (written == null ? "" : " mask") + (read == null ? "" : " masked");
    String known = choices.get(key);
    if (ways.stream().noneMatch(way -> way.name().equals(known))) {
      choices.put(key, fastest(product, written != null, read != null));
    }
    String chosen = choices.get(key);
    return ways.stream().filter(way -> way.name().equals(chosen)).findFirst().orElseThrow();
  }

  /** Returns all methods, the preferred one first. */
  private List<Way> ways(MatrixProduct product, Mask written, Mask read, Workspace workspace) {
    List<Way> own = new ArrayList<>();
    for (KernelProduct kernel : KernelProduct.candidates(product, device.properties())) {
      own.add(new Way(kernel.name(), kernel, kernel.node(kernels, workspace)));
    }
    if (!hasLibrary() || product.operations() > LIBRARY_OPERATIONS) {
      return own;
    }
    List<Way> all = new ArrayList<>(libraryWays(product, written, read));
    all.addAll(preference == Preference.LIBRARY ? all.size() : 0, own);
    return all;
  }

  private List<Way> libraryWays(MatrixProduct product, Mask written, Mask read) {
    Epilogue epilogue = epilogue(product, written, read);
    Mask mask =
        switch (epilogue) {
          case DRELU -> read;
          case RELU_AUX_BIAS -> written;
          default -> null;
        };
    Node after = after(product, epilogue);
    List<Way> ways = new ArrayList<>();
    for (Algorithm algorithm :
        library.algorithms(product.columnMajor(epilogue, mask), LIBRARY_ALGORITHMS)) {
      Node node =
          step -> {
            algorithm.enqueue();
            if (after != null) {
              after.enqueue(step);
            }
          };
      ways.add(new Way("cublaslt " + algorithm.name(), null, node));
    }
    return ways;
  }

  private static Epilogue epilogue(MatrixProduct product, Mask written, Mask read) {
    if (product.columnSums() != DeviceValue.NONE) {
      return Epilogue.BGRADA;
    } else if (product.derivative() == ActivationFunction.RELU && read != null) {
      return Epilogue.DRELU;
    } else if (product.bias() == DeviceValue.NONE) {
      return Epilogue.DEFAULT;
    } else if (product.forward() != ActivationFunction.RELU) {
      return Epilogue.BIAS;
    }
    return written == null ? Epilogue.RELU_BIAS : Epilogue.RELU_AUX_BIAS;
  }

  /** Returns a separate kernel for an epilogue that cuBLASLt does not have; null if it has one. */
  private Node after(MatrixProduct p, Epilogue epilogue) {
    boolean activates =
        p.forward() != ActivationFunction.LINEAR
            && epilogue != Epilogue.RELU_BIAS
            && epilogue != Epilogue.RELU_AUX_BIAS;
    if (activates) {
      return ElementKernels.activation(kernels, p.forward(), p.c(), p.replicas());
    }
    return p.derivative() == ActivationFunction.LINEAR || epilogue == Epilogue.DRELU
        ? null
        : ElementKernels.derivative(kernels, p.derivative(), p.output(), p.c(), p.replicas());
  }

  /** Times all methods on separate memory; returns the name of the fastest. */
  private String fastest(MatrixProduct product, boolean writesMask, boolean readsMask) {
    kernels.prepare(
        KernelProduct.candidates(product, device.properties()).stream()
            .map(KernelProduct::source)
            .toList());
    DeviceMemory memory = new DeviceMemory(device);
    try {
      MatrixProduct moved = product.moved(place -> copy(place, product.replicas(), memory));
      Mask written = writesMask ? product.mask(memory) : null;
      Mask read = readsMask ? product.mask(memory) : null;
      Workspace workspace = new Workspace();
      List<Way> ways = ways(moved, written, read, workspace);
      ways.stream().filter(way -> !way.library()).forEach(way -> way.kernel().need(workspace));
      workspace.allocate(memory);
      int repetitions =
          (int) Math.max(1, Math.min(MOST_REPETITIONS, MEASURED_OPERATIONS / product.operations()));
      List<Graph> graphs = new ArrayList<>();
      for (Way way : ways) {
        graphs.add(captured(way, repetitions, memory));
      }
      return ways.get(fastest(graphs)).name();
    } finally {
      device.synchronize();
      memory.run();
    }
  }

  private static DeviceValue copy(DeviceValue place, int replicas, DeviceMemory memory) {
    return place == DeviceValue.NONE
        ? place
        : new DeviceValue(memory.zeros((long) replicas * place.stride()), place.shape());
  }

  /** Returns a graph that repeats a method; null if cuBLASLt fails with its own proposal. */
  private Graph captured(Way way, int repetitions, DeviceMemory memory) {
    Node node = way.node();
    try {
      node.enqueue(0); // loads kernels on first use, which a capture does not allow
      device.synchronize();
    } catch (RunException e) {
      if (way.library() && !(e instanceof DeviceLostException)) {
        return null;
      }
      throw e;
    }
    return memory.own(
        device.capture(
            () -> {
              for (int i = 0; i < repetitions; i++) {
                node.enqueue(0);
              }
            }));
  }

  /**
   * Returns the index of the graph with the least time, because disturbances only add to it. The
   * graphs take turns, because the clock of the device rises with its work; the first round does
   * not count.
   */
  private int fastest(List<Graph> graphs) {
    double[] least = new double[graphs.size()];
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    for (int round = 0; round < ROUNDS; round++) {
      for (int i = 0; i < least.length; i++) {
        if (graphs.get(i) != null) {
          double time = device.time(graphs.get(i)::launch);
          least[i] = round == 0 ? least[i] : Math.min(least[i], time);
        }
      }
    }
    int best = 0;
    for (int i = 1; i < least.length; i++) {
      best = least[i] < least[best] ? i : best;
    }
    return best;
  }
}
