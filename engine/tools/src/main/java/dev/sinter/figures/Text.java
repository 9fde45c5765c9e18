package dev.sinter.figures;

import java.awt.Color;
import java.awt.Font;
import java.awt.font.FontRenderContext;

/**
 * A text style: size, weight and colour.
 *
 * @param points the size in logical pixels
 */
record Text(float points, boolean bold, Color colour) {
  static final Text TITLE = new Text(17, true, Palette.TEXT);
  static final Text DETAIL = new Text(12.5f, false, Palette.MUTED);
  static final Text HEADING = new Text(13.5f, true, Palette.TEXT);
  static final Text LABEL = new Text(12.5f, false, Palette.TEXT);
  static final Text TICK = new Text(11.5f, false, Palette.MUTED);

  private static final String ELLIPSIS = "\u2026";
  private static final FontRenderContext MEASURE = new FontRenderContext(null, true, true);

  Text in(Color other) {
    return new Text(points, bold, other);
  }

  Text strong() {
    return new Text(points, true, colour);
  }

  Font font() {
    return new Font(Font.SANS_SERIF, bold ? Font.BOLD : Font.PLAIN, 1).deriveFont(points);
  }

  double width(String text) {
    return text.isEmpty() ? 0 : font().getStringBounds(text, MEASURE).getWidth();
  }

  /** Returns the text, shortened with an ellipsis if it does not fit a width. */
  String fit(String text, double width) {
    if (width(text) <= width) {
      return text;
    }
    int length = text.length();
    while (length > 0 && width(text.substring(0, length) + ELLIPSIS) > width) {
      length = text.offsetByCodePoints(length, -1);
    }
    return text.substring(0, length) + ELLIPSIS;
  }
}
