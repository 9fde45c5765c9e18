package dev.sinter.nd4j;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The answer of nvidia-smi, which comes with every NVIDIA driver, about the GPUs of this machine.
 *
 * <p>It is a separate process: a broken or mismatched driver cannot end this process, and no native
 * library is loaded just to find out that there is no GPU.
 *
 * @param outcome how it ended
 * @param code its exit status; 0 if it did not end
 * @param output its output: one line per GPU, or the reason for the failure
 */
record NvidiaSmi(Outcome outcome, int code, String output) {
  /** How the call ended. */
  enum Outcome {
    /** There is no nvidia-smi and no driver. */
    NO_DRIVER,
    /** There is no nvidia-smi although a driver is loaded, as in some containers. */
    DRIVER_ALONE,
    /** It did not end in time. */
    LATE,
    /** It ended. */
    ENDED
  }

  /** The time limit. */
  static final int LIMIT_SECONDS = 5;

  /** The requested fields; drivers before 510 do not know the first. */
  static final String FIELDS = "compute_cap,driver_version,name";

  private static final String OLD_FIELDS = "driver_version,name";
  private static final Path DRIVER = Path.of("/proc/driver/nvidia/version");

  /** The name on the search path, then its places on Linux and WSL. */
  private static final List<String> PLACES =
      List.of("nvidia-smi", "/usr/bin/nvidia-smi", "/usr/lib/wsl/lib/nvidia-smi");

  /** Runs nvidia-smi; takes a few tenths of a second if there is a GPU. */
  static NvidiaSmi ask() {
    return ask(PLACES, DRIVER, LIMIT_SECONDS);
  }

  /**
   * Runs the first existing program.
   *
   * @param driver a file that exists if a driver is loaded
   */
  static NvidiaSmi ask(List<String> places, Path driver, int limitSeconds) {
    for (String place : places) {
      try {
        NvidiaSmi answer = run(place, FIELDS, limitSeconds);
        boolean old = answer.output.contains("not a valid field");
        return old ? run(place, OLD_FIELDS, limitSeconds) : answer;
      } catch (IOException e) { // missing or not executable: try the next place
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
      // A few lines fit the pipe, so nothing needs to be read before the end.
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
