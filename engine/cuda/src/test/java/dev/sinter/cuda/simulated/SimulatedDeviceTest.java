package dev.sinter.cuda.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Graph;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Memory, streams, graphs and failures of the simulated device. */
class SimulatedDeviceTest extends SimulatedTest {
  private static final String DOUBLE =
      """
      extern "C" __global__ void twice(float* x) { x[threadIdx.x] *= 2.0f; }
      """;

  @Test
  void memoryIsPoisonedCountedAndGivenBack() {
    long free = device.freeBytes();
    long address = device.allocate(100);
    assertThat(address % 256).isZero();
    assertThat(device.freeBytes()).isEqualTo(free - 512);
    assertThat(download(address, 25)).containsOnly(Float.NaN);
    assertThat(device.liveAllocations()).isEqualTo(1);
    device.fill(address, 7, 25, Device.MAIN);
    assertThat(Float.floatToRawIntBits(download(address, 25)[24])).isEqualTo(7);
    device.free(address);
    assertThat(device.freeBytes()).isEqualTo(free);
    assertThat(device.liveAllocations()).isZero();
    assertThatThrownBy(() -> device.free(address)).isInstanceOf(RunException.class);
  }

  @Test
  void copyOutsideAllocationsIsReported() {
    long address = device.allocate(100);
    assertThatThrownBy(() -> device.fill(address, 0, 26, Device.MAIN))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("104 bytes")
        .hasMessageContaining("has 100 bytes");
    try (PinnedBuffer buffer = device.allocatePinned(8)) {
      assertThatThrownBy(() -> device.copyIn(address, buffer, 4, 8, Device.MAIN))
          .hasMessageContaining("pinned buffer of 8 bytes");
    }
  }

  @Test
  void exhaustedMemoryNamesNeededAndFreeBytes() {
    SimulatedPlatform small = platform.withMemory(1 << 20);
    try (Device tight = small.open(0)) {
      long first = tight.allocate(1 << 19);
      assertThat(small.device().liveAllocations()).isEqualTo(1);
      assertThatThrownBy(() -> tight.allocate((1 << 19) + 1))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("524289")
          .hasMessageContaining("524288");
      tight.free(first);
      tight.free(tight.allocate((1 << 19) + 1));
    }
  }

  @Test
  void graphRunsWhatWasRecordedEachTime() {
    long x = upload(1, 2, 3);
    long all = device.allocate(4 * 32);
    long twice = kernel("twice", DOUBLE);
    device.beginCapture();
    device.fill(all, Float.floatToRawIntBits(3), 32, Device.MAIN);
    launch(twice, 1, 32, 0, all);
    Graph graph = device.endCapture();
    assertThat(download(all, 1)).containsOnly(Float.NaN);
    graph.launch();
    launch(twice, 1, 32, 0, all);
    assertThat(download(all, 32)).containsOnly(12);
    graph.launch();
    assertThat(download(all, 32)).containsOnly(6);
    assertThat(device.counts()).containsEntry("twice", 3L).containsEntry("fill", 2L);
    graph.close();
    assertThatThrownBy(graph::launch).hasMessageContaining("closed");
    device.free(x);
  }

  @Test
  void callsThatBreakCaptureAreForbidden() {
    long x = device.allocate(4);
    PinnedBuffer buffer = device.allocatePinned(4);
    byte[] image = platform.compiler().compile(DOUBLE, "sm_90");
    device.beginCapture();
    List<ThrowingCallable> calls =
        List.of(
            device::synchronize,
            () -> device.synchronize(0),
            () -> device.allocate(4),
            () -> device.free(x),
            () -> device.allocatePinned(4),
            buffer::close,
            () -> device.load(image, "twice"),
            () -> device.copyIn(x, buffer, 0, 4, Device.COPY),
            () -> device.record(0, Device.MAIN),
            () -> device.time(() -> {}),
            device::beginCapture);
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call).isInstanceOf(RunException.class).hasMessageContaining("captured");
    }
    device.copyOut(buffer, 0, x, 4, Device.MAIN);
    Graph graph = device.endCapture();
    device.fill(x, 5, 1, Device.MAIN);
    graph.launch();
    assertThat(buffer.bytes().getInt(0)).isEqualTo(5);
    assertThatThrownBy(device::endCapture).isInstanceOf(RunException.class);
  }

  @Test
  void deferredWorkRunsWhenAwaitedOnly() {
    long x = device.allocate(8);
    PinnedBuffer in = device.allocatePinned(8);
    PinnedBuffer out = device.allocatePinned(8);
    out.bytes().putLong(0, 0);
    device.deferred(true);
    in.bytes().putLong(0, 1);
    device.copyIn(x, in, 0, 8, Device.COPY);
    device.record(0, Device.COPY);
    device.await(0, Device.MAIN);
    device.copyOut(out, 0, x, 8, Device.MAIN);
    device.record(1, Device.MAIN);
    assertThat(out.bytes().getLong(0)).isZero();
    assertThatThrownBy(in::close).hasMessageContaining("copy still to run");
    in.bytes().putLong(0, 2); // too early: the copy has not run
    device.synchronize(1);
    assertThat(out.bytes().getLong(0)).isEqualTo(2);
    in.close();
    device.synchronize();
  }

  @Test
  void lostDeviceThrowsFromEachCall() {
    long x = device.allocate(4 * 32);
    long twice = kernel("twice", DOUBLE);
    device.loseAfter(2);
    launch(twice, 1, 32, 0, x);
    launch(twice, 1, 32, 0, x);
    assertThatThrownBy(() -> launch(twice, 1, 32, 0, x))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("device lost");
    assertThatThrownBy(device::synchronize).hasMessageContaining("device lost");
  }

  @Test
  void timeIsWhatTheClockSays() {
    long x = device.allocate(4 * 32);
    long twice = kernel("twice", DOUBLE);
    Runnable action =
        () -> {
          launch(twice, 1, 32, 0, x);
          device.fill(x, 0, 1, Device.MAIN);
        };
    assertThat(device.time(action)).isEqualTo(2000);
    device.clock(names -> names.contains("twice") ? 5 : 1);
    assertThat(device.time(action)).isEqualTo(5);
  }

  @Test
  void closedDeviceRefusesCallsAndKnowsItsLeaks() {
    device.allocate(4);
    device.close();
    assertThat(device.leaked()).isEqualTo(1);
    assertThat(device.liveAllocations()).isZero();
    assertThatThrownBy(device::freeBytes).hasMessageContaining("closed");
  }
}
