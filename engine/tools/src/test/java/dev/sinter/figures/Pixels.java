package dev.sinter.figures;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;

/** Finds exact colours in a figure, in physical pixels. */
record Pixels(BufferedImage figure) {
  static final int INK = Palette.ink(1);
  static final int BLUE = Palette.BLUE.getRGB() & 0xFFFFFF;
  static final int ORANGE = Palette.ORANGE.getRGB() & 0xFFFFFF;
  static final int WHITE = 0xFFFFFF;

  int at(double x, double y) {
    return figure.getRGB((int) Math.round(x), (int) Math.round(y)) & 0xFFFFFF;
  }

  /** Returns the colour at a position in logical pixels. */
  int atLogical(double x, double y) {
    return at(x * Canvas.SCALE, y * Canvas.SCALE);
  }

  int count(int colour) {
    int count = 0;
    for (int y = 0; y < figure.getHeight(); y++) {
      for (int x = 0; x < figure.getWidth(); x++) {
        count += at(x, y) == colour ? 1 : 0;
      }
    }
    return count;
  }

  /** Returns the smallest rectangle that holds all pixels of a colour; empty if there are none. */
  Rectangle box(int colour) {
    return box(colour, new Rectangle(figure.getWidth(), figure.getHeight()));
  }

  /** Returns the same for a part of the figure. */
  Rectangle box(int colour, Rectangle part) {
    int left = Integer.MAX_VALUE;
    int top = Integer.MAX_VALUE;
    int right = -1;
    int bottom = -1;
    for (int y = part.y; y < part.y + part.height; y++) {
      for (int x = part.x; x < part.x + part.width; x++) {
        if (at(x, y) == colour) {
          left = Math.min(left, x);
          top = Math.min(top, y);
          right = Math.max(right, x);
          bottom = Math.max(bottom, y);
        }
      }
    }
    return right < 0
        ? new Rectangle()
        : new Rectangle(left, top, right - left + 1, bottom - top + 1);
  }
}
