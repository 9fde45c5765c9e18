package dev.sinter.datasets;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * Writes a sheet of generated digits for visual inspection, one row per digit.
 *
 * <p>Arguments: the path of the PNG, and a seed. Run it from an IDE, or with the test class path.
 */
final class DigitSheet {
  private static final int COLUMNS = 24;
  private static final int ZOOM = 2;
  private static final int CELL = DigitPen.SIDE * ZOOM + 2;

  private DigitSheet() {}

  public static void main(String[] arguments) throws IOException {
    Dataset digits = GeneratedDigits.generate(Long.parseLong(arguments[1]), 0, 1000);
    Tensor images = digits.source();
    BufferedImage sheet = new BufferedImage(COLUMNS * CELL, 10 * CELL, BufferedImage.TYPE_INT_RGB);
    Graphics2D pen = sheet.createGraphics();
    pen.setColor(Color.DARK_GRAY);
    pen.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
    int[] placed = new int[10];
    for (int i = 0; i < digits.size(); i++) {
      int label = (int) digits.sourceLabels().get(i);
      if (placed[label] == COLUMNS) {
        continue;
      }
      int left = placed[label]++ * CELL;
      for (int y = 0; y < DigitPen.SIDE; y++) {
        for (int x = 0; x < DigitPen.SIDE; x++) {
          int grey = (int) images.at(i, y, x);
          pen.setColor(new Color(grey, grey, grey));
          pen.fillRect(left + x * ZOOM, label * CELL + y * ZOOM, ZOOM, ZOOM);
        }
      }
    }
    ImageIO.write(sheet, "png", Path.of(arguments[0]).toFile());
  }
}
