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

/** Writes figures as PNG files; the same figure gives the same bytes on one Java. */
public final class Png {
  private Png() {}

  /** Writes a figure, wholly or not at all; an existing file is replaced. */
  public static void write(Path file, BufferedImage figure) {
    AtomicFile.write(file, content(() -> figure));
  }

  /** Returns what {@link #write} writes, drawn only then: to be written with other files. */
  public static AtomicFile.Content content(Supplier<BufferedImage> figure) {
    return out -> encode(figure.get(), out);
  }

  private static void encode(BufferedImage figure, OutputStream out) throws IOException {
    // A cache in memory: ImageIO's own is a file in a folder that may not exist.
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(out)) {
      if (!ImageIO.write(figure, "png", stream)) {
        throw new IOException("this Java has no PNG writer");
      }
    }
  }
}
