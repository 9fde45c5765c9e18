// Sample digits for the pad: strokes through points x, y, ..., from 0 to 1 over the box of the
// digit.

const SKELETONS = [
  [0.68, [[.52, 0, .2, .12, .03, .5, .2, .88, .5, 1, .82, .86, .97, .5, .82, .13, .52, 0]]],
  [0.3, [[.1, .22, .62, 0], [.62, 0, .55, 1]]],
  [0.72, [[.06, .24, .3, .02, .68, .04, .82, .28, .58, .58, .06, .97], [.06, .97, .97, .95]]],
  [0.68, [[.1, .12, .42, 0, .78, .12, .72, .36, .36, .47], [.36, .47, .78, .54, .92, .76, .6, .98, .05, .92]]],
  [0.75, [[.2, 0, .08, .3, .06, .55], [.06, .55, .5, .58, .95, .52], [.8, 0, .76, .5, .7, 1]]],
  [0.75, [[.88, .02, .25, .03], [.25, .03, .16, .44], [.16, .44, .5, .36, .88, .52, .86, .82, .5, 1, .04, .92]]],
  [0.62, [[.72, 0, .36, .22, .1, .56, .12, .88, .46, 1, .82, .86, .84, .64, .5, .54, .14, .74]]],
  [0.8, [[.02, .06, .92, .04], [.92, .04, .6, .48, .42, 1]]],
  [0.62, [[.8, .12, .5, 0, .18, .16, .3, .4, .68, .58, .86, .8, .5, 1, .12, .82, .28, .58, .68, .38, .84, .2, .8, .12]]],
  [0.62, [[.84, .2, .56, 0, .16, .12, .1, .38, .4, .5, .74, .38, .84, .2], [.84, .2, .8, .6, .74, 1]]],
];
const HEIGHT = 0.66; // of the pad
const STEPS = 8; // line segments between two points

/** A smooth curve through the points (Catmull-Rom); two points give a line. */
function curve(points) {
  const at = i => points[Math.max(0, Math.min(points.length - 1, i))];
  const smooth = [points[0]];
  for (let i = 0; i + 1 < points.length; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)];
    const steps = points.length === 2 ? 1 : STEPS;
    for (let step = 1; step <= steps; step++) {
      const t = step / steps;
      smooth.push([0, 1].map(axis =>
        b[axis] + 0.5 * t * (c[axis] - a[axis]
          + t * (2 * a[axis] - 5 * b[axis] + 4 * c[axis] - d[axis]
            + t * (3 * (b[axis] - c[axis]) + d[axis] - a[axis])))));
    }
  }
  return smooth;
}

/** The strokes of a digit in the middle of the pad: arrays x, y, x, y, ..., relative to the side of the pad. */
export function sample(digit) {
  const [aspect, strokes] = SKELETONS[digit];
  const width = HEIGHT * aspect;
  return strokes.map(stroke => {
    const points = [];
    for (let i = 0; i < stroke.length; i += 2) {
      points.push([0.5 + (stroke[i] - 0.5) * width, 0.5 + (stroke[i + 1] - 0.5) * HEIGHT]);
    }
    return curve(points).flat();
  });
}
