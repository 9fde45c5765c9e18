package dev.sinter.cuda.simulated;

import dev.sinter.errors.RunException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * Shared objects by the hash of their source and flags, kept in target/simulated between runs.
 *
 * <p>Safe for several JVMs at the same time: an object appears under its name completely or not at
 * all. The system property sinter.simulated.cache names another folder.
 */
final class ObjectCache {
  private static final List<String> COMMON =
      List.of(
          "-std=c++17",
          "-shared",
          "-fPIC",
          "-pipe",
          "-fvisibility=hidden",
          "-fno-strict-aliasing",
          "-ffp-contract=off",
          "-U_FORTIFY_SOURCE");

  private ObjectCache() {}

  /** Returns the text of a resource of this package. */
  static String resource(String name) {
    try (InputStream in = ObjectCache.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("resource " + name + " of the simulator is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the shared object of a translation unit; compiles it if it is missing. */
  static Path object(String name, String source, String... flags) {
    Toolchain tools = Toolchain.instance();
    if (!tools.usable()) {
      throw new RunException(tools.detail());
    }
    List<String> command = new ArrayList<>(List.of(tools.command()));
    command.addAll(COMMON);
    command.addAll(Arrays.asList(flags));
    Path folder = folder();
    String stem = name + "-" + hash(tools.version(), String.join(" ", command), source);
    Path object = folder.resolve(stem + ".so");
    if (Files.isRegularFile(object)) {
      return object;
    }
    String mine = stem + "." + ProcessHandle.current().pid() + "." + System.nanoTime();
    Path text = folder.resolve(mine + ".cpp");
    Path made = folder.resolve(mine + ".so");
    try {
      Files.writeString(text, source);
      command.addAll(List.of(text.toString(), "-o", made.toString()));
      Toolchain.run(command, folder);
      Files.move(made, object, StandardCopyOption.ATOMIC_MOVE);
      // The source stays next to it, for debugging kernels.
      Files.move(text, folder.resolve(stem + ".cpp"), StandardCopyOption.ATOMIC_MOVE);
      return object;
    } catch (IOException e) {
      throw new RunException("cannot write " + object + ": " + e.getMessage(), e);
    } finally {
      text.toFile().delete();
      made.toFile().delete();
    }
  }

  private static Path folder() {
    String named = System.getProperty("sinter.simulated.cache", "target/simulated");
    try {
      return Files.createDirectories(Path.of(named)).toAbsolutePath();
    } catch (IOException e) {
      throw new RunException("cannot make the folder " + named + ": " + e.getMessage(), e);
    }
  }

  private static String hash(String... parts) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
