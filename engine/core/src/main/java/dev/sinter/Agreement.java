package dev.sinter;

import dev.sinter.data.Npz;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
  private static final int PIECE = 1 << 20; // bytes

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

  /** Returns the sums of numbers over all processes, in the order of the ranks, without floats. */
  double[] sum(List<Double> own) {
    double[] sums = new double[own.size()];
    for (int i = 0; i < sums.length; i++) {
      long bits = Double.doubleToLongBits(own.get(i));
      long[] high = gather(bits >>> Integer.SIZE);
      long[] low = gather(bits & 0xFFFF_FFFFL);
      for (int rank = 0; rank < high.length; rank++) {
        sums[i] += Double.longBitsToDouble(high[rank] << Integer.SIZE | low[rank]);
      }
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
    if (gather(own == null ? 0 : 1)[0] == 0) {
      return null;
    }
    try {
      Path file = Files.createTempFile("sinter", ".npz");
      try {
        if (own != null) {
          Npz.write(file, own.arrays());
        }
        pass(file, own != null);
        return own != null ? own : TrainingCheckpoint.of("rank 0's checkpoint", Npz.read(file));
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw RunException.of(
          "fit, group",
          "room for the checkpoint of rank 0",
          "an error (" + e + ")",
          "Make room in the folder of temporary files",
          e);
    }
  }

  /** Copies a file of rank 0 to all processes, piece by piece. */
  private void pass(Path file, boolean reads) throws IOException {
    try (InputStream in = reads ? Files.newInputStream(file) : InputStream.nullInputStream();
        OutputStream out = reads ? OutputStream.nullOutputStream() : Files.newOutputStream(file)) {
      byte[] piece;
      do {
        piece = fromRank0(in.readNBytes(PIECE));
        out.write(piece);
      } while (piece.length == PIECE);
    }
  }
}
