package dev.sinter.cuda;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.program.Value;
import java.util.List;

/**
 * The results of a program, as a table on the device: {@code struct Result} of kernels/flow.cu.
 *
 * @param address of the table
 * @param largest floats of the largest result, including all replicas
 */
record ResultTable(long address, int largest) {
  private static final int ENTRY_BYTES = 24;

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
        int at = ENTRY_BYTES * i;
        buffer.bytes().putLong(at, place.address());
        buffer.bytes().putInt(at + 8, place.shape().size());
        buffer.bytes().putInt(at + 12, place.stride());
        buffer.bytes().putInt(at + 16, start);
        buffer.bytes().putInt(at + 20, 0);
        start += replicas * place.shape().size();
        largest = Math.max(largest, replicas * place.shape().size());
      }
      device.copyIn(address, buffer, 0, bytes, Device.MAIN);
      device.synchronize();
    }
    return new ResultTable(address, largest);
  }
}
