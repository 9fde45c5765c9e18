package dev.sinter.figures;

import java.awt.Color;

/**
 * The colours of all figures: on white, and distinct for colour-blind readers (blue and the
 * vermillion of Okabe and Ito, "Color Universal Design", 2008).
 */
final class Palette {
  static final Color PAGE = Color.WHITE;
  static final Color TEXT = new Color(0x1F2328);
  static final Color MUTED = new Color(0x59636E);
  static final Color GRID = new Color(0xE3E6EA);
  static final Color FRAME = new Color(0xC9CED4);

  /** Correct predictions, and training data. */
  static final Color BLUE = new Color(0x0072B2);

  /** One of very many dots, so that where they crowd it is darker. */
  static final Color PALE_BLUE = new Color(0x00, 0x72, 0xB2, 60);

  /** Wrong predictions, and validation data. */
  static final Color ORANGE = new Color(0xD55E00);

  /** The gap between a training and a validation curve. */
  static final Color GAP = new Color(0xD5, 0x5E, 0x00, 40);

  /** From the most negative to the most positive, white in the middle. */
  private static final int[] DIVERGING = {
    0x08306B, 0x0072B2, 0xA9D0E8, 0xFFFFFF, 0xFACBA3, 0xD55E00, 0x7F2704
  };

  private Palette() {}

  /**
   * Returns the colour of a value from -1 to 1; values outside get the colour of the nearer end.
   */
  static int diverging(double value) {
    double place = (Math.min(1, Math.max(-1, value)) + 1) / 2 * (DIVERGING.length - 1);
    int below = (int) Math.min(place, DIVERGING.length - 2);
    return mix(DIVERGING[below], DIVERGING[below + 1], place - below);
  }

  /** Returns dark ink on a white page: white for 0, black for 1. */
  static int ink(double value) {
    return mix(0xFFFFFF, 0x101418, Math.min(1, Math.max(0, value)));
  }

  /** Returns a tint, from white for 0 to the full colour for 1. */
  static Color tint(Color colour, double share) {
    return new Color(mix(0xFFFFFF, colour.getRGB() & 0xFFFFFF, Math.min(1, Math.max(0, share))));
  }

  private static int mix(int from, int to, double share) {
    int mixed = 0;
    for (int shift = 16; shift >= 0; shift -= 8) {
      int first = from >> shift & 0xFF;
      int second = to >> shift & 0xFF;
      mixed |= (int) Math.round(first + (second - first) * share) << shift;
    }
    return mixed;
  }
}
