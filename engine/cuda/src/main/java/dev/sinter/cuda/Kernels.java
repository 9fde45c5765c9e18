package dev.sinter.cuda;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.KernelCompiler;
import dev.sinter.cuda.driver.Launch;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The kernels of one device: each a separate translation unit, compiled once for the architecture
 * of the device and kept loaded.
 */
final class Kernels {
  private static final Map<String, String> TEXTS = new ConcurrentHashMap<>();

  private final Device device;
  private final KernelCompiler compiler;
  private final Map<KernelSource, Long> functions = new HashMap<>();

  Kernels(Device device, KernelCompiler compiler) {
    this.device = device;
    this.compiler = compiler;
  }

  Device device() {
    return device;
  }

  /** Compiles kernels in advance, on all cores. */
  void prepare(Collection<KernelSource> sources) {
    sources.stream()
        .distinct()
        .filter(source -> !functions.containsKey(source))
        .toList()
        .parallelStream()
        .map(source -> Map.entry(source, compile(source)))
        .toList()
        .forEach(each -> functions.put(each.getKey(), load(each.getKey(), each.getValue())));
  }

  /** Returns the handle of a kernel, compiled on first use. */
  long function(KernelSource kernel) {
    return functions.computeIfAbsent(kernel, source -> load(source, compile(source)));
  }

  /** Returns a kernel with its grid, compiled on first use. */
  Kernel kernel(KernelSource source, int gridX, int gridZ, int threads) {
    return new Kernel(device, function(source), gridX, gridZ, threads);
  }

  /**
   * A kernel with its grid (x, 1, z).
   *
   * @param gridX blocks
   * @param gridZ usually replicas
   * @param threads per block
   */
  record Kernel(Device device, long function, int gridX, int gridZ, int threads) {
    /** Enqueues the kernel with {@link Kernels#arguments}. */
    void launch(Object... arguments) {
      device.launch(
          Launch.of(function).grid(gridX, 1, gridZ).threads(threads).with(arguments(arguments)));
    }
  }

  /**
   * Flattens arguments: a {@link DeviceValue} becomes its address and its stride, a list its
   * elements.
   */
  static List<Object> arguments(Object... arguments) {
    List<Object> all = new ArrayList<>();
    for (Object argument : arguments) {
      if (argument instanceof DeviceValue place) {
        all.addAll(List.of(place.address(), place.stride()));
      } else if (argument instanceof List<?> list) {
        all.addAll(arguments(list.toArray()));
      } else {
        all.add(argument);
      }
    }
    return all;
  }

  private byte[] compile(KernelSource source) {
    return compiler.compile(source.text(), device.properties().architecture());
  }

  private long load(KernelSource source, byte[] image) {
    return device.load(image, source.name());
  }

  /**
   * The name of a kernel and its complete source.
   *
   * @param name of the {@code extern "C"} function
   * @param text CUDA C++ without includes
   */
  record KernelSource(String name, String text) {
    /**
     * Combines a source from resources and generated text. Generate numbers with {@code %s},
     * because {@code %d} writes the digits of the default locale.
     */
    static KernelSource of(String name, String generated, String... resources) {
      StringBuilder text = new StringBuilder(TEXTS.computeIfAbsent("common", Kernels::read));
      for (String resource : resources) {
        text.append(TEXTS.computeIfAbsent(resource, Kernels::read));
      }
      return new KernelSource(name, text.append(generated).toString());
    }
  }

  private static String read(String name) {
    try (InputStream stream = Kernels.class.getResourceAsStream("kernels/" + name + ".cu")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
