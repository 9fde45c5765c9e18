package dev.sinter.cuda;

import dev.sinter.backend.BackendOptions;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.errors.InputException;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Finds the device that the options name, by its index or by the start of its UUID. */
final class DeviceChoice {
  private DeviceChoice() {}

  /** Returns the index of the device. */
  static int index(String backend, List<DeviceProperties> devices, BackendOptions options) {
    String uuid = options.own().get(CudaOptions.DEVICE);
    if (uuid == null) {
      if (options.device() >= devices.size()) {
        throw unknown(backend, devices, options.device(), "Choose one of them");
      }
      return options.device();
    }
    String start = uuid.toLowerCase(Locale.ROOT);
    List<Integer> matches =
        IntStream.range(0, devices.size())
            .filter(i -> devices.get(i).uuid().toLowerCase(Locale.ROOT).startsWith(start))
            .boxed()
            .toList();
    if (matches.size() == 1) {
      return matches.get(0);
    }
    String remedy =
        !matches.isEmpty()
            ? "More than one begins like this: give more digits"
            : start.startsWith("mig-")
                ? "CUDA may show a process one MIG slice only: start with CUDA_VISIBLE_DEVICES="
                    + uuid
                : "Choose one of them; CUDA_VISIBLE_DEVICES hides those that it does not name";
    throw unknown(backend, devices, uuid, remedy);
  }

  private static InputException unknown(
      String backend, List<DeviceProperties> devices, Object received, String remedy) {
    List<String> names =
        IntStream.range(0, devices.size()).mapToObj(i -> name(i, devices.get(i))).toList();
    return InputException.of(
        "device of backend " + backend,
        names.size() == 1 ? names.get(0) : "one of " + String.join(", ", names),
        received,
        remedy);
  }

  private static String name(int index, DeviceProperties device) {
    String uuid = device.uuid().isEmpty() ? "" : ", " + device.uuid();
    return index + " (" + device.name() + uuid + ")";
  }
}
