package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cudart.*;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUstream_st;

/** The events of a device: 16 for ordering streams, and two that take the time. */
final class Events implements AutoCloseable {
  private static final int NUMBERED = 16;

  private final NvidiaDevice device;
  private final List<CUevent_st> numbered = new ArrayList<>();
  private final CUevent_st started = new CUevent_st();
  private final CUevent_st ended = new CUevent_st();

  Events(NvidiaDevice device) {
    this.device = device;
  }

  /** Makes them; the device's context is current. */
  void open() {
    for (int i = 0; i < NUMBERED; i++) {
      CUevent_st event = new CUevent_st();
      device.check(cuEventCreate(event, CU_EVENT_DISABLE_TIMING), "cuEventCreate");
      numbered.add(event);
    }
    device.check(cuEventCreate(started, CU_EVENT_DEFAULT), "cuEventCreate");
    device.check(cuEventCreate(ended, CU_EVENT_DEFAULT), "cuEventCreate");
  }

  /** Returns an event by its number. */
  CUevent_st numbered(int number) {
    return numbered.get(number);
  }

  /** Returns how long what the action enqueues takes, in ns; the stream is idle before. */
  double time(Runnable action, CUstream_st stream) {
    device.check(cuEventRecord(started, stream), "cuEventRecord");
    action.run();
    device.enter();
    device.check(cuEventRecord(ended, stream), "cuEventRecord");
    device.check(cuEventSynchronize(ended), "cuEventSynchronize");
    float[] milliseconds = new float[1];
    device.check(cuEventElapsedTime(milliseconds, started, ended), "cuEventElapsedTime");
    return milliseconds[0] * 1e6;
  }

  @Override
  public void close() {
    for (CUevent_st event : List.of(ended, started)) {
      if (!event.isNull()) { // null where opening failed half-way
        device.closing(cuEventDestroy(event), "cuEventDestroy");
      }
    }
    numbered.forEach(e -> device.closing(cuEventDestroy(e), "cuEventDestroy"));
  }
}
