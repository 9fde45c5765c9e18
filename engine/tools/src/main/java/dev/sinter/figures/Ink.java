package dev.sinter.figures;

import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import java.util.DoubleSummaryStatistics;
import java.util.stream.IntStream;

/**
 * Which numbers are white and which are black in pictures of samples, whatever their range: pixels
 * from 0 to 255, from 0 to 1, or around 0.
 *
 * @param white the number of the page
 * @param black another number
 */
record Ink(float white, float black) {
  /** Resampled pictures undershoot their background of 0 by less than this share of the range. */
  private static final float UNDERSHOOT = 0.2f;

  /**
   * Returns the smallest number as white, or 0 where that is little above, the largest as black.
   */
  static Ink of(Tensor pictures) {
    DoubleSummaryStatistics range =
        IntStream.range(0, pictures.size()).mapToDouble(pictures::get).summaryStatistics();
    float low = (float) range.getMin();
    float high = (float) range.getMax();
    if (!(high > low)) {
      return new Ink(low, low + Math.max(1, Math.abs(low)));
    }
    return new Ink(low < 0 && -low < UNDERSHOOT * (high - low) ? 0 : low, high);
  }

  /** Draws one of the samples [N, features]. */
  void draw(Canvas canvas, Tensor samples, int sample, ImageLayout layout, Place place) {
    int first = sample * samples.rowSize();
    canvas.picture(
        place.left(),
        place.top(),
        place.pixel(),
        layout,
        (row, column) ->
            Palette.ink(
                (samples.get(first + layout.index(row, column)) - (double) white)
                    / ((double) black - white)));
  }

  /**
   * Where a sample is drawn.
   *
   * @param left edge in logical pixels, as {@code top} is the upper one
   * @param pixel the side of one pixel of the sample, in physical pixels
   */
  record Place(double left, double top, int pixel) {}
}
