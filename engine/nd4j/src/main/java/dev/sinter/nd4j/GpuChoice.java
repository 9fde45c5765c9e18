package dev.sinter.nd4j;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The natives that ND4J must use if those for CUDA 11.6 are on the class path, with the reason.
 *
 * <p>Decided before ND4J is loaded: its CUDA backend prints a stack trace if there is no GPU, and
 * on an unsupported GPU it fails only in the first operation. The library holds machine code for
 * compute capabilities 3.7 (Kepler) to 8.6 (Ampere), but no code that the driver could translate.
 * Ada (8.9) runs the code for Ampere; Hopper (9.0) and newer run none of it.
 *
 * @param natives the natives to use
 * @param why human-readable: the GPU, or the reason
 */
record GpuChoice(Natives natives, String why) {
  /** The natives that ND4J must use. */
  enum Natives {
    /** The natives for the CPU; the CUDA backend must not be loaded. */
    CPU,
    /** The natives for CUDA. */
    CUDA,
    /** Neither: the build does not fit the GPU, and the reason names one that does. */
    NONE
  }

  private static final int OLDEST = 37; // capabilities in tenths
  private static final int NEWEST = 89;
  private static final int OLDEST_DRIVER = 450; // the first that supports CUDA 11

  /** "8.6, 550.54.15, NVIDIA A10"; a driver before 510 omits the capability. */
  private static final Pattern LINE =
      Pattern.compile("(?:(\\d+)\\.(\\d), *)?((\\d+)\\.[\\d.]+), *(\\S.*)");

  private static final String ON_THE_CPU = ": ND4J's CPU natives";

  /**
   * Decides.
   *
   * @param visible the variable CUDA_VISIBLE_DEVICES, or null
   */
  static GpuChoice of(NvidiaSmi answer, String visible) {
    if (visible != null && (visible.isBlank() || visible.strip().startsWith("-1"))) {
      return cpu("CUDA_VISIBLE_DEVICES hides every GPU");
    }
    return switch (answer.outcome()) {
      case NO_DRIVER ->
          cpu("no NVIDIA GPU found (no driver, and no nvidia-smi, which comes with it)");
      case DRIVER_ALONE ->
          cpu(
              "an NVIDIA driver found, but no nvidia-smi to ask for the GPU (a container needs the"
                  + " driver capability utility)");
      case LATE ->
          cpu(
              "no NVIDIA GPU found (nvidia-smi did not answer within %s s)"
                  .formatted(NvidiaSmi.LIMIT_SECONDS));
      case ENDED -> ofLines(answer);
    };
  }

  private static GpuChoice ofLines(NvidiaSmi answer) {
    List<String> lines = answer.output().lines().map(String::strip).toList();
    List<String> devices = new ArrayList<>();
    for (String line : lines) {
      Matcher fields = LINE.matcher(line);
      if (answer.code() != 0 || !fields.matches()) {
        return cpu("no NVIDIA GPU found (nvidia-smi says: " + line + ")");
      }
      String device = fields.group(5);
      if (Integer.parseInt(fields.group(4)) < OLDEST_DRIVER) {
        return none(
            "%s has the driver %s; CUDA 11.6 needs 450.80 or newer: update the driver, or build without -Pnd4j-cuda"
                .formatted(device, fields.group(3)));
      }
      if (fields.group(1) == null) {
        devices.add(
            device + ", driver " + fields.group(3)); // the driver is too old for Ada or Hopper
        continue;
      }
      String capability = fields.group(1) + "." + fields.group(2);
      int tenths = 10 * Integer.parseInt(fields.group(1)) + Integer.parseInt(fields.group(2));
      if (tenths < OLDEST || tenths > NEWEST) {
        return none(
            "%s has compute capability %s; ND4J's CUDA natives run on 3.7 to 8.9, Kepler to Ada: build %s -Pnd4j-cuda"
                .formatted(
                    device, capability, tenths > NEWEST ? "with -Pcuda in place of" : "without"));
      }
      devices.add(device + ", compute capability " + capability + ", driver " + fields.group(3));
    }
    if (devices.isEmpty()) {
      return cpu("no NVIDIA GPU found (nvidia-smi lists none)");
    }
    return new GpuChoice(Natives.CUDA, devices.get(0));
  }

  private static GpuChoice cpu(String reason) {
    return new GpuChoice(Natives.CPU, reason + ON_THE_CPU);
  }

  private static GpuChoice none(String reason) {
    return new GpuChoice(Natives.NONE, reason);
  }
}
