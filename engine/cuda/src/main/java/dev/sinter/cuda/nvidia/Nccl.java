package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.nccl.*;

import dev.sinter.cuda.driver.Device;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.InputException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.bytedeco.cuda.nccl.ncclUniqueId;

/**
 * NCCL, which sums numbers over the GPUs of several processes. {@link #reasonAgainst} comes first;
 * the other methods need a machine without one.
 */
public final class Nccl {
  private Nccl() {}

  /**
   * Returns why NCCL does not load, in one line; empty if it loads. Needs a usable {@link
   * NvidiaPlatform#survey}.
   */
  public static String reasonAgainst() {
    return Presets.load("nccl", "NCCL", List.of("libnccl.so.2"), "install NCCL 2 for CUDA 13");
  }

  /** Returns a new name for a group, 256 hexadecimal digits. It is a secret of the group. */
  public static String uniqueId() {
    try (ncclUniqueId id = new ncclUniqueId()) {
      NcclGroup.check(ncclGetUniqueId(id), "ncclGetUniqueId");
      byte[] bytes = new byte[NCCL_UNIQUE_ID_BYTES];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = id.internal(i);
      }
      return HexFormat.of().formatHex(bytes);
    }
  }

  /**
   * Connects to the other processes.
   *
   * @param device of this process; belongs to the group from now on, or is closed
   * @param id what {@link #uniqueId} returned on rank 0
   */
  public static ProcessGroup connect(
      Device device, int rank, int size, String id, Duration timeout) {
    byte[] bytes;
    try {
      bytes = HexFormat.of().parseHex(id);
    } catch (IllegalArgumentException e) {
      bytes = new byte[0]; // refused below
    }
    if (bytes.length != NCCL_UNIQUE_ID_BYTES) {
      device.close();
      throw InputException.of(
          "address of rank 0",
          2 * NCCL_UNIQUE_ID_BYTES + " hexadecimal digits of NCCL",
          "\"" + id + "\"",
          "Give what address() of its endpoint returned");
    }
    NcclGroup group = new NcclGroup((NvidiaDevice) device, rank, size, timeout);
    try (ncclUniqueId unique = new ncclUniqueId()) {
      for (int i = 0; i < bytes.length; i++) {
        unique.internal(i, bytes[i]);
      }
      group.connect(unique);
      return group;
    } catch (RuntimeException e) {
      group.close();
      throw e;
    }
  }
}
