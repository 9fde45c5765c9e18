package dev.sinter.backend.host;

import java.nio.FloatBuffer;

/**
 * Copies columns of each row of a matrix to columns of another one: as many as the narrower of the
 * two has.
 *
 * @param from the first column of the source
 * @param to the first column of the target
 */
record CopyColumns(HostView source, int from, HostView target, int to) implements Step {
  @Override
  public void run(Position position) {
    int sourceColumns = source.shape().columns();
    int targetColumns = target.shape().columns();
    int columns = Math.min(sourceColumns, targetColumns);
    FloatBuffer input = source.host();
    FloatBuffer output = target.host();
    for (int row = 0; row < source.shape().rows(); row++) {
      output.put(row * targetColumns + to, input, row * sourceColumns + from, columns);
    }
  }
}
