package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cudart.*;

import dev.sinter.errors.DeviceLostException;
import dev.sinter.errors.RunException;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;

/** Turns error codes of the CUDA libraries into exceptions: which call, which error, what to do. */
final class Check {
  /** The CUresult of a device without enough memory. */
  static final int OUT_OF_MEMORY = 2;

  /** Errors after which the context of the device is unusable. */
  private static final Set<Integer> LOST = Set.of(4, 46, 214, 220, 700, 702, 709, 719, 999);

  /** Further errors after which a failed kernel leaves its context unusable. */
  private static final Set<Integer> BROKEN = Set.of(226, 710, 714, 715, 716, 717, 718);

  private Check() {}

  /** Throws {@link RunException} if a driver call failed. */
  static void driver(int result, String call) {
    if (result != 0) {
      String message = message(call, result);
      throw lost(result) ? new DeviceLostException(message) : new RunException(message);
    }
  }

  /** Reports that a call of another library failed. */
  static RunException library(String call, String received, String remedy) {
    return new RunException(
        "CUDA, " + call + ": expected success, received " + received + ". " + remedy + ".");
  }

  /** Returns whether the context is lost with an error, so that freeing fails as well. */
  static boolean lost(int result) {
    return LOST.contains(result) || BROKEN.contains(result);
  }

  /** Returns the message for a driver error. */
  static String message(String call, int result) {
    return "CUDA, %s: expected success, received %s (%s: %s). %s."
        .formatted(call, name(result), result, text(result), remedy(result));
  }

  private static String remedy(int result) {
    if (result == OUT_OF_MEMORY) {
      return "Device memory is full: use a smaller batch or a smaller model, or end other programs"
          + " on the device (nvidia-smi lists them)";
    }
    if (LOST.contains(result)) {
      return "The device is lost to this process"
          + (result == 702 ? " (a kernel ran into the display's time limit)" : "")
          + (result == 214 || result == 220 ? " (a hardware fault)" : "")
          + ": start the program again, from its last checkpoint; if it happens again, look into"
          + " the system log for lines with Xid and report them";
    }
    if (BROKEN.contains(result)) {
      return "A kernel failed and the device is lost to this process: start the program again, and"
          + " please report this message with the command that led to it";
    }
    if (result == 209 || result == 218 || result == 222) {
      return "The machine code is not for this device: delete cached kernels and start again";
    }
    if (result >= 900 && result <= 908) {
      return "Something that cannot be recorded into a graph was called while recording: please"
          + " report this message with the command that led to it";
    }
    return "See whether nvidia-smi works; if it does, please report this message with the command"
        + " that led to it";
  }

  /** Returns the name of a CUresult. */
  static String name(int result) {
    try (PointerPointer<BytePointer> text = new PointerPointer<>(1L)) {
      return cuGetErrorName(result, text) == 0 ? text.getString(0) : "an unknown error";
    }
  }

  /** Returns the description of a CUresult by the driver. */
  static String text(int result) {
    try (PointerPointer<BytePointer> text = new PointerPointer<>(1L)) {
      return cuGetErrorString(result, text) == 0 ? text.getString(0) : "no description";
    }
  }
}
