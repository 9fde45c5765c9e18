package dev.sinter.cuda;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.cuda.driver.Struct;
import dev.sinter.cuda.kernel.AddressMap;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.cuda.kernel.DeviceValue;
import dev.sinter.program.Value;
import java.util.List;

/**
 * The results of a program, as a table on the device: {@code struct Result} of kernels/flow.cu.
 *
 * @param address of the table
 * @param largest floats of the largest result, including all replicas
 */
record ResultTable(long address, int largest) {
  /** The size of {@code struct Result}. */
  static final int ENTRY_BYTES = write(new Struct(), DeviceValue.NONE, 0).size();

  static ResultTable of(AddressMap places, DeviceMemory memory) {
    List<Value> results = places.program().results();
    int replicas = places.program().replicas();
    int largest = 0;
    long bytes = (long) ENTRY_BYTES * results.size();
    long address = memory.allocate(bytes);
    Device device = memory.device();
    try (PinnedBuffer buffer = device.allocatePinned(bytes)) {
      int start = 0;
      for (int i = 0; i < results.size(); i++) {
        DeviceValue place = places.of(results.get(i));
        write(new Struct(buffer.bytes(), ENTRY_BYTES * i), place, start);
        start += replicas * place.shape().size();
        largest = Math.max(largest, replicas * place.shape().size());
      }
      device.copyIn(address, buffer, 0, bytes, Device.MAIN);
      device.synchronize();
    }
    return new ResultTable(address, largest);
  }

  private static Struct write(Struct target, DeviceValue place, int start) {
    return target.nested(place).integer(place.shape().size()).integer(start);
  }
}
