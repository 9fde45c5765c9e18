package dev.sinter.distributed;

import dev.sinter.errors.InputException;

/**
 * How the rows of each batch are dealt out to the processes of a group: rank r of N gets rows [r m
 * / N, (r + 1) m / N) of a batch of m rows, rounded down. Immutable.
 *
 * @param batch rows of a batch of all processes, at least one each
 * @param size the number of processes N
 */
public record Parts(int batch, int size) {
  public Parts {
    if (size < 1 || batch < size) {
      throw InputException.of(
          "batch size",
          "at least a row for each of " + size + " processes",
          batch,
          "Use a larger batch, or fewer processes");
    }
  }

  /** Returns the rows of a rank in a batch of so many rows. */
  public int rows(int rank, int ofBatch) {
    return (int) ((rank + 1L) * ofBatch / size - (long) rank * ofBatch / size);
  }

  /** Returns the rows of a rank in data of so many rows. */
  public long rowsOf(int rank, long ofData) {
    return ofData / batch * rows(rank, batch) + rows(rank, (int) (ofData % batch));
  }

  /** Returns the rank that a row of the data belongs to, in data of so many rows. */
  public int rankOf(long row, long ofData) {
    long place = row % batch;
    long rows = Math.min(batch, ofData - (row - place));
    return (int) (((place + 1) * size - 1) / rows);
  }

  /** Returns the place of a row among the rows of its rank, in data of so many rows. */
  public long placeOf(long row, long ofData) {
    int place = (int) (row % batch);
    int rows = (int) Math.min(batch, ofData - (row - place));
    int rank = rankOf(row, ofData);
    return row / batch * rows(rank, batch) + place - (long) rank * rows / size;
  }
}
