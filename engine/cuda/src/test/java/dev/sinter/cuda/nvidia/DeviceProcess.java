package dev.sinter.cuda.nvidia;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Graph;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.errors.InputException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Runs every call of a device once, in a separate JVM, for {@link DriverStubTest}. */
final class DeviceProcess {
  private static final int COUNT = 1000;

  private DeviceProcess() {}

  public static void main(String[] arguments) {
    NvidiaPlatform platform = new NvidiaPlatform();
    Device device = platform.open(0);
    byte[] image = "\177ELF, as far as the test's driver looks".getBytes(StandardCharsets.US_ASCII);
    long add = device.load(image, "add");
    expect("the same handle", device.load(image.clone(), "add"), add);
    long memory = device.allocate(4L * COUNT);
    PinnedBuffer buffer = device.allocatePinned(4L * COUNT);
    device.fill(memory, Float.floatToRawIntBits(2), COUNT, Device.MAIN);
    device.launch(launch(add, memory, 0.5f));
    device.copyOut(buffer, 0, memory, 4L * COUNT, Device.MAIN);
    device.synchronize();
    expect("2 + 0.5", buffer.bytes().getFloat(4 * (COUNT - 1)), 2.5f);
    device.beginCapture();
    for (int i = 0; i < 3; i++) {
      device.launch(launch(add, memory, 1f));
    }
    Graph graph = device.endCapture();
    graph.launch();
    graph.launch();
    device.record(3, Device.MAIN);
    device.await(3, Device.COPY);
    device.copyOut(buffer, 400, memory + 8, 40, Device.COPY);
    device.synchronize(3);
    device.synchronize();
    expect("2.5 + 6", buffer.bytes().getFloat(400), 8.5f);
    buffer.bytes().putFloat(8, 77);
    device.copyIn(memory, buffer, 8, 4, Device.MAIN);
    device.copyOut(buffer, 0, memory, 4, Device.MAIN);
    device.synchronize();
    expect("what was copied in", buffer.bytes().getFloat(0), 77f);
    expect("nanoseconds", device.time(() -> device.launch(launch(add, memory, 1f))), 5e5);
    failedRecording(device, add, memory);
    long free = device.freeBytes();
    try {
      device.allocate(free + 1);
      throw new AssertionError("more memory than there is was given");
    } catch (InputException e) {
      System.out.println(e.getMessage());
    }
    expect("free bytes", device.freeBytes(), free);
    graph.close();
    buffer.close();
    device.free(memory);
    device.allocate(4096); // left for close
    device.allocatePinned(4096);
    device.close();
    device.close();
    System.out.println("done");
  }

  /** After a failure while recording, the device can record again. */
  private static void failedRecording(Device device, long add, long memory) {
    device.beginCapture();
    device.launch(launch(add, memory, 1f));
    try {
      device.allocate(16);
      throw new AssertionError("memory was given while recording");
    } catch (RuntimeException e) {
      System.out.println(e.getMessage());
    }
    device.beginCapture(); // drops the previous one
    device.launch(launch(add, memory, 1f));
    device.endCapture().close();
  }

  private static Launch launch(long function, long memory, float value) {
    List<Object> arguments = new ArrayList<>();
    arguments.add(memory);
    arguments.add(value);
    arguments.add((long) COUNT);
    return Launch.of(function).grid(4, 1, 1).threads(256).with(arguments);
  }

  private static void expect(String what, Object received, Object expected) {
    if (!received.equals(expected)) {
      throw new AssertionError(what + ": expected " + expected + ", received " + received);
    }
  }
}
