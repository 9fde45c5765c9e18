package dev.sinter.formats;

import dev.sinter.errors.InputException;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Reads many damaged files of every format, for scripts/mutation-test. Used by one thread. */
final class MutationMain {
  private static final double LIMIT_MILLIS = 2000;

  private MutationMain() {}

  public static void main(String[] arguments) throws IOException {
    int count = Integer.parseInt(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    Path folder = Files.createTempDirectory("sinter-mutation");
    System.out.printf(
        "%-14s %7s %7s %8s %11s %12s%n",
        "format", "files", "loaded", "refused", "slowest ms", "peak heap MB");
    for (String suffix : HostileReaders.suffixes()) {
      if (!run(folder, suffix, count, seed)) {
        System.exit(1);
      }
    }
  }

  private static boolean run(Path folder, String suffix, int count, long seed) throws IOException {
    byte[] good = HostileReaders.good(folder, suffix);
    Path file = folder.resolve("damaged" + suffix);
    heapPools().forEach(MemoryPoolMXBean::resetPeakUsage);
    int loaded = 0;
    double slowest = 0;
    for (int i = 0; i < count; i++) {
      Files.write(file, new FileMutator(seed + i).mutate(good));
      long begin = System.nanoTime();
      try {
        HostileReaders.read(file);
        loaded++;
      } catch (InputException e) {
        // as it must be
      } catch (Throwable e) { // also errors, such as of memory
        e.printStackTrace();
        return failed(seed + i, file, e.toString());
      }
      double millis = (System.nanoTime() - begin) / 1e6;
      slowest = Math.max(slowest, millis);
      if (millis > LIMIT_MILLIS) {
        return failed(seed + i, file, Math.round(millis) + " ms");
      }
    }
    long peak = heapPools().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
    System.out.printf(
        Locale.ROOT,
        "%-14s %7d %7d %8d %11.1f %12.1f%n",
        suffix,
        count,
        loaded,
        count - loaded,
        slowest,
        peak / 1e6);
    return true;
  }

  private static java.util.stream.Stream<MemoryPoolMXBean> heapPools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP);
  }

  private static boolean failed(long seed, Path file, String received) {
    System.err.printf(
        "mutation-test: expected a model or a refusal within 2 s, received %s. Seed %d, file %s.%n",
        received, seed, file);
    return false;
  }
}
