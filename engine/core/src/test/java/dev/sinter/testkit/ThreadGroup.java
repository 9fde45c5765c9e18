package dev.sinter.testkit;

import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.RunException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Groups whose processes are threads of this one. */
public final class ThreadGroup implements ProcessGroup {
  private static final int TIMEOUT_SECONDS = 30;

  /** Floats of one process that are being summed. */
  private record Stretch(float[] values, int from, int length) {}

  /** What the members share. */
  private static final class Meeting {
    final Phaser phaser;
    final List<List<Stretch>> begun = new ArrayList<>(); // by rank

    Meeting(int size) {
      phaser = new Phaser(size);
      for (int i = 0; i < size; i++) {
        begun.add(List.of());
      }
    }
  }

  private final Meeting meeting;
  private final int rank;
  private final List<Stretch> own = new ArrayList<>();

  private ThreadGroup(Meeting meeting, int rank) {
    this.meeting = meeting;
    this.rank = rank;
  }

  /** Runs a task on each member of a group, a thread each; returns the results by rank. */
  public static <T> List<T> run(int size, Function<ProcessGroup, T> task) {
    List<T> results = new ArrayList<>();
    for (Object each : outcomes(size, task)) {
      if (each instanceof RuntimeException problem) {
        throw problem;
      }
      @SuppressWarnings("unchecked")
      T result = (T) each;
      results.add(result);
    }
    return results;
  }

  /** Returns the result or the exception of each member, by rank. */
  public static List<Object> outcomes(int size, Function<ProcessGroup, ?> task) {
    Meeting meeting = new Meeting(size);
    ExecutorService threads = Executors.newFixedThreadPool(size);
    try {
      List<Callable<Object>> tasks = new ArrayList<>();
      for (int rank = 0; rank < size; rank++) {
        ThreadGroup group = new ThreadGroup(meeting, rank);
        tasks.add(() -> task.apply(group));
      }
      List<Object> outcomes = new ArrayList<>();
      for (Future<Object> future : threads.invokeAll(tasks)) {
        try {
          outcomes.add(future.get());
        } catch (ExecutionException e) {
          outcomes.add(e.getCause());
        }
      }
      return outcomes;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      threads.shutdownNow();
    }
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return meeting.begun.size();
  }

  @Override
  public String transport() {
    return "threads";
  }

  @Override
  public void begin(float[] values, int from, int length) {
    own.add(new Stretch(values, from, length));
  }

  @Override
  public void await() {
    meeting.begun.set(rank, List.copyOf(own));
    own.clear();
    meet();
    List<float[]> sums = new ArrayList<>();
    for (int i = 0; i < meeting.begun.get(rank).size(); i++) {
      sums.add(sum(i));
    }
    meet();
    for (int i = 0; i < sums.size(); i++) {
      Stretch stretch = meeting.begun.get(rank).get(i);
      System.arraycopy(sums.get(i), 0, stretch.values, stretch.from, stretch.length);
    }
    meet();
  }

  private float[] sum(int index) {
    float[] sum = {};
    for (int i = 0; i < size(); i++) {
      Stretch each = meeting.begun.get(i).get(index);
      float[] values = Arrays.copyOfRange(each.values, each.from, each.from + each.length);
      if (i == 0) {
        sum = values;
      } else if (values.length != sum.length) {
        throw problem("%s floats, received %s of rank %s".formatted(sum.length, values.length, i));
      } else {
        for (int k = 0; k < sum.length; k++) {
          sum[k] += values[k];
        }
      }
    }
    return sum;
  }

  private void meet() {
    try {
      int arrived = meeting.phaser.arrive();
      if (meeting.phaser.awaitAdvanceInterruptibly(arrived, TIMEOUT_SECONDS, TimeUnit.SECONDS)
          < 0) {
        throw problem("all processes");
      }
    } catch (TimeoutException | InterruptedException e) {
      throw problem("all processes");
    }
  }

  private RunException problem(String expected) {
    return RunException.of("group, rank " + rank, expected, "one less", "Start again", null);
  }

  @Override
  public void close() {
    meeting.phaser.forceTermination();
  }
}
