package dev.sinter.benchmarks.scale;

import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.RunException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.stream.IntStream;

/** A group of threads of one process, each a rank with a model of its own. */
final class Threads {
  private record Piece(float[] values, int from, int length) {}

  private final List<List<Piece>> begun; // by rank
  private final CyclicBarrier met;

  private Threads(int size) {
    this.begun =
        IntStream.range(0, size).mapToObj(rank -> (List<Piece>) new ArrayList<Piece>()).toList();
    this.met = new CyclicBarrier(size, this::sum);
  }

  /** Returns the group of each rank. */
  static List<ProcessGroup> groups(int size) {
    Threads threads = new Threads(size);
    return IntStream.range(0, size)
        .<ProcessGroup>mapToObj(rank -> threads.new Member(rank))
        .toList();
  }

  /** Run by the last thread that comes, while the others wait. */
  private void sum() {
    for (int piece = 0; piece < begun.get(0).size(); piece++) {
      Piece sum = begun.get(0).get(piece);
      for (List<Piece> other : begun.subList(1, begun.size())) {
        Piece part = other.get(piece);
        for (int i = 0; i < sum.length; i++) {
          sum.values[sum.from + i] += part.values[part.from + i];
        }
      }
      for (List<Piece> other : begun.subList(1, begun.size())) {
        Piece part = other.get(piece);
        System.arraycopy(sum.values, sum.from, part.values, part.from, sum.length);
      }
    }
    begun.forEach(List::clear);
  }

  private final class Member implements ProcessGroup {
    private final int rank;

    Member(int rank) {
      this.rank = rank;
    }

    @Override
    public int rank() {
      return rank;
    }

    @Override
    public int size() {
      return begun.size();
    }

    @Override
    public String transport() {
      return "threads";
    }

    @Override
    public void begin(float[] values, int from, int length) {
      begun.get(rank).add(new Piece(values, from, length));
    }

    @Override
    public void await() {
      try {
        met.await();
      } catch (InterruptedException | BrokenBarrierException left) {
        throw new RunException("a thread has left the group", left);
      }
    }

    @Override
    public void close() {
      met.reset();
    }
  }
}
