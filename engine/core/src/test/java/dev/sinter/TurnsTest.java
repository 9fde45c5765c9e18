package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who waits, who passes and who is refused. */
@Timeout(60)
class TurnsTest {
  private final Turns turns = new Turns("toy");

  /** Starts a call in another thread and returns when it waits. */
  private FutureTask<String> waiting() {
    FutureTask<String> call = new FutureTask<>(() -> turns.take("predict", () -> "done"));
    Thread thread = new Thread(call, "waiter");
    thread.start();
    while (thread.getState() != Thread.State.WAITING) {
      assertThat(call).as("the call that should wait").isNotDone();
      Thread.onSpinWait();
    }
    return call;
  }

  @Test
  void call_whileAnotherIsUnderWay_waitsForItsEnd() throws Exception {
    FutureTask<String> call = turns.take("evaluate", this::waiting);
    assertThat(call.get(30, TimeUnit.SECONDS)).isEqualTo("done");
  }

  @Test
  void call_thatWaitsWhenATrainingBegins_isRefused() {
    turns.take(
        "fit",
        () -> {
          FutureTask<String> call = waiting();
          turns.training(true);
          assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS))
              .isInstanceOf(ExecutionException.class)
              .hasCauseInstanceOf(InputException.class)
              .hasMessageContaining(
                  "predict, model toy: expected a model that no other thread trains, received a call"
                      + " from thread waiter while thread "
                      + Thread.currentThread().getName()
                      + " is in fit. Use a Predictor");
          turns.training(false);
        });
  }

  @Test
  void call_withinACallOrAfterAFailure_passes() {
    assertThat(turns.take("fit", () -> turns.take("predict", () -> 7))).isEqualTo(7);
    assertThatThrownBy(
            () ->
                turns.take(
                    "fit",
                    () -> {
                      throw new IllegalStateException("mine");
                    }))
        .hasMessage("mine");
    assertThat(turns.isMine()).isFalse();
    assertThat(turns.take("predict", () -> 8)).isEqualTo(8);
  }

  /** Not atomic by itself: lost additions show two calls at once. */
  @Test
  void calls_ofManyThreads_runOneAtATime() throws Exception {
    int[] sum = new int[1];
    AtomicInteger inside = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      Runnable adding =
          () -> {
            for (int i = 0; i < 5000; i++) {
              turns.take(
                  "add",
                  () -> {
                    assertThat(inside.incrementAndGet()).isEqualTo(1);
                    sum[0]++;
                    inside.decrementAndGet();
                  });
            }
          };
      Future<?>[] all = new Future<?>[4];
      for (int i = 0; i < all.length; i++) {
        all[i] = threads.submit(adding);
      }
      for (Future<?> one : all) {
        one.get(30, TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(sum[0]).isEqualTo(20_000);
  }
}
