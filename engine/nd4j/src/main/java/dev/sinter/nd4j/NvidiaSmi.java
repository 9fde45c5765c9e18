package dev.sinter.nd4j;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * What nvidia-smi, which comes with every NVIDIA driver, says of the GPUs here.
 *
 * <p>A process of its own: a driver that is broken, or does not fit its library, cannot end this
 * one, and no native library is loaded to find out that there is no GPU.
 *
 * @param outcome whether it ran to its end
 * @param code its exit status; 0 where it did not
 * @param output what it printed: a line a GPU, or why not
 */
record NvidiaSmi(Outcome outcome, int code, String output) {
  /** How a question ended. */
  enum Outcome {
    /** The program is not there, and no driver either. */
    NO_DRIVER,
    /** The program is not there although the kernel has loaded a driver: so in some containers. */
    DRIVER_ALONE,
    /** It did not end in time. */
    LATE,
    /** It ended. */
    ENDED
  }

  /** How long it may take. */
  static final int LIMIT_SECONDS = 5;

  /** The fields of an answer; drivers before 510 do not know the first. */
  static final String FIELDS = "compute_cap,driver_version,name";

  private static final String OLD_FIELDS = "driver_version,name";
  private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");

  /** By name from the search path, then where Linux and WSL put it. */
  private static final List<String> PLACES =
      List.of("nvidia-smi", "/usr/bin/nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi");

  /** Asks; takes some tenths of a second where there is a GPU. */
  static NvidiaSmi ask() {
    return ask(PLACES, DRIVER, LIMIT_SECONDS);
  }

  /**
   * Asks the first of some programs that is there.
   *
   * @param driver a file that is there where a driver is loaded
   */
  static NvidiaSmi ask(List<String> places, Path driver, int limitSeconds) {
    for (String place : places) {
      try {
        NvidiaSmi answer = run(place, FIELDS, limitSeconds);
        boolean old = answer.output.contains("not a valid field");
        return old ? run(place, OLD_FIELDS, limitSeconds) : answer;
      } catch (IOException e) { // not there, or not to be executed: the next place
        continue;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new NvidiaSmi(Outcome.LATE, 0, "");
      }
    }
    return new NvidiaSmi(Files.exists(driver) ? Outcome.DRIVER_ALONE : Outcome.NO_DRIVER, 0, "");
  }

  private static NvidiaSmi run(String program, String fields, int limitSeconds)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(program, "--query-gpu=" + fields, "--format=csv,noheader")
            .redirectErrorStream(true)
            .start();
    try {
      process.getOutputStream().close();
      // Some lines: they fit the pipe, so nothing need be read before the end.
      if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
        return new NvidiaSmi(Outcome.LATE, 0, "");
      }
      byte[] output = process.getInputStream().readAllBytes();
      return new NvidiaSmi(
          Outcome.ENDED, process.exitValue(), new String(output, StandardCharsets.UTF_8).strip());
    } finally {
      process.destroyForcibly();
    }
  }
}
