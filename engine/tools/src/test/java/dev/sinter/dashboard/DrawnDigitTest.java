package dev.sinter.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Drawn digits have the box, the position and the grey levels of MNIST images. */
class DrawnDigitTest {
  private static final double PEN = 0.085;
  private static final int SIDE = 28;

  static final List<double[]> SEVEN = List.of(new double[] {.25, .2, .72, .19, .6, .5, .48, .85});
  private static final List<double[]> BAR = List.of(new double[] {.2, .5, .8, .5});
  private static final List<double[]> DOT = List.of(new double[] {.3, .9});

  /** Returns one or several wandering lines. */
  private static List<double[]> scribble(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double[][] strokes = new double[1 + random.nextInt(3)][];
    for (int s = 0; s < strokes.length; s++) {
      double[] stroke = new double[2 * (2 + random.nextInt(60))];
      double x = 0.2 + 0.6 * random.nextDouble();
      double y = 0.2 + 0.6 * random.nextDouble();
      for (int i = 0; i < stroke.length; i += 2) {
        stroke[i] = x += 0.06 * (random.nextDouble() - 0.5);
        stroke[i + 1] = y += 0.1 * (random.nextDouble() - 0.4);
      }
      strokes[s] = stroke;
    }
    return Arrays.asList(strokes);
  }

  private static int at(byte[] image, int row, int column) {
    return image[row * SIDE + column] & 0xFF;
  }

  private static int longerSide(byte[] image) {
    return Math.max(extent(image, true), extent(image, false));
  }

  /** Returns the number of rows or columns from the first to the last one with ink. */
  private static int extent(byte[] image, boolean rows) {
    int first = SIDE;
    int last = -1;
    for (int i = 0; i < image.length; i++) {
      if (image[i] != 0) {
        int place = rows ? i / SIDE : i % SIDE;
        first = Math.min(first, place);
        last = Math.max(last, place);
      }
    }
    return last - first + 1;
  }

  private static double centre(byte[] image, boolean rows) {
    double mass = 0;
    double moment = 0;
    for (int i = 0; i < image.length; i++) {
      mass += image[i] & 0xFF;
      moment += (double) (image[i] & 0xFF) * (rows ? i / SIDE : i % SIDE);
    }
    return moment / mass;
  }

  private static double mass(byte[] image) {
    double mass = 0;
    for (byte level : image) {
      mass += (level & 0xFF) / 255.0;
    }
    return mass;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void image_ofAnyStrokes_fillsMnistsBoxAroundItsCentre(long seed) {
    byte[] image = DrawnDigit.image(scribble(seed), PEN);
    assertThat(image).hasSize(SIDE * SIDE);
    assertThat(longerSide(image)).as("longer side").isEqualTo(20);
    assertThat(centre(image, true)).as("row of the centre of mass").isBetween(13.5, 14.5);
    assertThat(centre(image, false)).as("column of the centre of mass").isBetween(13.5, 14.5);
  }

  @Test
  void image_ofStrokes_hasInkPaperAndLevelsBetween() {
    byte[] image = DrawnDigit.image(SEVEN, PEN);
    int[] levels = new int[256];
    for (byte level : image) {
      levels[level & 0xFF]++;
    }
    assertThat(levels[255]).as("full ink").isGreaterThan(10);
    assertThat(levels[0]).as("paper").isGreaterThan(500);
    assertThat(Arrays.stream(levels, 1, 255).sum()).as("edges").isGreaterThan(20);
  }

  @Test
  void image_ofDrawingsOfOtherSizes_isTheSame() {
    byte[] image = DrawnDigit.image(SEVEN, PEN);
    double[] half = Arrays.stream(SEVEN.get(0)).map(value -> 0.25 + value / 2).toArray();
    assertThat(DrawnDigit.image(List.of(half), PEN / 2)).isEqualTo(image);
  }

  @Test
  void image_ofAWideStroke_keepsItsShape() {
    byte[] image = DrawnDigit.image(BAR, 0.1); // 0.7 long including its ends, 0.1 high
    assertThat(extent(image, false)).isEqualTo(20);
    assertThat(extent(image, true)).isBetween(3, 4);
    assertThat(mass(image)).isCloseTo(20 * 20 / 7.0, within(4.0)); // minus its round ends
  }

  @Test
  void image_ofADot_isOneInTheMiddle() {
    byte[] image = DrawnDigit.image(DOT, PEN);
    double radius = DrawnDigit.THICKEST / 2;
    assertThat(mass(image)).isCloseTo(Math.PI * radius * radius, within(0.1));
    assertThat(at(image, 14, 14)).isEqualTo(255);
    assertThat(centre(image, true)).isBetween(13.5, 14.5);
    assertThat(DrawnDigit.image(List.of(new double[] {.3, .9, .3, .9}), PEN)).isEqualTo(image);
  }

  /** A line of length 20 with a pen of width w covers about 20 w pixels. */
  @Test
  void pen_tooThinOrTooThick_isAsThickAsMnists() {
    List<double[]> line = List.of(new double[] {.5, .1, .5, .9});
    assertThat(mass(DrawnDigit.image(line, 0.001)) / 20)
        .isCloseTo(DrawnDigit.THINNEST, within(0.1));
    assertThat(mass(DrawnDigit.image(line, 0.09)) / 20).isBetween(1.8, 2.1);
    assertThat(mass(DrawnDigit.image(line, 0.5)) / 20).isCloseTo(DrawnDigit.THICKEST, within(0.2));
  }

  @Test
  void image_ofALopsidedDrawing_losesNoInk() {
    double[] heavy = new double[400];
    for (int i = 0; i < heavy.length; i += 2) {
      heavy[i] = 0.1 + 0.2 * (i / 2 % 10) / 10.0;
      heavy[i + 1] = 0.7 + 0.2 * (i / 20) / 20.0;
    }
    byte[] image = DrawnDigit.image(List.of(heavy, new double[] {.1, .8, .9, .1}), PEN);
    assertThat(longerSide(image)).isEqualTo(20);
  }

  @Test
  void image_ofCrossedStrokes_countsInkOnce() {
    byte[] once = DrawnDigit.image(BAR, PEN);
    assertThat(DrawnDigit.image(List.of(BAR.get(0), BAR.get(0)), PEN)).isEqualTo(once);
  }
}
