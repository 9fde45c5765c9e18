package dev.sinter.cuda;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.PinnedBuffer;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * The buffers of a part of a chunk: its input to the device and its results. Two slots take turns,
 * so that the host fills one while the device works on the other. Buffers grow and are kept.
 */
final class TransferBuffers implements AutoCloseable {
  private final Device device;
  private final Area input = new Area();
  private final Area output = new Area();
  private FloatBuffer outputFloats;

  // In flight: the number of result floats, and their index in the array of the caller.
  private int pendingFloats = -1;
  private int pendingTarget;
  private final int event;

  TransferBuffers(Device device, int event) {
    this.device = device;
    this.event = event;
  }

  /** A pinned buffer and its counterpart on the device. */
  private final class Area {
    private PinnedBuffer pinned;
    private long address;
    private long bytes;

    boolean grow(long needed) {
      if (needed <= bytes) {
        return false;
      }
      close();
      pinned = device.allocatePinned(needed);
      address = device.allocate(needed); // close() frees the pinned memory if this fails
      bytes = needed;
      return true;
    }

    void close() {
      if (pinned != null) {
        pinned.close();
        pinned = null;
      }
      if (bytes > 0) {
        device.free(address);
        bytes = 0;
      }
    }
  }

  /** Makes room; nothing may be in flight. */
  void reserve(long inputBytes, long outputBytes) {
    input.grow(Math.max(1, inputBytes));
    if (output.grow(Math.max(4, outputBytes))) {
      outputFloats = output.pinned.bytes().asFloatBuffer();
    }
  }

  /** Returns the input for the device. */
  ByteBuffer input() {
    return input.pinned.bytes();
  }

  /** Returns the device address of the input. */
  long inputAddress() {
    return input.address;
  }

  /** Returns the device address of the results. */
  long outputAddress() {
    return output.address;
  }

  /** Enqueues the copy of a stretch of the input. */
  void send(long target, long from, long bytes, int stream) {
    if (bytes > 0) {
      device.copyIn(target, input.pinned, from, bytes, stream);
    }
  }

  /** Enqueues the copy of the results to the host; {@link #finish} delivers them. */
  void receive(int floats, int target) {
    if (floats > 0) {
      device.copyOut(output.pinned, 0, output.address, 4L * floats, Device.MAIN);
    }
    device.record(event, Device.MAIN);
    pendingFloats = floats;
    pendingTarget = target;
  }

  /** Waits for the results in flight and copies them. */
  void finish(float[] results) {
    if (pendingFloats >= 0) {
      device.synchronize(event);
      if (pendingFloats > 0) {
        outputFloats.get(0, results, pendingTarget, pendingFloats);
      }
      pendingFloats = -1;
    }
  }

  /** Discards the results in flight after a failure. */
  void abandon() {
    pendingFloats = -1;
  }

  @Override
  public void close() {
    input.close();
    output.close();
  }
}
