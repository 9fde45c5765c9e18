package dev.sinter.cuda.simulated;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.cuda.driver.Platform;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;

/** A simulated device for each test. */
abstract class SimulatedTest {
  final SimulatedPlatform platform = SimulatedPlatform.standard();
  SimulatedDevice device;

  @BeforeEach
  void open() {
    Platform.Survey survey = platform.survey();
    if (!survey.usable()) {
      System.out.println("SKIPPED " + getClass().getSimpleName() + ": " + survey.detail());
    }
    Assumptions.assumeTrue(survey.usable(), survey.detail());
    device = (SimulatedDevice) platform.open(0);
  }

  @AfterEach
  void close() {
    if (device != null) {
      device.close();
    }
  }

  /** Compiles and loads a kernel. */
  long kernel(String name, String source) {
    byte[] image = platform.compiler().compile(source, device.properties().architecture());
    return device.load(image, name);
  }

  void launch(long kernel, int grid, int block, int sharedBytes, Object... arguments) {
    device.launch(
        Launch.of(kernel).grid(grid, 1, 1).threads(block).sharedBytes(sharedBytes).with(arguments));
  }

  void launchTogether(long kernel, int grid, int block, int sharedBytes, Object... arguments) {
    device.launch(
        Launch.of(kernel)
            .grid(grid, 1, 1)
            .threads(block)
            .sharedBytes(sharedBytes)
            .asCooperative()
            .with(arguments));
  }

  /** Returns the address of device memory with these values. */
  long upload(float... values) {
    long address = device.allocate(4L * values.length);
    try (PinnedBuffer buffer = device.allocatePinned(4L * values.length)) {
      buffer.bytes().asFloatBuffer().put(values);
      device.copyIn(address, buffer, 0, 4L * values.length, Device.MAIN);
      device.synchronize();
    }
    return address;
  }

  /** Returns the content of device memory. */
  float[] download(long address, int count) {
    float[] values = new float[count];
    try (PinnedBuffer buffer = device.allocatePinned(4L * count)) {
      device.copyOut(buffer, 0, address, 4L * count, Device.MAIN);
      device.synchronize();
      buffer.bytes().asFloatBuffer().get(values);
    }
    return values;
  }

  /** Returns integers and halves, whose sums are exact. */
  static float[] numbers(int count, int seed) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = ((i * 37 + seed * 11) % 23 - 11) / 2f;
    }
    return values;
  }
}
