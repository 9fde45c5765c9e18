package dev.sinter.cuda.kernel;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.KernelCompiler;
import dev.sinter.cuda.driver.Launch;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The kernels of one device: each a separate translation unit, compiled once for the architecture
 * of the device and kept loaded.
 */
public final class Kernels {
  private final Device device;
  private final KernelCompiler compiler;
  private final Map<KernelSource, Long> functions = new HashMap<>();

  public Kernels(Device device, KernelCompiler compiler) {
    this.device = device;
    this.compiler = compiler;
  }

  public Device device() {
    return device;
  }

  /** Compiles kernels in advance, on all cores. */
  public void prepare(Collection<KernelSource> sources) {
    sources.stream()
        .distinct()
        .filter(source -> !functions.containsKey(source))
        .toList()
        .parallelStream()
        .map(source -> Map.entry(source, compile(source)))
        .toList()
        .forEach(each -> functions.put(each.getKey(), load(each.getKey(), each.getValue())));
  }

  /**
   * Returns a launch of a kernel, compiled and loaded on first use, which must not happen during a
   * capture.
   */
  public Launch launch(KernelSource kernel) {
    return Launch.of(functions.computeIfAbsent(kernel, source -> load(source, compile(source))));
  }

  private byte[] compile(KernelSource source) {
    return compiler.compile(source.text(), device.properties().architecture());
  }

  private long load(KernelSource source, byte[] image) {
    return device.load(image, source.name());
  }
}
