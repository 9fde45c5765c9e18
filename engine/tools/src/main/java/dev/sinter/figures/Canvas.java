package dev.sinter.figures;

import dev.sinter.data.ImageLayout;
import dev.sinter.errors.InputException;
import java.awt.AWTError;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Line2D;
import java.awt.geom.Path2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.function.IntBinaryOperator;

/**
 * A page to draw on, with a title.
 *
 * <p>Coordinates are logical pixels of {@link #SCALE} physical ones, so that text stays sharp. The
 * corner of the content is ({@link #LEFT}, {@link #TOP}).
 */
record Canvas(BufferedImage image, Graphics2D graphics) {
  static final int SCALE = 2;
  static final int LEFT = 24;
  static final int TOP = 76;
  private static final int BOTTOM = 24;
  private static final int MAX_TITLE = 900; // longer ones end in an ellipsis
  private static final int TITLE_BASELINE = 34;
  private static final int DETAIL_BASELINE = 56;

  /** The alignment of a text relative to its point. */
  enum Align {
    /** The point is the left end of the text. */
    LEFT(0),
    /** The point is the middle of the text. */
    CENTRE(0.5),
    /** The point is the right end of the text. */
    RIGHT(1);

    private final double share;

    Align(double share) {
      this.share = share;
    }
  }

  /**
   * Returns a page with a title, a line of details below it, and room for content.
   *
   * @throws InputException if Java finds no font, or not the display that it was told to use
   */
  static Canvas page(String title, String detail, double contentWidth, double contentHeight) {
    try {
      double text = Math.max(Text.TITLE.width(title), Text.DETAIL.width(detail)) + 1;
      double width = Math.max(contentWidth, Math.min(MAX_TITLE, text));
      Canvas canvas = blank(2 * LEFT + width, TOP + contentHeight + BOTTOM);
      canvas.text(Text.TITLE, Text.TITLE.fit(title, width), LEFT, TITLE_BASELINE, Align.LEFT);
      canvas.text(Text.DETAIL, Text.DETAIL.fit(detail, width), LEFT, DETAIL_BASELINE, Align.LEFT);
      return canvas;
    } catch (AWTError | InternalError | LinkageError | NullPointerException problem) {
      // Thrown by JDKs, in this order: no display; no font, the first time; no libfreetype, or no
      // font the second time; no font configuration.
      throw noGraphics(problem);
    }
  }

  static InputException noGraphics(Throwable problem) {
    return InputException.of(
        "figures",
        "fonts and a Java that can draw without a display",
        "an error (" + problem + ")",
        "Start Java with -Djava.awt.headless=true and install a font with fontconfig"
            + " (Debian: fonts-dejavu-core and fontconfig)",
        problem);
  }

  private static Canvas blank(double width, double height) {
    BufferedImage image =
        new BufferedImage(
            (int) Math.ceil(width) * SCALE,
            (int) Math.ceil(height) * SCALE,
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    graphics.setRenderingHint(
        RenderingHints.KEY_FRACTIONALMETRICS, RenderingHints.VALUE_FRACTIONALMETRICS_ON);
    graphics.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
    graphics.scale(SCALE, SCALE);
    Canvas canvas = new Canvas(image, graphics);
    canvas.fill(Palette.PAGE, 0, 0, Math.ceil(width), Math.ceil(height));
    return canvas;
  }

  BufferedImage done() {
    graphics.dispose();
    return image;
  }

  void text(Text style, String text, double x, double baseline, Align align) {
    graphics.setColor(style.colour());
    graphics.setFont(style.font());
    graphics.drawString(text, (float) (x - align.share * style.width(text)), (float) baseline);
  }

  /** Writes a text upwards, centred on a point of its baseline. */
  void upwards(Text style, String text, double baseline, double y) {
    AffineTransform before = graphics.getTransform();
    graphics.translate(baseline, y);
    graphics.rotate(-Math.PI / 2);
    text(style, text, 0, 0, Align.CENTRE);
    graphics.setTransform(before);
  }

  void fill(Color colour, double x, double y, double width, double height) {
    graphics.setColor(colour);
    graphics.fill(new Rectangle2D.Double(x, y, width, height));
  }

  /** Draws a frame around the outside of a rectangle. */
  void frame(Color colour, double line, double x, double y, double width, double height) {
    graphics.setColor(colour);
    graphics.setStroke(new BasicStroke((float) line));
    graphics.draw(new Rectangle2D.Double(x - line / 2, y - line / 2, width + line, height + line));
  }

  void line(Color colour, double width, double x1, double y1, double x2, double y2) {
    graphics.setColor(colour);
    graphics.setStroke(new BasicStroke((float) width));
    graphics.draw(new Line2D.Double(x1, y1, x2, y2));
  }

  /** Draws a dashed path, or a solid one if {@code dash} is 0. */
  void path(Color colour, double width, double dash, Shape path) {
    graphics.setColor(colour);
    float[] pattern = dash > 0 ? new float[] {(float) dash, (float) (dash * 0.7)} : null;
    graphics.setStroke(
        new BasicStroke(
            (float) width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, pattern, 0));
    graphics.draw(path);
  }

  void area(Color colour, Path2D path) {
    graphics.setColor(colour);
    graphics.fill(path);
  }

  void dot(Color colour, double x, double y, double radius) {
    graphics.setColor(colour);
    graphics.fill(new Ellipse2D.Double(x - radius, y - radius, 2 * radius, 2 * radius));
  }

  /**
   * Draws an image without smoothing.
   *
   * @param x the left edge in logical pixels; {@code y} is the upper edge
   * @param pixel the side of one image pixel, in physical pixels
   * @param size only rows and columns matter
   * @param colour of the image pixel at (row, column), as 0xRRGGBB
   */
  void picture(double x, double y, int pixel, ImageLayout size, IntBinaryOperator colour) {
    int left = (int) Math.round(x * SCALE);
    int top = (int) Math.round(y * SCALE);
    int[] line = new int[size.columns() * pixel];
    for (int row = 0; row < size.rows(); row++) {
      for (int i = 0; i < line.length; i++) {
        line[i] = colour.applyAsInt(row, i / pixel);
      }
      for (int repeated = 0; repeated < pixel; repeated++) {
        image.setRGB(left, top + row * pixel + repeated, line.length, 1, line, 0, line.length);
      }
    }
  }
}
