package dev.sinter.cuda.kernel;

import dev.sinter.cuda.driver.KernelCompiler;
import dev.sinter.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps compiled kernels in a folder, each under the hash of source, architecture and compiler.
 *
 * <p>The folder is only a cache: if it cannot be read or written, each process compiles the
 * kernels. A damaged file is compiled again.
 */
public final class CachedCompiler implements KernelCompiler {
  private static final Logger LOG = LoggerFactory.getLogger(CachedCompiler.class);

  private final KernelCompiler compiler;
  private final Path folder;
  private final AtomicBoolean told = new AtomicBoolean();
  private final String version;

  public CachedCompiler(KernelCompiler compiler, Path folder) {
    this.compiler = compiler;
    this.folder = folder;
    this.version = compiler.version();
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public byte[] compile(String source, String architecture) {
    Path file = folder.resolve(hash(version, architecture, source) + ".cubin");
    byte[] kept = read(file);
    if (kept != null) {
      return kept;
    }
    if (!told.getAndSet(true)) {
      LOG.info("backend cuda: compiling kernels for {}, once; kept in {}", architecture, folder);
    }
    byte[] image = compiler.compile(source, architecture);
    write(file, image);
    return image;
  }

  /**
   * Returns the content of a file without the trailing hash, or null if it is missing or damaged.
   */
  private static byte[] read(Path file) {
    try {
      byte[] all = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
      int size = all.length - 32;
      if (size > 0) {
        byte[] image = Arrays.copyOf(all, size);
        byte[] hash = Arrays.copyOfRange(all, size, all.length);
        return MessageDigest.isEqual(digest().digest(image), hash) ? image : null;
      }
    } catch (IOException e) {
      LOG.debug("{} cannot be read", file, e);
    }
    return null;
  }

  private void write(Path file, byte[] image) {
    try {
      Files.createDirectories(folder);
      AtomicFile.write(
          file,
          out -> {
            out.write(image);
            out.write(digest().digest(image));
          });
    } catch (IOException | RuntimeException e) {
      LOG.debug("{} cannot be written", file, e);
    }
  }

  private static String hash(String... parts) {
    MessageDigest digest = digest();
    for (String part : parts) {
      digest.update(part.getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, 16);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
