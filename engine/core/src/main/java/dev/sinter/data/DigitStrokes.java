package dev.sinter.data;

/**
 * The skeletons of handwritten digits: for each digit a few ways to write it, each a list of
 * strokes through points x, y, x, y, ...
 *
 * <p>x grows to the right and y downwards, both from 0 to 1 over the digit's box. A stroke of two
 * points is a line; more points are joined by a smooth curve. Strokes that meet share an end point,
 * which makes a corner.
 */
final class DigitStrokes {
  /** One way to write a digit, and how often it is used relative to the digit's others. */
  record Variant(double weight, double width, double[][] strokes) {}

  private DigitStrokes() {}

  /** By digit, then variant. */
  static final Variant[][] VARIANTS = {
    { // 0
      variant(
          3,
          0.72,
          stroke(.52, 0, .2, .12, .03, .5, .2, .88, .5, 1, .82, .86, .97, .5, .82, .13, .52, 0)),
      variant(
          1,
          0.7,
          stroke(
              .68, .06, .38, .03, .1, .28, .04, .65, .28, .97, .68, .93, .95, .6, .9, .22, .6, .02,
              .4, .1)),
    },
    { // 1
      variant(6, 0.5, stroke(.5, 0, .5, 1)),
      variant(2, 0.5, stroke(.55, 0, .5, .5, .5, 1)),
      variant(2, 0.5, stroke(.2, .3, .55, 0), stroke(.55, 0, .55, 1)),
      variant(1, 0.55, stroke(.2, .28, .5, 0), stroke(.5, 0, .5, 1), stroke(.12, 1, .9, 1)),
    },
    { // 2
      variant(
          2,
          0.75,
          stroke(.06, .24, .3, .02, .68, .04, .82, .28, .58, .58, .06, .97),
          stroke(.06, .97, .97, .95)),
      variant(
          2,
          0.8,
          stroke(
              .08, .2, .35, .0, .72, .1, .7, .4, .42, .75, .14, .96, .02, .86, .16, .74, .45, .86,
              .72, .96, 1, .88)),
      variant(
          1,
          0.75,
          stroke(.1, .12, .45, .0, .8, .14, .78, .42, .45, .72, .08, .95),
          stroke(.08, .95, .4, .9, .7, .98, .98, .92)),
    },
    { // 3
      variant(
          3,
          0.7,
          stroke(.1, .12, .42, .0, .78, .12, .72, .36, .36, .47),
          stroke(.36, .47, .78, .54, .92, .76, .6, .98, .05, .92)),
      variant(
          1,
          0.7,
          stroke(.08, .03, .82, .03),
          stroke(.82, .03, .38, .4),
          stroke(.38, .4, .8, .5, .92, .75, .6, .98, .05, .9)),
      variant(
          1,
          0.66,
          stroke(
              .06, .08, .48, .0, .82, .18, .62, .4, .42, .46, .52, .5, .88, .64, .82, .9, .42, 1,
              .0, .94)),
    },
    { // 4
      variant(
          3,
          0.75,
          stroke(.16, .02, .08, .3, .1, .55),
          stroke(.1, .55, .5, .6, .95, .52),
          stroke(.82, .0, .78, .5, .72, 1)),
      variant(2, 0.9, stroke(.7, .0, .02, .64), stroke(.02, .64, 1, .64), stroke(.7, .0, .7, 1)),
      variant(
          1,
          0.72,
          stroke(.2, .0, .02, .5),
          stroke(.02, .5, .8, .5),
          stroke(.85, .02, .8, .5, .76, 1)),
    },
    { // 5
      variant(
          2,
          0.75,
          stroke(.88, .02, .25, .03),
          stroke(.25, .03, .16, .44),
          stroke(.16, .44, .5, .36, .88, .52, .86, .82, .5, 1, .04, .92)),
      variant(
          1,
          0.75,
          stroke(.26, .06, .18, .42),
          stroke(.18, .42, .55, .4, .84, .62, .72, .92, .38, 1, .06, .9),
          stroke(.24, .05, .6, .06, .98, .0)),
      variant(
          1,
          0.8,
          stroke(1, .0, .42, .04),
          stroke(.42, .04, .26, .4),
          stroke(.26, .4, .62, .46, .74, .7, .5, .94, .04, 1)),
    },
    { // 6
      variant(
          3,
          0.66,
          stroke(
              .72, .0, .36, .22, .1, .56, .12, .88, .46, 1, .82, .86, .84, .64, .5, .54, .14, .74)),
      variant(
          1,
          0.62,
          stroke(.5, .0, .22, .3, .06, .66, .2, .95, .6, .98, .9, .78, .72, .56, .4, .6, .16, .82)),
      variant(
          1,
          0.72,
          stroke(
              .9, .02, .5, .12, .16, .46, .08, .82, .38, 1, .76, .88, .8, .64, .52, .54, .2, .7, .1,
              .8)),
    },
    { // 7
      variant(2, 1.0, stroke(.02, .06, .92, .04), stroke(.92, .04, .6, .48, .42, 1)),
      variant(
          1,
          1.0,
          stroke(.0, .08, .45, .04, .9, .04),
          stroke(.9, .04, .62, .45, .4, 1),
          stroke(.3, .54, .9, .5)),
      variant(
          1,
          1.0,
          stroke(.04, .22, .06, .04),
          stroke(.06, .04, .94, .05),
          stroke(.94, .05, .7, .4, .6, 1)),
    },
    { // 8
      variant(
          3,
          0.66,
          stroke(
              .8, .12, .5, .0, .18, .16, .3, .4, .68, .58, .86, .8, .5, 1, .12, .82, .28, .58, .68,
              .38, .84, .2, .8, .12)),
      variant(
          2,
          0.62,
          stroke(.5, .0, .2, .1, .18, .34, .5, .46, .8, .34, .8, .1, .5, .0),
          stroke(.5, .46, .12, .6, .1, .88, .5, 1, .9, .88, .88, .6, .5, .46)),
      variant(
          1,
          0.7,
          stroke(
              .9, .1, .6, .0, .3, .08, .26, .3, .58, .52, .74, .78, .46, 1, .12, .88, .26, .62, .66,
              .36, .92, .08)),
    },
    { // 9
      variant(
          2,
          0.64,
          stroke(.84, .2, .56, .0, .16, .12, .1, .38, .4, .5, .74, .38, .84, .2),
          stroke(.84, .2, .8, .6, .74, 1)),
      variant(
          1,
          0.66,
          stroke(.82, .22, .6, .02, .2, .08, .1, .34, .34, .5, .7, .4, .82, .22),
          stroke(.82, .22, .86, .62, .66, .92, .2, .98)),
      variant(
          1,
          0.66,
          stroke(.86, .1, .5, .0, .14, .16, .12, .4, .44, .48, .78, .3, .86, .1, .82, .5, .6, 1)),
    },
  };

  private static Variant variant(double weight, double width, double[]... strokes) {
    return new Variant(weight, width, strokes);
  }

  private static double[] stroke(double... points) {
    return points;
  }
}
