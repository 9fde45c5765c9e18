package dev.sinter.benchmarks.report;

import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/**
 * Several panels in one picture, under a common title that names machine and commit.
 *
 * @param title lines; those that are too long are broken between words
 * @param panels row by row, all of {@link #WIDTH} x {@link #HEIGHT} pixels
 * @param columns panels side by side
 */
record ChartSheet(List<String> title, List<Chart<?, ?>> panels, int columns) {
  static final int WIDTH = 800;
  static final int HEIGHT = 520;
  private static final int MARGIN = 24;
  private static final Font HEADING = new Font(Font.SANS_SERIF, Font.BOLD, 24);
  private static final Font SUBTITLE = new Font(Font.SANS_SERIF, Font.PLAIN, 18);

  /** Returns the picture as PNG. */
  byte[] png() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(draw(), "png", out);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return out.toByteArray();
  }

  private BufferedImage draw() {
    int width = Math.max(1, columns) * WIDTH;
    List<String> lines = new ArrayList<>();
    Graphics2D ruler = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    for (String line : title) {
      ruler.setFont(font(lines.isEmpty()));
      lines.addAll(wrap(line, ruler, width - 2 * MARGIN));
    }
    ruler.dispose();
    int titleHeight = 2 * MARGIN + 30 * lines.size();
    int rows = (panels.size() + columns - 1) / columns;
    BufferedImage image =
        new BufferedImage(width, titleHeight + rows * HEIGHT, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.WHITE);
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setColor(Color.BLACK);
    for (int i = 0; i < lines.size(); i++) {
      graphics.setFont(font(i == 0));
      graphics.drawString(lines.get(i), MARGIN, MARGIN + 30 * i + 24);
    }
    for (int i = 0; i < panels.size(); i++) {
      int x = i % columns * WIDTH;
      int y = titleHeight + i / columns * HEIGHT;
      graphics.drawImage(BitmapEncoder.getBufferedImage(panels.get(i)), x, y, null);
    }
    graphics.dispose();
    return image;
  }

  private static Font font(boolean first) {
    return first ? HEADING : SUBTITLE;
  }

  private static List<String> wrap(String text, Graphics2D graphics, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ")) {
      String longer = line.isEmpty() ? word : line + " " + word;
      if (!line.isEmpty() && graphics.getFontMetrics().stringWidth(longer) > width) {
        lines.add(line.toString());
        line.setLength(0);
        longer = word;
      }
      line.setLength(0);
      line.append(longer);
    }
    lines.add(line.toString());
    return lines;
  }
}
