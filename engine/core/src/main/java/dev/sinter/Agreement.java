package dev.sinter;

import dev.sinter.data.Npz;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * What the processes of a group tell each other besides gradients, all by sums: a process writes
 * into floats of its own, where the others have 0. Integers travel 16 bits a float, and so without
 * rounding.
 */
final class Agreement {
  private static final int HALF = 1 << 16;

  private final ProcessGroup group;

  Agreement(ProcessGroup group) {
    this.group = group;
  }

  /** Returns a number of each process, of 0 to 2^32 - 1, by rank. */
  long[] gather(long own) {
    float[] floats = new float[2 * group.size()];
    floats[2 * group.rank()] = own / HALF;
    floats[2 * group.rank() + 1] = own % HALF;
    group.allReduce(floats);
    long[] all = new long[group.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = (long) floats[2 * i] * HALF + (long) floats[2 * i + 1];
    }
    return all;
  }

  /**
   * Checks that all processes have equal options.
   *
   * @param options texts by name, with the same names on all processes
   * @throws InputException on all processes when one of them differs
   */
  void requireEqual(SortedMap<String, String> options) {
    for (Map.Entry<String, String> option : options.entrySet()) {
      CRC32 crc = new CRC32();
      crc.update(option.getValue().getBytes(StandardCharsets.UTF_8));
      long[] all = gather(crc.getValue());
      for (int rank = 1; rank < all.length; rank++) {
        if (all[rank] != all[0]) {
          throw InputException.of(
              "fit, group, " + option.getKey(),
              "the same on all processes",
              "another one on rank %s than on rank 0 (here, on rank %s: %s)"
                  .formatted(rank, group.rank(), option.getValue()),
              "Call fit with the same model and options on all processes");
        }
      }
    }
  }

  /** Returns the sums of numbers over all processes; twice as exact as floats. */
  double[] sum(List<Double> own) {
    float[] floats = new float[2 * own.size()];
    for (int i = 0; i < own.size(); i++) {
      double value = own.get(i);
      floats[2 * i] = (float) value;
      floats[2 * i + 1] = (float) (value - floats[2 * i]);
    }
    group.allReduce(floats);
    double[] sums = new double[own.size()];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = (double) floats[2 * i] + floats[2 * i + 1];
    }
    return sums;
  }

  /** Returns the bytes that rank 0 gives; those of the others do not count. */
  byte[] fromRank0(byte[] own) {
    int length = (int) gather(own.length)[0];
    float[] floats = new float[(length + 1) / 2];
    if (group.rank() == 0) {
      for (int i = 0; i < length; i++) {
        floats[i / 2] += (own[i] & 0xff) * (i % 2 == 0 ? 1 : 256);
      }
    }
    group.allReduce(floats);
    ByteBuffer bytes = ByteBuffer.allocate(length);
    for (int i = 0; i < length; i++) {
      int both = (int) floats[i / 2];
      bytes.put((byte) (i % 2 == 0 ? both : both >> 8));
    }
    return bytes.array();
  }

  /** Gives the checkpoint that rank 0 goes on from to all processes; null where it has none. */
  @Nullable TrainingCheckpoint fromRank0(@Nullable TrainingCheckpoint own) {
    try {
      byte[] bytes = fromRank0(own == null ? new byte[0] : bytes(own));
      return own != null || bytes.length == 0 ? own : checkpoint(bytes);
    } catch (IOException e) {
      throw RunException.of(
          "fit, group",
          "room for the checkpoint of rank 0",
          "an error (" + e + ")",
          "Make room in the folder of temporary files",
          e);
    }
  }

  private static byte[] bytes(TrainingCheckpoint checkpoint) throws IOException {
    Path file = Files.createTempFile("sinter", ".npz");
    try {
      Npz.write(file, checkpoint.arrays());
      return Files.readAllBytes(file);
    } finally {
      Files.deleteIfExists(file);
    }
  }

  private static TrainingCheckpoint checkpoint(byte[] bytes) throws IOException {
    Path file = Files.createTempFile("sinter", ".npz");
    try {
      Files.write(file, bytes);
      return TrainingCheckpoint.of("the checkpoint of rank 0", Npz.read(file));
    } finally {
      Files.deleteIfExists(file);
    }
  }
}
