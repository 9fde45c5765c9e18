package dev.sinter.backend;

import dev.sinter.errors.InputException;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The options that a user can set on a backend.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param device index of the GPU; 0 for the first, and always 0 on a CPU
 * @param threads CPU threads; 0 lets the backend choose
 * @param precision of the operands of products
 * @param own options of one backend, as {@code cuda.ops}, with their values
 */
public record BackendOptions(
    int device, int threads, Precision precision, Map<String, String> own) {
  /** The first device, threads as the backend chooses, float32. */
  public static final BackendOptions DEFAULT =
      new BackendOptions(0, 0, Precision.FLOAT32, Map.of());

  private static final String UUID = "cuda.device";
  private static final Pattern INDEX = Pattern.compile("-?\\d{1,9}");
  private static final Pattern START = Pattern.compile("(?i)(GPU|MIG)-[0-9a-f-]+");

  public BackendOptions {
    if (device < 0) {
      throw InputException.of(
          "device", "an index of at least 0", device, "Use 0 for the first device");
    }
    int most = Math.max(64, 4 * Runtime.getRuntime().availableProcessors());
    if (threads < 0 || threads > most) {
      String expected = threads < 0 ? "a count of at least 0" : "at most " + most;
      throw InputException.of("threads", expected, threads, "Use 0 to let the backend choose");
    }
    own = Collections.unmodifiableMap(new TreeMap<>(own));
  }

  /** Checks the options of a backend that computes in float32 on the CPU. */
  public void requireCpuFloat32(String backend) {
    if (precision != Precision.FLOAT32) {
      throw InputException.of(
          "precision of backend " + backend,
          Precision.FLOAT32.toString(),
          precision,
          "Leave the precision out, or choose a backend that offers it");
    }
    requireCpu(backend);
  }

  /**
   * Checks the options of a backend that computes on the CPU, except for the precision.
   *
   * @param known its own options, by their full names
   */
  public void requireCpu(String backend, String... known) {
    if (device != 0) {
      throw InputException.of(
          "device of backend " + backend, "0, the CPU", device, "Leave the device out");
    }
    requireOwn(backend, known);
  }

  /** Checks that a backend has each of its own options that is set, by their full names. */
  public void requireOwn(String backend, String... known) {
    for (Map.Entry<String, String> option : own.entrySet()) {
      if (!List.of(known).contains(option.getKey())) {
        throw InputException.of(
            "options of backend " + backend,
            known.length == 0 ? "none" : "one of " + String.join(", ", known),
            option.getKey() + " " + option.getValue(),
            "Leave it out, or choose the backend that has it");
      }
    }
  }

  /** Returns this with another GPU. */
  public BackendOptions device(int other) {
    Map<String, String> rest = new TreeMap<>(own);
    rest.remove(UUID);
    return new BackendOptions(other, threads, precision, rest);
  }

  /**
   * Returns this with another GPU, which the backend cuda finds by its UUID.
   *
   * @param other an index, such as 1; or a UUID or its start, such as GPU-5e3c, as nvidia-smi -L
   *     lists them
   */
  public BackendOptions device(String other) {
    if (INDEX.matcher(other).matches()) {
      return device(Integer.parseInt(other));
    }
    if (!START.matcher(other).matches()) {
      throw InputException.of(
          "device",
          "an index, or a UUID that begins with GPU- or MIG-",
          '"' + other + '"',
          "Use 0 for the first device; nvidia-smi -L lists UUIDs");
    }
    return device(0).option(UUID, other);
  }

  /** Returns this with another number of CPU threads. */
  public BackendOptions threads(int other) {
    return new BackendOptions(device, other, precision, own);
  }

  /** Returns this with another precision. */
  public BackendOptions precision(Precision other) {
    return new BackendOptions(device, threads, other, own);
  }

  /**
   * Returns this with an option that one backend has.
   *
   * @param option its full name, as {@code cuda.ops}: docs/choosing-a-backend.md lists them
   */
  public BackendOptions option(String option, String value) {
    Map<String, String> more = new TreeMap<>(own);
    more.put(option, value);
    return new BackendOptions(device, threads, precision, more);
  }
}
