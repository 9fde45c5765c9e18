package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.cuda.driver.Struct;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.cuda.kernel.DeviceValue;
import dev.sinter.cuda.kernel.KernelSource;
import dev.sinter.cuda.kernel.Kernels;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.program.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The structs that Java writes, as C++ lays them out. */
class KernelStructTest {
  private final SimulatedPlatform platform = SimulatedPlatform.standard();

  /** Runs a kernel that writes integers, after the text of flow.cu. */
  private int[] run(String body, int count, Object... arguments) {
    Assumptions.assumeTrue(platform.survey().usable(), platform.survey().detail());
    Device device = platform.open(0);
    Kernels kernels = new Kernels(device, platform.compiler());
    DeviceMemory memory = new DeviceMemory(device);
    String text = KernelSource.of("flow.cu", "collect").text() + body;
    long target = memory.zeros(count);
    Object[] all = new Object[arguments.length + 1];
    all[0] = target;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    device.launch(kernels.launch(new KernelSource("look", text)).with(all));
    int[] received = new int[count];
    try (PinnedBuffer buffer = device.allocatePinned(4L * count)) {
      device.copyOut(buffer, 0, target, 4L * count, Device.MAIN);
      device.synchronize();
      buffer.bytes().asIntBuffer().get(received);
    }
    memory.run();
    return received;
  }

  @Test
  void tables_haveTheSizesOfTheirStructs() {
    int[] sizes =
        run(
            """
            extern "C" __global__ void look(int *sizes) {
              if (threadIdx.x > 0) return;
              sizes[0] = sizeof(Position);
              sizes[1] = sizeof(Result);
            }
            """,
            2);
    assertThat(sizes).containsExactly(DeviceDataset.POSITION_BYTES, ResultTable.ENTRY_BYTES);
  }

  /** A struct of 12 bytes in one of 8-byte alignment: padding before and after each. */
  @Test
  void nested_structsOfDifferentAlignment_areWhereTheKernelReadsThem() {
    Struct.Fields inner = struct -> struct.integer(2).real(3).integer(4);
    Struct.Fields wide = struct -> struct.pointer(5).integer(6);
    DeviceValue value = new DeviceValue(7, new Shape(8, 16));
    Struct outer = new Struct().integer(1).nested(inner, wide).integer(10).nested(value);
    int[] fields =
        run(
            """
            struct Inner { int a; float b; int c; };
            struct Wide { long long a; int b; };
            struct Outer { int first; Inner inner; Wide wide; int last; DeviceValue value; };
            extern "C" __global__ void look(int *fields, const Outer o) {
              const int all[] = {
                o.first, o.inner.a, (int)o.inner.b, o.inner.c, (int)o.wide.a, o.wide.b,
                (int)(long long)o.value.data, o.value.stride, o.value.columns, o.last};
              if (threadIdx.x < 10) fields[threadIdx.x] = all[threadIdx.x];
            }
            """,
            10,
            outer);
    assertThat(fields).containsExactly(1, 2, 3, 4, 5, 6, 7, 128, 16, 10);
    ByteBuffer target = ByteBuffer.allocate(outer.size() + 8).order(ByteOrder.nativeOrder());
    new Struct(target, 8).integer(1).nested(inner, wide).integer(10).nested(value);
    assertThat(target.array()).endsWith(outer.toBytes());
  }

  @Test
  void missingValue_hasNoStride() {
    Struct missing = new Struct().nested(DeviceValue.NONE);
    assertThat(missing.toBytes())
        .containsExactly(new Struct().pointer(0).integer(0).integer(1).toBytes());
  }
}
