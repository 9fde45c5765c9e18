package dev.sinter.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WorkersTest {
  @ParameterizedTest
  @CsvSource({"1,1", "1,4", "7,1", "7,3", "3,7", "100,4"})
  void run_anyCounts_eachTaskOnce(int count, int threads) {
    AtomicIntegerArray runs = new AtomicIntegerArray(count);
    Workers.run(count, threads, runs::incrementAndGet);
    for (int i = 0; i < count; i++) {
      assertThat(runs.get(i)).as("task %d", i).isEqualTo(1);
    }
  }

  @Test
  void run_asManyThreadsAsTasks_runsThemAtOnce() {
    CountDownLatch all = new CountDownLatch(3);
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Workers.run(
        3,
        3,
        task -> {
          threads.add(Thread.currentThread());
          all.countDown();
          try {
            all.await(); // passes only if the others have begun
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    assertThat(threads).hasSize(3).contains(Thread.currentThread());
  }

  @Test
  void run_failingTask_throwsAfterTheOthersEnded() {
    for (int failing = 0; failing < 4; failing++) {
      int bad = failing;
      assertThatThrownBy(
              () ->
                  Workers.run(
                      4,
                      2,
                      task -> {
                        if (task == bad) {
                          throw new IllegalArgumentException("task " + task);
                        }
                      }))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("task " + bad);
    }
  }

  @Test
  void run_interrupted_endsAllTasksAndStaysInterrupted() {
    AtomicIntegerArray runs = new AtomicIntegerArray(8);
    Thread.currentThread().interrupt();
    Workers.run(8, 2, runs::incrementAndGet);
    assertThat(Thread.interrupted()).isTrue();
    for (int i = 0; i < 8; i++) {
      assertThat(runs.get(i)).isEqualTo(1);
    }
  }
}
