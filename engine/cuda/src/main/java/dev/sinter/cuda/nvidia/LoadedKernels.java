package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cudart.*;

import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.Struct;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.cudart.CUfunc_st;
import org.bytedeco.cuda.cudart.CUmod_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Loads and launches the kernels of one device.
 *
 * <p>A handle is the index in the list of functions plus one. Arguments are written into one block,
 * each at a multiple of 8 bytes, which the driver copies at the launch, also into a graph, so a
 * launch allocates nothing. The context of the device is current in each call.
 */
final class LoadedKernels implements AutoCloseable {
  private static final int MOST_ARGUMENTS = 512; // 8 bytes each; the driver takes 4 KiB

  private final NvidiaDevice device;
  private final Map<ByteBuffer, Module> modules = new HashMap<>(); // by content
  private final List<CUfunc_st> functions = new ArrayList<>();
  private final Pointer slots = Pointer.malloc(8L * MOST_ARGUMENTS);
  private final ByteBuffer values; // of the slots
  private final Address slot = new Address(0);
  private final PointerPointer<Pointer> parameters = new PointerPointer<>((long) MOST_ARGUMENTS);
  private final PointerPointer<Pointer> noExtra = null;

  /** A loaded image and the handles of its functions. */
  private record Module(CUmod_st module, Map<String, Long> handles) {}

  LoadedKernels(NvidiaDevice device) {
    this.device = device;
    values = slots.capacity(8L * MOST_ARGUMENTS).asByteBuffer();
  }

  /** Loads a function; the same content and name give the same handle. */
  long load(byte[] image, String function) {
    ByteBuffer key = ByteBuffer.wrap(image.clone()); // the caller may reuse the array
    Module module = modules.computeIfAbsent(key, content -> load(image));
    return module.handles.computeIfAbsent(function, name -> prepare(module.module, name));
  }

  private Module load(byte[] image) {
    CUmod_st loaded = new CUmod_st();
    try (BytePointer code = new BytePointer(image)) {
      device.check(cuModuleLoadData(loaded, code), "cuModuleLoadData");
    }
    return new Module(loaded, new HashMap<>());
  }

  private long prepare(CUmod_st module, String name) {
    CUfunc_st function = new CUfunc_st();
    device.check(cuModuleGetFunction(function, module, name), "cuModuleGetFunction(" + name + ")");
    int[] fixedBytes = new int[1];
    device.check(
        cuFuncGetAttribute(fixedBytes, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES, function),
        "cuFuncGetAttribute");
    // Shared memory declared in the kernel counts against the same limit.
    int dynamicBytes = device.properties().sharedBytesPerBlock() - fixedBytes[0];
    device.check(
        cuFuncSetAttribute(function, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES, dynamicBytes),
        "cuFuncSetAttribute(" + name + ")");
    functions.add(function);
    return functions.size();
  }

  /** Enqueues a kernel. */
  void launch(Launch launch, CUstream_st stream) {
    List<Object> arguments = launch.arguments();
    if (arguments.size() > MOST_ARGUMENTS) {
      throw new IllegalArgumentException(
          "a kernel takes up to " + MOST_ARGUMENTS + " arguments, not " + arguments.size());
    }
    for (int i = 0, offset = 0; i < arguments.size(); i++) {
      parameters.put(i, slot.to(slots.address() + offset));
      offset += write(offset, arguments.get(i));
    }
    CUfunc_st function = function(launch.function());
    if (launch.cooperative()) {
      device.check(
          cuLaunchCooperativeKernel(
              function,
              launch.gridX(),
              launch.gridY(),
              launch.gridZ(),
              launch.threads(),
              1,
              1,
              launch.sharedBytes(),
              stream,
              parameters),
          "cuLaunchCooperativeKernel");
      return;
    }
    device.check(
        cuLaunchKernel(
            function,
            launch.gridX(),
            launch.gridY(),
            launch.gridZ(),
            launch.threads(),
            1,
            1,
            launch.sharedBytes(),
            stream,
            parameters,
            noExtra),
        "cuLaunchKernel");
  }

  private CUfunc_st function(long handle) {
    return functions.get(Math.toIntExact(handle - 1));
  }

  /** Returns how many blocks of a kernel one multiprocessor runs at once. */
  int residentBlocks(long handle, int threads, int sharedBytes) {
    int[] blocks = new int[1];
    device.check(
        cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function(handle), threads, sharedBytes),
        "cuOccupancyMaxActiveBlocksPerMultiprocessor");
    return blocks[0];
  }

  /** Writes an argument; returns its size in bytes, a multiple of 8. */
  private int write(int offset, Object argument) {
    if (argument instanceof Struct struct) {
      struct.copyTo(values, offset);
      return (struct.size() + 7) / 8 * 8;
    } else if (argument instanceof Long value) {
      values.putLong(offset, value);
    } else if (argument instanceof Integer value) {
      values.putInt(offset, value);
    } else if (argument instanceof Float value) {
      values.putFloat(offset, value);
    } else {
      throw new IllegalArgumentException(
          "a kernel takes Long, Integer, Float and Struct, not "
              + argument.getClass().getSimpleName());
    }
    return 8;
  }

  @Override
  public void close() {
    for (Module module : modules.values()) {
      device.closing(cuModuleUnload(module.module), "cuModuleUnload");
    }
    modules.clear();
    functions.clear();
    parameters.close();
    Pointer.free(slots);
  }
}
