package dev.sinter.cuda.nvidia;

import dev.sinter.cuda.driver.ComputeMode;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Platform.Survey;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides whether a machine can run the backend, with a one-line reason if not.
 *
 * <p>A flat list of early returns, in the order in which things can fail: class path, platform,
 * driver library, driver version, initialization, devices, compiler.
 */
final class Surveyor {
  /** The lowest CUDA version that the driver must support; the presets are for CUDA 13. */
  static final int LEAST_DRIVER = 13000;

  /** The lowest compute capability that CUDA 13 supports. */
  static final int LEAST_CAPABILITY = 75;

  private static final Set<String> PLATFORMS =
      Set.of("linux-x86_64", "linux-arm64", "windows-x86_64");

  private Surveyor() {}

  /** Returns the result; never throws. */
  static Survey survey(Machine machine) {
    try {
      return look(machine);
    } catch (Throwable e) { // natives fail with class loading and linking errors
      return refused(
          Reasons.notLoaded("CUDA", e, "take another backend, and please report this line"));
    }
  }

  private static Survey look(Machine machine) {
    String platform;
    try {
      platform = machine.platform();
    } catch (LinkageError e) {
      return refused(Reasons.noJavaCpp(e));
    }
    if (!PLATFORMS.contains(platform)) {
      return refused(Reasons.otherPlatform(platform));
    }
    try {
      machine.loadDriver();
    } catch (Throwable e) { // see above
      return refused(Reasons.driverNotLoaded(machine, platform, e));
    }
    int version = machine.driverVersion();
    if (version < LEAST_DRIVER) {
      return refused(Reasons.driverTooOld(version, machine.moduleVersion()));
    }
    int code = machine.initialize();
    if (code != 0) {
      return refused(Reasons.notInitialized(machine, code));
    }
    return devices(machine, platform, version);
  }

  private static Survey devices(Machine machine, String platform, int version) {
    List<DeviceProperties> devices = machine.devices();
    if (devices.isEmpty()) {
      return refused(Reasons.noDevice(machine, "the driver counts 0 devices"));
    }
    DeviceProperties first = devices.get(0);
    if (first.capability() < LEAST_CAPABILITY) {
      return new Survey(false, devices, Reasons.deviceTooOld(0, devices));
    }
    if (first.mode() == ComputeMode.PROHIBITED) {
      return new Survey(false, devices, Reasons.prohibited(0, devices));
    }
    String compiler;
    try {
      compiler = machine.compilerVersion();
    } catch (Throwable e) { // see above
      return new Survey(false, devices, Reasons.compilerNotLoaded(platform, e));
    }
    List<Integer> known = machine.compilerArchitectures();
    int newest = known.isEmpty() ? first.capability() : known.get(known.size() - 1);
    if (first.capability() > newest) {
      return new Survey(false, devices, Reasons.deviceTooNew(first, compiler, newest));
    }
    String module = machine.moduleVersion();
    String driver = module.isEmpty() ? "driver" : "driver " + module;
    String detail = driver + " with CUDA " + Reasons.cudaVersion(version) + ", " + compiler;
    Map<String, String> versions = new LinkedHashMap<>();
    if (!module.isEmpty()) {
      versions.put("driver", module);
    }
    versions.put("CUDA", Reasons.cudaVersion(version));
    int space = compiler.lastIndexOf(' ');
    versions.put(compiler.substring(0, Math.max(0, space)), compiler.substring(space + 1));
    return new Survey(true, devices, detail, versions);
  }

  private static Survey refused(String reason) {
    return new Survey(false, List.of(), reason);
  }
}
