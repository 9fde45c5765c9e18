package dev.sinter.figures;

import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import java.util.DoubleSummaryStatistics;
import java.util.stream.IntStream;

/**
 * The white and the black number in images of samples of any range: pixels from 0 to 255, from 0 to
 * 1, or around 0.
 *
 * @param white the number drawn as white
 * @param black the number drawn as black
 */
record Ink(float white, float black) {
  /** Resampled images undershoot their background of 0 by less than this share of the range. */
  private static final float UNDERSHOOT = 0.2f;

  /**
   * Returns an ink with the largest number as black, and as white the smallest number, or 0 if that
   * is only slightly larger.
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
   * The place of a drawn sample.
   *
   * @param left edge in logical pixels; {@code top} is the upper edge
   * @param pixel the side of one pixel of the sample, in physical pixels
   */
  record Place(double left, double top, int pixel) {}
}
