package dev.sinter.program;

/**
 * The windows of a convolution or a pooling over images [height, width, channels], row-major. Row i
 * of the windows begins at row i * strideHeight - top of the image; what lies outside of the image
 * is padding.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param height of an image
 * @param width of an image
 * @param channels of an image
 * @param kernelHeight rows of a window
 * @param kernelWidth columns of a window
 * @param strideHeight rows from one window to the next
 * @param strideWidth columns from one window to the next
 * @param top rows of padding above the image
 * @param left columns of padding left of the image
 * @param outputHeight rows of windows
 * @param outputWidth columns of windows
 */
public record Window(
    int height,
    int width,
    int channels,
    int kernelHeight,
    int kernelWidth,
    int strideHeight,
    int strideWidth,
    int top,
    int left,
    int outputHeight,
    int outputWidth) {
  public Window {
    boolean positive =
        Math.min(Math.min(height, width), channels) > 0
            && Math.min(kernelHeight, kernelWidth) > 0
            && Math.min(strideHeight, strideWidth) > 0
            && Math.min(outputHeight, outputWidth) > 0;
    if (!positive
        || !reachesImage(height, kernelHeight, strideHeight, top, outputHeight)
        || !reachesImage(width, kernelWidth, strideWidth, left, outputWidth)) {
      throw new IllegalArgumentException("each window needs a pixel of the image");
    }
  }

  private static boolean reachesImage(int length, int kernel, int stride, int before, int windows) {
    return before >= 0 && before < kernel && (windows - 1) * stride - before < length;
  }

  /** Returns the windows that lie within the image. */
  public static Window valid(
      int height,
      int width,
      int channels,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth) {
    return new Window(
        height,
        width,
        channels,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        0,
        0,
        (height - kernelHeight) / strideHeight + 1,
        (width - kernelWidth) / strideWidth + 1);
  }

  /**
   * Returns as many windows as the image has pixels, one in strideHeight x strideWidth; the odd row
   * or column of padding is at the end, as in Keras.
   */
  public static Window same(
      int height,
      int width,
      int channels,
      int kernelHeight,
      int kernelWidth,
      int strideHeight,
      int strideWidth) {
    int rows = (height + strideHeight - 1) / strideHeight;
    int columns = (width + strideWidth - 1) / strideWidth;
    return new Window(
        height,
        width,
        channels,
        kernelHeight,
        kernelWidth,
        strideHeight,
        strideWidth,
        Math.max((rows - 1) * strideHeight + kernelHeight - height, 0) / 2,
        Math.max((columns - 1) * strideWidth + kernelWidth - width, 0) / 2,
        rows,
        columns);
  }

  /** Returns the rows of padding below the image; negative where no window reaches the last row. */
  public int bottom() {
    return (outputHeight - 1) * strideHeight + kernelHeight - height - top;
  }

  /** Returns the columns of padding right of the image; negative as {@link #bottom}. */
  public int right() {
    return (outputWidth - 1) * strideWidth + kernelWidth - width - left;
  }

  /** Returns the number of elements of an image. */
  public int imageSize() {
    return Math.multiplyExact(Math.multiplyExact(height, width), channels);
  }

  /** Returns the number of windows of an image. */
  public int count() {
    return outputHeight * outputWidth;
  }

  /** Returns the number of elements of a window. */
  public int patchSize() {
    return Math.multiplyExact(Math.multiplyExact(kernelHeight, kernelWidth), channels);
  }

  /** Returns the number of elements of a pooled image. */
  public int pooledSize() {
    return count() * channels;
  }

  @Override
  public String toString() {
    return "%sx%s over [%s, %s, %s], stride %sx%s, padding %s %s %s %s"
        .formatted(
            kernelHeight,
            kernelWidth,
            height,
            width,
            channels,
            strideHeight,
            strideWidth,
            top,
            left,
            bottom(),
            right());
  }
}
