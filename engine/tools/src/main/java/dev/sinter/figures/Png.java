package dev.sinter.figures;

import dev.sinter.io.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Writes figures as PNG files; equal figures give equal bytes on the same Java version. */
public final class Png {
  private Png() {}

  /** Writes a figure completely or not at all; replaces an existing file. */
  public static void write(Path file, BufferedImage figure) {
    AtomicFile.write(file, content(() -> figure));
  }

  /**
   * Returns the content that {@link #write} writes, drawn only when written, to write it with other
   * files.
   */
  public static AtomicFile.Content content(Supplier<BufferedImage> figure) {
    return out -> encode(figure.get(), out);
  }

  private static void encode(BufferedImage figure, OutputStream out) throws IOException {
    // A cache in memory: the default of ImageIO is a file in a folder that may not exist.
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      if (!ImageIO.write(figure, "png", stream)) {
        throw new IOException("this Java has no PNG writer");
      }
    }
  }
}
