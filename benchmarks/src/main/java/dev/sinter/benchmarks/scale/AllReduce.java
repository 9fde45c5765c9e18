package dev.sinter.benchmarks.scale;

import java.util.Arrays;
import java.util.Locale;

/**
 * When an all-reduce is done, worker by worker, given when the floats are ready there.
 *
 * <p>Each message, and each addition of what it brought, is an event: it begins when its input is
 * there and its link or worker is free. Links and workers serve in an order that the algorithm
 * fixes, so the events are evaluated in that order, without a queue. No message is lost, and links
 * between different pairs of workers do not disturb each other.
 */
enum AllReduce {
  /**
   * Sinter's tcp: each worker owns a part of the floats. It gets that part of all others, adds them
   * in the order of the ranks, and sends the sums to all others.
   */
  DIRECT,
  /**
   * In the order of the ranks, too: chunks go along the ranks to the last, which has the sum in
   * rank order, and back, so that all links work at once.
   */
  CHAIN,
  /** N parts go around: N - 1 rounds sum them, N - 1 rounds hand them out. */
  RING,
  /** Along a binomial tree to rank 0, and back. */
  TREE,
  /**
   * Pairs at distance 1, 2, 4, ... exchange halves, quarters, ... and add them; then the same way
   * back. For powers of two.
   */
  HALVING,
  /** The first rank of each machine sums its machine; these sum by halving, and hand out. */
  HIERARCHICAL;

  /** Floats of a chunk of the chain. */
  static final int CHUNK = 1 << 14;

  /** Floats that {@link #DIRECT} sums at once, as {@code dev.sinter.spark.tcp} does. */
  static final int BLOCK = 1 << 20;

  /** Returns the name in tables and figures. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns when each worker has the sums of all pieces.
   *
   * @param ready [piece][worker], when a worker has computed a piece, in seconds
   * @param floats of each piece; pieces are summed one after another
   */
  double[] done(Cluster cluster, double[][] ready, long[] floats) {
    if (cluster.workers() == 1) {
      return ready[ready.length - 1].clone();
    }
    if (this == CHAIN) {
      return chain(cluster, ready, floats);
    }
    double[] time = new double[cluster.workers()];
    for (int piece = 0; piece < ready.length; piece++) {
      for (int rank = 0; rank < time.length; rank++) {
        time[rank] = Math.max(time[rank], ready[piece][rank]);
      }
      switch (this) {
        case DIRECT -> direct(cluster, time, floats[piece]);
        case RING -> ring(cluster, time, floats[piece]);
        case TREE -> tree(cluster, time, floats[piece]);
        case HALVING -> halve(cluster, time, floats[piece], 1);
        default -> {
          int each = cluster.perMachine();
          collect(cluster, time, floats[piece], each);
          halve(cluster, time, floats[piece], each);
          handOut(cluster, time, floats[piece], each);
        }
      }
    }
    return time;
  }

  private static void direct(Cluster cluster, double[] time, double floats) {
    double part = floats / time.length;
    double blocks = Math.ceil(floats / BLOCK);
    scatter(cluster, time, part, blocks, part * cluster.addSeconds());
    scatter(cluster, time, part, blocks, 0);
  }

  /**
   * Each worker sends to all others, its next rank first, and receives one after another; a message
   * and a latency for each block, which are all counted together.
   */
  private static void scatter(
      Cluster cluster, double[] time, double part, double blocks, double add) {
    int each = cluster.perMachine();
    if (each == 1) {
      scatterEvenly(cluster.between(), time, part, blocks, add);
      return;
    }
    int n = time.length;
    Cluster.Link outside = cluster.crowded();
    double[] sent = time.clone();
    for (int distance = 1; distance < n; distance++) {
      for (int from = 0; from < n; from++) {
        int to = from + distance < n ? from + distance : from + distance - n;
        Cluster.Link link = from / each == to / each ? cluster.within() : outside;
        double busy = link.seconds(part, blocks);
        sent[from] += busy;
        time[to] = Math.max(time[to] + busy, sent[from] + blocks * link.latency()) + add;
      }
    }
    for (int rank = 0; rank < n; rank++) {
      time[rank] = Math.max(time[rank], sent[rank]);
    }
  }

  /**
   * The same where all links are equal. Unrolled, the events of a worker are over at the greatest
   * of its own time + (n - 1) (busy + add), and for each other at distance d before it, of that
   * one's time + (n - 1) busy + latency + add + (n - 1 - d) add.
   */
  static void scatterEvenly(
      Cluster.Link link, double[] time, double part, double blocks, double add) {
    int n = time.length;
    double busy = (n - 1) * link.seconds(part, blocks);
    double[] after = new double[n]; // the greatest time + rank * add of the later ranks
    Arrays.fill(after, Double.NEGATIVE_INFINITY);
    for (int rank = n - 2; rank >= 0; rank--) {
      after[rank] = Math.max(after[rank + 1], time[rank + 1] + (rank + 1) * add);
    }
    double before = Double.NEGATIVE_INFINITY;
    for (int rank = 0; rank < n; rank++) {
      double others = Math.max(before, after[rank] - n * add) - rank * add;
      before = Math.max(before, time[rank] + rank * add);
      double arrived = others + busy + blocks * link.latency() + n * add;
      time[rank] = Math.max(time[rank] + busy + (n - 1) * add, arrived);
    }
  }

  private static double[] chain(Cluster cluster, double[][] ready, long[] floats) {
    int last = cluster.workers() - 1;
    double[] up = new double[last + 1]; // when the link to the next rank is free
    double[] down = new double[last + 1]; // when the link to the rank before is free
    double[] adder = new double[last + 1]; // when the worker can add again
    double[] done = new double[last + 1];
    for (int piece = 0; piece < ready.length; piece++) {
      for (long left = floats[piece]; left > 0; left -= CHUNK) {
        double chunk = Math.min(left, CHUNK);
        double time = ready[piece][0]; // when the sum of the ranks so far is there
        for (int rank = 1; rank <= last; rank++) {
          Cluster.Link link = cluster.link(rank - 1, rank);
          up[rank - 1] = Math.max(time, up[rank - 1]) + link.seconds(chunk);
          double arrived = Math.max(up[rank - 1] + link.latency(), ready[piece][rank]);
          adder[rank] = Math.max(arrived, adder[rank]) + chunk * cluster.addSeconds();
          time = adder[rank];
        }
        done[last] = time;
        for (int rank = last - 1; rank >= 0; rank--) {
          Cluster.Link link = cluster.link(rank + 1, rank);
          down[rank + 1] = Math.max(done[rank + 1], down[rank + 1]) + link.seconds(chunk);
          done[rank] = down[rank + 1] + link.latency();
        }
      }
    }
    return done;
  }

  private static void ring(Cluster cluster, double[] time, double floats) {
    int n = time.length;
    double part = floats / n;
    double[] before = new double[n];
    for (int round = 0; round < 2 * (n - 1); round++) {
      System.arraycopy(time, 0, before, 0, n);
      double add = round < n - 1 ? part * cluster.addSeconds() : 0;
      for (int rank = 0; rank < n; rank++) {
        int left = rank == 0 ? n - 1 : rank - 1;
        double arrived = before[left] + hop(cluster, left, rank, part);
        time[rank] = Math.max(before[rank], arrived) + add;
      }
    }
  }

  private static void tree(Cluster cluster, double[] time, double floats) {
    int n = time.length;
    double add = floats * cluster.addSeconds();
    int far = 1;
    for (; far < n; far *= 2) {
      for (int to = 0; to + far < n; to += 2 * far) {
        double arrived = time[to + far] + hop(cluster, to + far, to, floats);
        time[to] = Math.max(time[to], arrived) + add;
      }
    }
    for (far /= 2; far >= 1; far /= 2) {
      for (int from = 0; from + far < n; from += 2 * far) {
        // A parent sends to one child after another, the one with the largest part first.
        time[from + far] = time[from] + hop(cluster, from, from + far, floats);
        time[from] += cluster.link(from, from + far).seconds(floats);
      }
    }
  }

  private static void halve(Cluster cluster, double[] time, double floats, int stride) {
    double part = floats;
    int far = stride;
    for (; far < time.length; far *= 2) {
      part /= 2;
      exchange(cluster, time, part, far, stride, part * cluster.addSeconds());
    }
    for (far /= 2; far >= stride; far /= 2) {
      exchange(cluster, time, part, far, stride, 0);
      part *= 2;
    }
  }

  private static void exchange(
      Cluster cluster, double[] time, double part, int far, int stride, double add) {
    Cluster.Link outside = stride == 1 ? cluster.crowded() : cluster.between();
    for (int low = 0; low < time.length; low += stride) {
      if ((low & far) == 0) {
        Cluster.Link link = far < cluster.perMachine() ? cluster.within() : outside;
        double begin = Math.max(time[low], time[low + far]);
        time[low] = begin + link.latency() + link.seconds(part) + add;
        time[low + far] = time[low];
      }
    }
  }

  /** The first rank of a machine adds one worker's floats after another's. */
  private static void collect(Cluster cluster, double[] time, double floats, int each) {
    for (int rank = 0; rank < time.length; rank++) {
      int first = rank - rank % each;
      if (rank > first) {
        double arrived = time[rank] + hop(cluster, rank, first, floats);
        time[first] = Math.max(time[first], arrived) + floats * cluster.addSeconds();
      }
    }
  }

  private static void handOut(Cluster cluster, double[] time, double floats, int each) {
    for (int rank = 0; rank < time.length; rank++) {
      int first = rank - rank % each;
      if (rank > first) {
        time[rank] = time[first] + hop(cluster, first, rank, floats);
        time[first] += cluster.link(first, rank).seconds(floats);
      }
    }
  }

  private static double hop(Cluster cluster, int from, int to, double floats) {
    Cluster.Link link = cluster.link(from, to);
    return link.latency() + link.seconds(floats);
  }
}
