package dev.sinter.datasets;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The skeletons of handwritten digits. Each digit has a few variants; a variant is a list of
 * strokes through points x, y, x, y, ...
 *
 * <p>x grows to the right and y downwards, both from 0 to 1 over the box of the digit. A stroke of
 * two points is a line; more points are joined by a smooth curve. Strokes that meet share an end
 * point, which makes a corner.
 */
final class DigitStrokes {
  /** One way to write a digit; the weight is its frequency relative to the other variants. */
  record Variant(double weight, double width, double[][] strokes) {}

  /** One line per variant: digit, weight and width, then the strokes, each preceded by a bar. */
  private static final String TABLE =
      """
      0 3 .72 | .52 0 .2 .12 .03 .5 .2 .88 .5 1 .82 .86 .97 .5 .82 .13 .52 0
      0 1 .7 | .68 .06 .38 .03 .1 .28 .04 .65 .28 .97 .68 .93 .95 .6 .9 .22 .6 .02 .4 .1
      1 6 .5 | .5 0 .5 1
      1 2 .5 | .55 0 .5 .5 .5 1
      1 2 .5 | .2 .3 .55 0 | .55 0 .55 1
      1 1 .55 | .2 .28 .5 0 | .5 0 .5 1 | .12 1 .9 1
      2 2 .75 | .06 .24 .3 .02 .68 .04 .82 .28 .58 .58 .06 .97 | .06 .97 .97 .95
      2 2 .8 | .08 .2 .35 0 .72 .1 .7 .4 .42 .75 .14 .96 .02 .86 .16 .74 .45 .86 .72 .96 1 .88
      2 1 .75 | .1 .12 .45 0 .8 .14 .78 .42 .45 .72 .08 .95 | .08 .95 .4 .9 .7 .98 .98 .92
      3 3 .7 | .1 .12 .42 0 .78 .12 .72 .36 .36 .47 | .36 .47 .78 .54 .92 .76 .6 .98 .05 .92
      3 1 .7 | .08 .03 .82 .03 | .82 .03 .38 .4 | .38 .4 .8 .5 .92 .75 .6 .98 .05 .9
      3 1 .66 | .06 .08 .48 0 .82 .18 .62 .4 .42 .46 .52 .5 .88 .64 .82 .9 .42 1 0 .94
      4 3 .75 | .16 .02 .08 .3 .1 .55 | .1 .55 .5 .6 .95 .52 | .82 0 .78 .5 .72 1
      4 2 .9 | .7 0 .02 .64 | .02 .64 1 .64 | .7 0 .7 1
      4 1 .72 | .2 0 .02 .5 | .02 .5 .8 .5 | .85 .02 .8 .5 .76 1
      5 2 .75 | .88 .02 .25 .03 | .25 .03 .16 .44 | .16 .44 .5 .36 .88 .52 .86 .82 .5 1 .04 .92
      5 1 .75 | .26 .06 .18 .42 | .18 .42 .55 .4 .84 .62 .72 .92 .38 1 .06 .9 | .24 .05 .6 .06 .98 0
      5 1 .8 | 1 0 .42 .04 | .42 .04 .26 .4 | .26 .4 .62 .46 .74 .7 .5 .94 .04 1
      6 3 .66 | .72 0 .36 .22 .1 .56 .12 .88 .46 1 .82 .86 .84 .64 .5 .54 .14 .74
      6 1 .62 | .5 0 .22 .3 .06 .66 .2 .95 .6 .98 .9 .78 .72 .56 .4 .6 .16 .82
      6 1 .72 | .9 .02 .5 .12 .16 .46 .08 .82 .38 1 .76 .88 .8 .64 .52 .54 .2 .7 .1 .8
      7 2 1.0 | .02 .06 .92 .04 | .92 .04 .6 .48 .42 1
      7 1 1.0 | 0 .08 .45 .04 .9 .04 | .9 .04 .62 .45 .4 1 | .3 .54 .9 .5
      7 1 1.0 | .04 .22 .06 .04 | .06 .04 .94 .05 | .94 .05 .7 .4 .6 1
      8 3 .66 | .8 .12 .5 0 .18 .16 .3 .4 .68 .58 .86 .8 .5 1 .12 .82 .28 .58 .68 .38 .84 .2 .8 .12
      8 2 .62 | .5 0 .2 .1 .18 .34 .5 .46 .8 .34 .8 .1 .5 0 | .5 .46 .12 .6 .1 .88 .5 1 .9 .88 .88 .6 .5 .46
      8 1 .7 | .9 .1 .6 0 .3 .08 .26 .3 .58 .52 .74 .78 .46 1 .12 .88 .26 .62 .66 .36 .92 .08
      9 2 .64 | .84 .2 .56 0 .16 .12 .1 .38 .4 .5 .74 .38 .84 .2 | .84 .2 .8 .6 .74 1
      9 1 .66 | .82 .22 .6 .02 .2 .08 .1 .34 .34 .5 .7 .4 .82 .22 | .82 .22 .86 .62 .66 .92 .2 .98
      9 1 .66 | .86 .1 .5 0 .14 .16 .12 .4 .44 .48 .78 .3 .86 .1 .82 .5 .6 1
      """;

  /** Indexed by digit, then variant. */
  static final Variant[][] VARIANTS =
      IntStream.range(0, 10).mapToObj(DigitStrokes::variants).toArray(Variant[][]::new);

  private DigitStrokes() {}

  private static Variant[] variants(int digit) {
    return TABLE
        .lines()
        .filter(line -> line.startsWith(digit + " "))
        .map(DigitStrokes::variant)
        .toArray(Variant[]::new);
  }

  private static Variant variant(String line) {
    double[][] parts =
        Arrays.stream(line.split(" \\| ")).map(DigitStrokes::numbers).toArray(double[][]::new);
    return new Variant(parts[0][1], parts[0][2], Arrays.copyOfRange(parts, 1, parts.length));
  }

  private static double[] numbers(String part) {
    return Arrays.stream(part.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }
}
