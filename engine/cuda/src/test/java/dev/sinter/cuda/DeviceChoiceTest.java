package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.backend.BackendOptions;
import dev.sinter.cuda.driver.ComputeMode;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.errors.InputException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Devices by index and by UUID. */
class DeviceChoiceTest {
  private static final DeviceProperties H100 =
      new DeviceProperties("H100", 9, 0, 132, 232448, 80L << 30, 13000, 233472, 2048, true);
  private static final List<DeviceProperties> DEVICES =
      List.of(named("GPU-5e3c1f00-0001"), named("GPU-5e3c1f00-0002"), named("MIG-77aa-0003"));

  private static DeviceProperties named(String uuid) {
    return H100.identified(uuid, ComputeMode.DEFAULT);
  }

  private static int index(String device) {
    return DeviceChoice.index("cuda", DEVICES, BackendOptions.DEFAULT.device(device));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "2, 2",
    "GPU-5e3c1f00-0001, 0",
    "GPU-5e3c1f00-0002, 1",
    "gpu-5E3C1F00-0002, 1",
    "MIG-77, 2",
  })
  void index_ofAnIndexOrTheStartOfOneUuid_findsTheDevice(String device, int expected) {
    assertThat(index(device)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "3 | Choose one of them",
        "GPU-9 | Choose one of them; CUDA_VISIBLE_DEVICES hides those that it does not name",
        "GPU-5e3c | More than one begins like this: give more digits",
        "MIG-78 | start with CUDA_VISIBLE_DEVICES=MIG-78",
      })
  void index_ofNoneOrSeveral_listsTheDevices(String device, String remedy) {
    assertThatThrownBy(() -> index(device))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "device of backend cuda: expected one of 0 (H100, GPU-5e3c1f00-0001), 1 (H100,"
                + " GPU-5e3c1f00-0002), 2 (H100, MIG-77aa-0003), received "
                + device)
        .hasMessageContaining(remedy);
  }
}
