package dev.sinter;

import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.data.Dataset;

/** A dataset that the backend keeps: one window. */
final class ResidentWindows implements Windows {
  private final Resident resident;
  private final SampleOrder order;
  private final int size;
  private int shuffle;
  private boolean lastPass;

  /** Takes on samples that {@link #close} frees. */
  ResidentWindows(Resident resident, Dataset data, SampleOrder order) {
    this.resident = resident;
    this.order = order;
    this.size = data.size();
  }

  /** Takes on samples to go through in order. */
  static ResidentWindows inOrder(Resident resident, Dataset data) {
    return new ResidentWindows(resident, data, new SampleOrder(data, 0, false));
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void begin(int number, boolean last) {
    shuffle = number;
    lastPass = last;
  }

  @Override
  public Window next() {
    return new Window(new Feed(resident, order.of(shuffle, lastPass)), size, true);
  }

  @Override
  public void close() {
    resident.close();
  }
}
