package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cudart.*;

import dev.sinter.cuda.driver.ComputeMode;
import dev.sinter.cuda.driver.DeviceProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.cuda.cudart.CUuuid;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.SizeTPointer;

/** This machine; {@link #loadDriver} must have succeeded before any method below it is called. */
final class LocalMachine implements Machine {
  private static final Path MODULE = Path.of("/proc/driver/nvidia/version");
  private static final Pattern VERSION = Pattern.compile("\\b(\\d{3,}\\.\\d+(\\.\\d+)?)\\b");

  @Override
  public String platform() {
    return Loader.getPlatform();
  }

  @Override
  public void loadDriver() {
    Presets.preload(platform(), List.of("libcudart.so.13"));
    Presets.initialize("cudart");
  }

  @Override
  public boolean hasResource(String name) {
    return LocalMachine.class.getClassLoader().getResource(name) != null;
  }

  @Override
  public boolean hasFile(String path) {
    return Files.exists(Path.of(path));
  }

  @Override
  public String environment(String name) {
    return System.getenv(name);
  }

  @Override
  public String moduleVersion() {
    try {
      // NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.65.06  Sun Jul 27 ...
      Matcher version = VERSION.matcher(Files.readString(MODULE));
      return version.find() ? version.group(1) : "";
    } catch (IOException | RuntimeException e) {
      return ""; // not Linux, or no such module
    }
  }

  @Override
  public int driverVersion() {
    int[] version = new int[1];
    return cuDriverGetVersion(version) == 0 ? version[0] : 0;
  }

  @Override
  public int initialize() {
    return cuInit(0);
  }

  @Override
  public String errorName(int code) {
    return Check.name(code);
  }

  @Override
  public String errorText(int code) {
    return Check.text(code);
  }

  @Override
  public List<DeviceProperties> devices() {
    int[] count = new int[1];
    Check.driver(cuDeviceGetCount(count), "cuDeviceGetCount");
    List<DeviceProperties> devices = new ArrayList<>();
    for (int i = 0; i < count[0]; i++) {
      int[] device = new int[1];
      Check.driver(cuDeviceGet(device, i), "cuDeviceGet");
      devices.add(properties(device[0]));
    }
    return List.copyOf(devices);
  }

  /** Returns the properties of a device, as reported by the driver. */
  private DeviceProperties properties(int device) {
    byte[] name = new byte[256];
    Check.driver(cuDeviceGetName(name, name.length, device), "cuDeviceGetName");
    String padded = new String(name, StandardCharsets.UTF_8); // ends in a zero byte
    String text = padded.substring(0, padded.indexOf('\0'));
    try (SizeTPointer bytes = new SizeTPointer(1)) {
      Check.driver(cuDeviceTotalMem(bytes, device), "cuDeviceTotalMem");
      return new DeviceProperties(
          text,
          attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device),
          attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device),
          attribute(CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT, device),
          attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, device),
          bytes.get(),
          driverVersion(),
          attribute(CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR, device),
          attribute(CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR, device),
          attribute(CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH, device) != 0,
          uuid(text, device),
          mode(device));
    }
  }

  /** Returns the UUID as nvidia-smi prints it. Only the name tells that it is of a slice. */
  private static String uuid(String name, int device) {
    StringBuilder text = new StringBuilder(name.contains(" MIG ") ? "MIG-" : "GPU-");
    try (CUuuid uuid = new CUuuid()) {
      Check.driver(cuDeviceGetUuid(uuid, device), "cuDeviceGetUuid");
      for (int i = 0; i < 16; i++) {
        text.append(i == 4 || i == 6 || i == 8 || i == 10 ? "-" : "");
        text.append(HexFormat.of().toHexDigits(uuid.bytes(i)));
      }
    }
    return text.toString();
  }

  private static ComputeMode mode(int device) {
    return switch (attribute(CU_DEVICE_ATTRIBUTE_COMPUTE_MODE, device)) {
      case CU_COMPUTEMODE_DEFAULT -> ComputeMode.DEFAULT;
      case CU_COMPUTEMODE_PROHIBITED -> ComputeMode.PROHIBITED;
      default -> ComputeMode.EXCLUSIVE; // there are two kinds, one of them of old drivers
    };
  }

  private static int attribute(int attribute, int device) {
    int[] value = new int[1];
    Check.driver(cuDeviceGetAttribute(value, attribute, device), "cuDeviceGetAttribute");
    return value[0];
  }

  @Override
  public String compilerVersion() {
    Presets.preload(platform(), List.of("libnvrtc-builtins.so.13.*", "libnvrtc.so.13"));
    Presets.initialize("nvrtc");
    return new NvrtcCompiler().version();
  }

  @Override
  public List<Integer> compilerArchitectures() {
    return new NvrtcCompiler().architectures();
  }
}
