package dev.sinter.cuda.nvidia;

import dev.sinter.backend.NativeFailure;
import dev.sinter.cuda.driver.ComputeMode;
import dev.sinter.cuda.driver.DeviceProperties;
import java.util.List;

/**
 * The reasons why the backend cannot run here, one line each: what was searched for, where, what
 * was found, what is needed, what to do.
 */
final class Reasons {
  private static final String NEEDED = "needed: CUDA 13.0, which driver R580 and newer support";

  private Reasons() {}

  /** Returns 13.0 for 13000. */
  static String cudaVersion(int version) {
    return version / 1000 + "." + version % 1000 / 10;
  }

  /** Returns the reason for natives that did not load. */
  static String notLoaded(String library, Throwable failure, String remedy) {
    return new NativeFailure(failure).notLoaded(library, remedy);
  }

  static String noJavaCpp(Throwable failure) {
    return notLoaded("JavaCPP", failure, "build Sinter with -Pcuda, or add " + artifacts(""));
  }

  static String otherPlatform(String platform) {
    return "CUDA exists for linux-x86_64, linux-arm64 and windows-x86_64, and this is %s; take another backend, such as onednn"
        .formatted(platform);
  }

  /** Distinguishes a missing class path entry, a missing driver and a missing libcudart. */
  static String driverNotLoaded(Machine machine, String platform, Throwable failure) {
    boolean windows = platform.startsWith("windows");
    String file = windows ? "jnicudart.dll" : "libjnicudart.so";
    if (!machine.hasResource("org/bytedeco/cuda/" + platform + "/" + file)) {
      return "CUDA's natives for %s are not on the class path (looked for %s); build Sinter with -Pcuda, or add %s"
          .formatted(platform, file, artifacts(platform));
    }
    String text = new NativeFailure(failure).cause();
    if (windows ? !machine.hasFile(windowsDriver(machine)) : text.contains("libcuda.")) {
      return noDriver(machine, windows);
    }
    if (text.contains("cudart.so") || windows) {
      return notLoaded("libcudart of CUDA 13", failure, redist(platform));
    }
    return notLoaded("CUDA", failure, "add " + artifacts(platform));
  }

  private static String noDriver(Machine machine, boolean windows) {
    if (windows) {
      return "NVIDIA's driver is not installed (looked for nvcuda.dll as "
          + windowsDriver(machine)
          + "); install driver R580 or newer, which CUDA 13 needs";
    }
    String path = machine.environment("LD_LIBRARY_PATH");
    String module = machine.moduleVersion();
    return "NVIDIA's driver is not installed (looked for libcuda.so.1 in LD_LIBRARY_PATH, which is "
        + (path == null || path.isEmpty() ? "not set" : path)
        + ", and in the folders of ldconfig"
        + (module.isEmpty() ? "" : "; the kernel module is there, version " + module)
        + "); install driver R580 or newer, which CUDA 13 needs, or start the container with"
        + " --gpus all";
  }

  private static String windowsDriver(Machine machine) {
    String root = machine.environment("SystemRoot");
    return (root == null ? "C:\\Windows" : root) + "\\System32\\nvcuda.dll";
  }

  static String driverTooOld(int version, String module) {
    return "NVIDIA's driver is too old (found: %s%s; %s); update the driver"
        .formatted(
            version == 0 ? "no CUDA" : "CUDA " + cudaVersion(version),
            module.isEmpty() ? "" : ", driver " + module,
            NEEDED);
  }

  /** Returns the reason for a failed cuInit. */
  static String notInitialized(Machine machine, int code) {
    String found =
        "cuInit answers %s (%s: %s)"
            .formatted(machine.errorName(code), code, machine.errorText(code));
    if (code == 100) {
      return noDevice(machine, found);
    }
    String module = machine.moduleVersion();
    String moduleText = module.isEmpty() ? "" : " " + module;
    String remedy =
        switch (code) {
          case 34 ->
              "the toolkit's stub of libcuda was loaded: take the folder that ends in stubs out of"
                  + " LD_LIBRARY_PATH, and install driver R580 or newer";
          case 46, 805, 806, 807, 808 ->
              "another process or the MPS server holds the device: look at nvidia-smi";
          case 802 -> "start the service nvidia-fabricmanager, of the driver's own version";
          case 803 ->
              "libcuda and the kernel module"
                  + moduleText
                  + " are of different versions: restart the machine after an update of the"
                  + " driver";
          case 804 ->
              "the libcuda for forward compatibility was loaded, which this device does not"
                  + " support: take the folder that ends in compat out of LD_LIBRARY_PATH, and"
                  + " update the driver to R580 or newer";
          case 999 ->
              "run nvidia-smi, which loads missing kernel modules; if that does not help, restart"
                  + " the machine";
          default -> "see whether nvidia-smi runs; if it does not, reinstall the driver";
        };
    return "NVIDIA's driver did not start (" + found + "); " + remedy;
  }

  static String noDevice(Machine machine, String found) {
    String visible = machine.environment("CUDA_VISIBLE_DEVICES");
    if (visible == null) {
      return "no NVIDIA GPU was found ("
          + found
          + "); see whether nvidia-smi lists one, and start the container with --gpus all";
    }
    boolean names = !visible.isBlank() && !visible.startsWith("-") && !visible.equals("NoDevFiles");
    return "no NVIDIA GPU was found (%s, and CUDA_VISIBLE_DEVICES is \"%s\", which %s); unset CUDA_VISIBLE_DEVICES, or set it to a device that nvidia-smi -L lists"
        .formatted(
            found, visible, names ? "begins with no device of this machine" : "hides all devices");
  }

  /** Returns the reason for a device that is too old, and names another one that can be used. */
  static String deviceTooOld(int index, List<DeviceProperties> devices) {
    DeviceProperties device = devices.get(index);
    return ("device %s, %s, is too old for CUDA 13 (found: compute capability %s;"
            + " needed: 7.5, Turing, or newer); %sbuild Sinter with -Pnd4j-cuda, which runs on"
            + " Kepler to Ada")
        .formatted(index, device.name(), device.version(), another(devices));
  }

  /** Returns the reason for a device that no process may use, and names another one. */
  static String prohibited(int index, List<DeviceProperties> devices) {
    DeviceProperties device = devices.get(index);
    return "device %s, %s, is in compute mode prohibited: no process may use it; %s%s"
        .formatted(index, device.name(), another(devices), allow(index, device));
  }

  /** Returns the remedy of naming the first device that can be used, and "or"; otherwise "". */
  private static String another(List<DeviceProperties> devices) {
    for (int i = 0; i < devices.size(); i++) {
      DeviceProperties device = devices.get(i);
      if (device.capability() >= Surveyor.LEAST_CAPABILITY
          && device.mode() != ComputeMode.PROHIBITED) {
        return "name only device %s, %s, in CUDA_VISIBLE_DEVICES, or "
            .formatted(device.uuid().isEmpty() ? i : device.uuid(), device.name());
      }
    }
    return "";
  }

  private static String allow(int index, DeviceProperties device) {
    return "allow any number of processes with nvidia-smi -i %s -c 0"
        .formatted(device.uuid().isEmpty() ? index : device.uuid());
  }

  /**
   * Returns the reason for a device that does not give this process a context.
   *
   * @param found the call and the driver's answer
   */
  static String noContext(int index, DeviceProperties device, String found) {
    String remedy =
        device.mode() == ComputeMode.EXCLUSIVE
            ? ": another process uses it; end that process, which nvidia-smi lists, or "
                + allow(index, device)
            : ", which any number of processes may use; look at nvidia-smi for processes that hold"
                + " it, and at the MPS server if there is one";
    return "device %s, %s, is busy (%s); it is in compute mode %s%s"
        .formatted(index, device.name(), found, device.mode(), remedy);
  }

  static String deviceTooNew(DeviceProperties device, String compiler, int newest) {
    return ("device 0, %s, is newer than the compiler (found: compute capability %s; %s knows up"
            + " to %s.%s); build Sinter with newer org.bytedeco:cuda and cuda-redist")
        .formatted(device.name(), device.version(), compiler, newest / 10, newest % 10);
  }

  static String compilerNotLoaded(String platform, Throwable failure) {
    return notLoaded("NVRTC of CUDA 13", failure, redist(platform));
  }

  private static String redist(String platform) {
    return "add org.bytedeco:cuda-redist with the classifier "
        + platform
        + " to the class path, as -Pcuda does, or install the CUDA 13 toolkit";
  }

  private static String artifacts(String platform) {
    return "org.bytedeco:cuda and org.bytedeco:javacpp to the class path, each once without and"
        + " once with the classifier "
        + (platform.isEmpty() ? "of this platform, such as linux-x86_64" : platform);
  }
}
