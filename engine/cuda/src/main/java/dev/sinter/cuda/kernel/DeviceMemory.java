package dev.sinter.cuda.kernel;

import dev.sinter.cuda.driver.Device;
import java.util.ArrayDeque;
import java.util.Deque;

/** Owns the allocations of a session; frees them in reverse order. */
public final class DeviceMemory implements Runnable, AutoCloseable {
  private final Device device;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();

  public DeviceMemory(Device device) {
    this.device = device;
  }

  public Device device() {
    return device;
  }

  /** Allocates device memory, owned. */
  public synchronized long allocate(long bytes) {
    long address = device.allocate(Math.max(1, bytes));
    owned.push(() -> device.free(address));
    return address;
  }

  /** Allocates floats or other words of 4 bytes, all 0, owned. */
  public long zeros(long words) {
    long address = allocate(4 * words);
    device.fill(address, 0, words, Device.MAIN);
    return address;
  }

  /** Takes ownership of a resource to close. */
  public synchronized <T extends AutoCloseable> T own(T resource) {
    owned.push(resource);
    return resource;
  }

  /** Gives up ownership of a resource that was closed separately. */
  public synchronized void disown(AutoCloseable resource) {
    owned.remove(resource);
  }

  @Override
  public void close() {
    run();
  }

  /** Frees everything; a failure does not stop the rest. */
  @Override
  public synchronized void run() {
    RuntimeException first = null;
    while (!owned.isEmpty()) {
      try {
        owned.pop().close();
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      } catch (Exception e) { // no resource throws a checked exception
        throw new IllegalStateException(e);
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
