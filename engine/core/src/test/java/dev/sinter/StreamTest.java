package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.data.Dataset;
import dev.sinter.data.Sample;
import dev.sinter.data.SampleReader;
import dev.sinter.data.Stream;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.optimizers.Adam;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training, evaluation and prediction on samples that are read meanwhile. */
@Timeout(60)
class StreamTest {
  private static final int N = 50;

  /** The threads that read are gone, and no interrupt is left for other tests. */
  @AfterEach
  void noThreadIsLeft() {
    Thread.interrupted();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .doesNotContain("sinter-stream");
  }

  private static Stream stream(Dataset... parts) {
    return Stream.of(() -> List.of(parts).iterator());
  }

  /** Reads the toy data row by row. */
  private static Stream rows(int n) {
    float[][] x = Toy.x(n);
    int[] y = Toy.y(n);
    return Stream.of(
        Toy.FEATURES,
        1,
        () -> {
          AtomicInteger next = new AtomicInteger();
          return sample -> {
            int row = next.getAndIncrement();
            if (row == n) {
              return false;
            }
            sample.x(x[row]).label(y[row]);
            return true;
          };
        });
  }

  /** Windows of 8, 16 and all samples; batches of 8, of which the last one is partial. */
  @ParameterizedTest
  @ValueSource(ints = {1, 9, 1000})
  void fit_inOrder_isTheDatasetToTheBit(int window) {
    Model expected = Toy.compiled(new Adam());
    History dataset = expected.fit(Toy.data(N), Toy.fit(3).shuffle(false));
    Model model = Toy.compiled(new Adam());
    History history = model.fit(rows(N).window(window), Toy.fit(3).shuffle(false));
    assertThat(model.getWeights()).isEqualTo(expected.getWeights());
    assertThat(history.get("loss")).isEqualTo(dataset.get("loss"));
    assertThat(history.get("accuracy")).isEqualTo(dataset.get("accuracy"));
    assertThat(history.samples()).isEqualTo(N);
    assertThat(history.waitedSeconds()).isBetween(0.0, history.trainSeconds());
    assertThat(model.iterations()).isEqualTo(21);
  }

  /** A window of all samples is shuffled as a dataset is. */
  @Test
  void fit_shuffledInOneWindow_isTheDatasetToTheBit() {
    Model expected = Toy.compiled();
    expected.fit(Toy.data(N), Toy.fit(3));
    Model model = Toy.compiled();
    model.fit(rows(N), Toy.fit(3));
    assertThat(model.getWeights()).isEqualTo(expected.getWeights());
  }

  @Test
  void fit_shuffledInSmallWindows_isReproducibleAndDependsOnTheSeed() {
    List<Tensor> once = shuffled(1, 16);
    assertThat(shuffled(1, 16)).isEqualTo(once);
    assertThat(shuffled(2, 16)).isNotEqualTo(once);
    assertThat(shuffled(1, 24)).isNotEqualTo(once);
  }

  private static List<Tensor> shuffled(long seed, int window) {
    Model model = Toy.compiled().seed(seed);
    model.setWeights(Toy.model().getWeights());
    model.fit(rows(N).window(window), Toy.fit(2));
    return model.getWeights();
  }

  @Test
  void fit_parts_areOneAfterAnother() {
    Dataset all = Toy.data(N);
    Model expected = Toy.compiled();
    expected.fit(all.scale(0.5f), Toy.fit(2).shuffle(false));
    Model model = Toy.compiled();
    Dataset scaled = all.scale(0.5f);
    model.fit(
        stream(scaled.take(13), scaled.skip(13).take(0), scaled.skip(13)).window(16),
        Toy.fit(2).shuffle(false));
    assertThat(model.getWeights()).isEqualTo(expected.getWeights());
  }

  @Test
  void fit_bytesScaled_areTheDatasetToTheBit() {
    byte[] pixels = new byte[N * Toy.FEATURES];
    new java.util.Random(3).nextBytes(pixels);
    Tensor y = Tensor.of(Toy.y(N));
    Dataset data =
        Dataset.of(Tensor.ofBytes(pixels, N, Toy.FEATURES), y).scale(1 / 255f).offset(-0.5f);
    Model expected = Toy.compiled();
    expected.fit(data, Toy.fit(2).shuffle(false));
    Stream stream =
        Stream.ofBytes(
            Toy.FEATURES,
            1,
            () -> {
              int[] row = {0};
              return sample -> {
                if (row[0] == N) {
                  return false;
                }
                System.arraycopy(pixels, row[0] * Toy.FEATURES, sample.bytes(), 0, Toy.FEATURES);
                sample.label(y.get(row[0]++));
                return true;
              };
            });
    Model model = Toy.compiled();
    model.fit(stream.window(8).scale(1 / 255f).offset(-0.5f), Toy.fit(2).shuffle(false));
    assertThat(model.getWeights()).isEqualTo(expected.getWeights());
    Model like = Toy.compiled();
    like.fit(stream.like(data), Toy.fit(2).shuffle(false));
    assertThat(like.getWeights()).isEqualTo(expected.getWeights());
  }

  @ParameterizedTest
  @ValueSource(ints = {3, 1000, 2345})
  void evaluateAndPredict_anyLength_areTheDatasetToTheBit(int n) {
    Model model = Toy.compiled();
    Dataset data = Toy.data(n);
    assertThat(model.evaluate(rows(n).window(1000))).isEqualTo(model.evaluate(data));
    List<Float> outputs = new ArrayList<>();
    model.predict(
        rows(n).window(1000),
        part -> {
          assertThat(part.shape()).hasSize(2).endsWith(Toy.CLASSES);
          for (float value : part.floats()) {
            outputs.add(value);
          }
        });
    float[] expected = model.predict(data).floats();
    assertThat(outputs).hasSize(expected.length);
    for (int i = 0; i < expected.length; i++) {
      assertThat(outputs.get(i)).isEqualTo(expected[i]);
    }
  }

  @Test
  void predict_samplesWithoutLabels_needNone() {
    Model model = Toy.compiled();
    Stream alone = stream(Dataset.of(Tensor.of(Toy.x(5))));
    List<Tensor> outputs = new ArrayList<>();
    model.predict(alone, outputs::add);
    assertThat(outputs).hasSizeGreaterThan(0);
    refused(() -> model.fit(alone, Toy.fit(1)), "label");
  }

  @Test
  void validationStream_eachEpoch_isTheEvaluationOfIts() {
    Model model = Toy.compiled();
    History history =
        model.fit(
            rows(N), Toy.fit(3).validationStream(rows(30)).validationSteps(2).validationFreq(2));
    assertThat(history.get("val_loss").get(0)).isNaN();
    assertThat(history.get("val_loss").get(1)).isFinite();
    assertThat(history.get("val_loss").get(2)).isNaN();
    AtomicInteger opened = new AtomicInteger();
    Stream counted =
        Stream.of(
            () -> {
              opened.incrementAndGet();
              return List.of(Toy.data(30)).iterator();
            });
    model.fit(rows(N), Toy.fit(5).validationStream(counted).validationFreq(List.of(3, 4)));
    assertThat(opened).as("once for its shape, twice to validate").hasValue(3);
    History last = model.fit(rows(N), Toy.fit(1).validationStream(rows(30).take(16)));
    assertThat(last.last("val_loss")).isEqualTo(model.evaluate(Toy.data(16)).loss());
  }

  /**
   * As Keras: the next epoch goes on where the last one ended; a pass that ends, ends its epoch.
   */
  @Test
  void stepsPerEpoch_onAStream_goesOnThroughThePass() {
    Model expected = Toy.compiled();
    expected.fit(Toy.data(48), Toy.fit(1).shuffle(false));
    List<Integer> opened = new ArrayList<>();
    Stream counted =
        Stream.of(
            () -> {
              opened.add(opened.size());
              return List.of(Toy.data(48)).iterator();
            });
    Model model = Toy.compiled();
    History history = model.fit(counted.window(16), Toy.fit(3).stepsPerEpoch(2).shuffle(false));
    assertThat(model.iterations()).isEqualTo(6);
    assertThat(model.getWeights()).isEqualTo(expected.getWeights());
    assertThat(history.samples()).isEqualTo(16);
    History more = model.fit(counted.window(16), Toy.fit(2).stepsPerEpoch(4).shuffle(false));
    assertThat(model.iterations()).as("4 steps, then the 2 that are left").isEqualTo(12);
    assertThat(more.epochs()).hasSize(2);
  }

  @Test
  void endless_withSteps_trains() {
    Stream endless = endless();
    Model model = Toy.compiled();
    model.fit(endless, Toy.fit(3).stepsPerEpoch(5));
    assertThat(model.iterations()).isEqualTo(15);
  }

  private static Stream endless() {
    float[][] x = Toy.x(64);
    int[] y = Toy.y(64);
    return Stream.of(
            Toy.FEATURES,
            1,
            () -> {
              int[] row = {0};
              return sample -> {
                int next = row[0]++ % 64;
                sample.x(x[next]).label(y[next]);
                return true;
              };
            })
        .window(24);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void endless_stoppedFromOutside_ends(boolean interrupted) {
    Model model = Toy.compiled();
    Thread trainer = Thread.currentThread();
    Callback stopper =
        new Callback() {
          @Override
          public void onEpochBegin(Model trained, int epoch) {
            new Thread(interrupted ? trainer::interrupt : model::stopTraining).start();
          }
        };
    History history = model.fit(endless(), Toy.fit(2).callback(stopper));
    assertThat(history.epochs()).containsExactly(0);
  }

  /** A source that takes an interrupt for the end of its samples. */
  @Test
  void source_thatSwallowsAnInterrupt_leavesNoThread() {
    Stream sleepy =
        Stream.of(
            Toy.FEATURES,
            1,
            () ->
                sample -> {
                  try {
                    Thread.sleep(60_000);
                    return true;
                  } catch (InterruptedException e) {
                    return false;
                  }
                });
    Model model = Toy.compiled();
    Thread trainer = Thread.currentThread();
    Callback stopper =
        new Callback() {
          @Override
          public void onEpochBegin(Model trained, int epoch) {
            new Thread(trainer::interrupt).start();
          }
        };
    assertThat(model.fit(sleepy, Toy.fit(1).callback(stopper)).samples()).isZero();
  }

  /** A source that waits for ever: whoever waits for it can be ended. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void silentSource_stoppedFromOutside_ends(boolean interrupted) {
    CountDownLatch reading = new CountDownLatch(1);
    Stream silent =
        Stream.of(
            Toy.FEATURES,
            1,
            () ->
                sample -> {
                  reading.countDown();
                  Thread.sleep(60_000);
                  return false;
                });
    Model model = Toy.compiled();
    Thread trainer = Thread.currentThread();
    Thread other =
        new Thread(
            () -> {
              try {
                reading.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              if (interrupted) {
                trainer.interrupt();
              } else {
                model.stopTraining();
              }
            });
    other.start();
    History history = model.fit(silent, Toy.fit(2));
    assertThat(history.epochs()).containsExactly(0);
    assertThat(Thread.interrupted()).isEqualTo(interrupted);
    if (interrupted) {
      trainer.interrupt();
      assertThatThrownBy(() -> model.evaluate(silent))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("evaluate: expected all samples of the stream");
    }
  }

  private static void refused(Runnable call, String... parts) {
    assertThatThrownBy(call::run).isInstanceOf(InputException.class).hasMessageContainingAll(parts);
  }

  private static Stream failing(int at, SampleReader failure) {
    float[][] x = Toy.x(N);
    return Stream.of(
            Toy.FEATURES,
            1,
            () -> {
              int[] row = {0};
              return sample -> {
                int next = row[0]++;
                if (next == at) {
                  return failure.read(sample);
                }
                sample.x(x[next]).label(0);
                return next < N;
              };
            })
        .window(8);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 29})
  void badSample_anywhere_isNamedByItsNumber(int at) {
    Model model = Toy.compiled();
    Fit fit = Toy.fit(2);
    String sample = "fit, sample " + at;
    refused(
        () ->
            model.fit(
                failing(
                    at,
                    s -> {
                      throw new IOException("the disk is gone");
                    }),
                fit),
        sample + ": expected a sample, received java.io.IOException: the disk is gone",
        "Correct the source");
    refused(
        () -> model.fit(failing(at, s -> s.x(new float[3]) != null), fit),
        sample + ": features: expected 5, received 3");
    refused(
        () -> model.fit(failing(at, s -> s.y(new float[2]) != null), fit),
        sample + ": label columns: expected 1, received 2");
    refused(
        () -> model.fit(failing(at, s -> s.bytes() != null), fit),
        sample + ": Tensor.bytes: expected uint8");
    refused(
        () -> model.fit(failing(at, s -> s.x(new float[] {0, 0, Float.NaN, 0, 0}) != null), fit),
        "fit, x row " + at + ", column 2: expected a finite number, received NaN");
    refused(
        () -> model.fit(failing(at, s -> s.label(3) != null), fit),
        "fit, label " + at + ": expected a class from 0 to 2",
        "received 3");
    refused(() -> model.evaluate(failing(at, s -> s.label(-1) != null)), "evaluate, label " + at);
    refused(
        () -> model.predict(failing(at, s -> s.x(new float[4]) != null), part -> {}),
        "predict, sample " + at);
    refused(
        () ->
            model.fit(
                failing(
                    at,
                    s -> {
                      throw new InterruptedException("by itself");
                    }),
                fit),
        "fit, stream: expected samples, received java.lang.InterruptedException: by itself");
    assertThatThrownBy(
            () ->
                model.fit(
                    failing(
                        at,
                        s -> {
                          throw new StackOverflowError("in the source");
                        }),
                    fit))
        .isInstanceOf(StackOverflowError.class);
  }

  @Test
  void streamThatDoesNotFit_isRefusedBeforeItIsRead() {
    Model model = Toy.compiled();
    Stream wide = Stream.of(6, 1, () -> sample -> fail());
    refused(() -> model.fit(wide, Toy.fit(1)), "samples of 5 features", "received 6");
    Stream labels = Stream.of(5, 2, () -> sample -> fail());
    refused(() -> model.fit(labels, Toy.fit(1)), "label", "2");
    refused(
        () -> model.fit(rows(N), Toy.fit(1).validationSplit(0.5)),
        "fit, validation split",
        "validationStream");
    refused(() -> model.fit(rows(N), Toy.fit(1).validationStream(wide)), "validation data");
    refused(() -> Stream.of(0, 1, () -> sample -> true), "at least 1 feature");
    refused(() -> rows(N).window(0), "Stream.window: expected at least 1 sample");
    refused(() -> rows(N).take(-1), "Stream.take");
    refused(() -> rows(N).scale(Float.NaN), "Stream.scale");
    refused(() -> Stream.of(List.<Dataset>of()::iterator), "at least one dataset");
    refused(
        () ->
            Toy.compiled().fit(Stream.of(1 << 20, 1, () -> s -> true).window(1 << 20), Toy.fit(1)),
        "features");
  }

  private static boolean fail() {
    throw new AssertionError("nothing may be read");
  }

  @Test
  void emptyStream_orOneThatCanBeReadOnce_isExplained() {
    Model model = Toy.compiled();
    Stream empty = Stream.of(Toy.FEATURES, 1, () -> sample -> false);
    refused(() -> model.fit(empty, Toy.fit(1)), "fit, stream: expected at least one sample");
    refused(() -> model.evaluate(empty), "evaluate, stream: expected at least one sample");
    Iterator<Dataset> once = List.of(Toy.data(1), Toy.data(N)).iterator();
    refused(
        () -> model.fit(Stream.of(() -> once), Toy.fit(2)),
        "fit, stream: expected at least one sample",
        "Open the source at its first sample each time");
    Dataset wider = Dataset.of(new float[1][6], new int[1]);
    refused(
        () -> model.fit(stream(Toy.data(8), wider), Toy.fit(1)),
        "fit, sample 8: dataset of a stream: expected float32 features of shape [5]",
        "shape [6]");
  }

  /** A source whose number of samples is known. */
  private record Sized(long size, int rows) implements dev.sinter.data.SampleSource {
    @Override
    public int[] featureShape() {
      return new int[] {Toy.FEATURES};
    }

    @Override
    public int labelColumns() {
      return 1;
    }

    @Override
    public SampleReader open() {
      float[][] x = Toy.x(rows);
      int[] row = {0};
      return sample -> row[0] < rows && sample.x(x[row[0]++]) != null;
    }
  }

  @Test
  void knownSize_thatIsWrong_isRefused() {
    Model model = Toy.compiled();
    refused(
        () -> model.fit(Stream.of(new Sized(20, 19)), Toy.fit(1)),
        "fit, stream: expected 20 samples, as its source says, received 19");
    refused(
        () -> model.fit(Stream.of(new Sized(20, 21)), Toy.fit(1)),
        "fit, sample 20: expected the end after 20 samples");
    History history = model.fit(Stream.of(new Sized(20, 20)).take(9), Toy.fit(1));
    assertThat(history.samples()).isEqualTo(9);
    assertThat(Stream.of(new Sized(20, 20)).take(9).size()).isEqualTo(9);
    assertThat(Stream.of(new Sized(20, 20)).take(30).size()).isEqualTo(20);
    assertThat(rows(N).size()).isEqualTo(-1);
  }

  @Test
  void reader_isClosedAfterEachPassAndOnFailure() {
    AtomicInteger open = new AtomicInteger();
    AtomicInteger opened = new AtomicInteger();
    Stream counted =
        Stream.of(
            Toy.FEATURES,
            1,
            () -> {
              open.incrementAndGet();
              opened.incrementAndGet();
              return new SampleReader() {
                private int left = N;

                @Override
                public boolean read(Sample next) {
                  next.label(left == 20 && opened.get() == 4 ? Float.NaN : 0);
                  return left-- > 0;
                }

                @Override
                public void close() {
                  open.decrementAndGet();
                }
              };
            });
    Model model = Toy.compiled();
    model.fit(counted, Toy.fit(3));
    assertThat(opened).as("none is opened for an epoch that does not come").hasValue(3);
    assertThat(open).hasValue(0);
    refused(() -> model.fit(counted, Toy.fit(3)), "y row " + (N - 20));
    assertThat(open).hasValue(0);
  }

  /** A stopped training goes on within an epoch, in the midst of a window. */
  @ParameterizedTest
  @CsvSource({"0, true", "0, false", "3, false"})
  void resume_fromWithinAnEpoch_isAsIfNeverStopped(
      int stepsPerEpoch, boolean shuffle, @TempDir Path folder) {
    Fit plan = Toy.fit(4).shuffle(shuffle);
    Fit fit = stepsPerEpoch == 0 ? plan : plan.stepsPerEpoch(stepsPerEpoch);
    Model expected = Toy.compiled(new Adam());
    History whole = expected.fit(rows(N).window(16), fit);
    Model stopped = Toy.compiled(new Adam());
    Callback stopper =
        new Callback() {
          @Override
          public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
            if (model.iterations() == 8) {
              model.stopTraining();
            }
          }
        };
    Checkpoint every = Checkpoint.in(folder).every(2, Checkpoint.Unit.STEPS);
    stopped.fit(rows(N).window(16), fit.checkpoint(every).callback(stopper));
    assertThat(stopped.iterations()).isEqualTo(8);
    Model resumed = Toy.compiled(new Adam());
    History history = resumed.fit(rows(N).window(16), fit.resume(folder));
    assertThat(resumed.getWeights()).isEqualTo(expected.getWeights());
    assertThat(history.get("loss")).isEqualTo(whole.get("loss"));
    refused(
        () -> Toy.compiled(new Adam()).fit(rows(5).window(16), fit.resume(folder)),
        "resume: expected the samples of the training that was stopped");
    refused(
        () -> Toy.compiled(new Adam()).fit(rows(N).window(8), fit.resume(folder)), "windows of 16");
  }

  /** An epoch may be longer than the one before; the steps are known once it has ended. */
  @Test
  void progress_lengthUnknown_isKnownAtTheEndOfAnEpoch() {
    AtomicInteger epoch = new AtomicInteger();
    Stream growing =
        Stream.of(() -> List.of(Toy.data(8 + 16 * epoch.getAndIncrement())).iterator()).window(8);
    List<String> steps = new ArrayList<>();
    Callback watch =
        new Callback() {
          @Override
          public void onProgress(Model model, dev.sinter.report.Progress progress) {
            steps.add(progress.step() + "/" + progress.steps());
          }

          @Override
          public boolean wantsProgress() {
            return true;
          }
        };
    Toy.compiled().fit(growing, Toy.fit(2).verbose("2").callback(watch));
    assertThat(steps).first().isIn("1/0", "3/3");
    assertThat(steps).contains("3/3").last().isEqualTo("5/5");
    assertThat(steps).doesNotContain("4/3", "5/3");
  }

  @Test
  void weights_ofSamplesOrClasses_areThoseOfTheDataset() {
    float[] weights = new float[N];
    for (int i = 0; i < N; i++) {
      weights[i] = i % 4;
    }
    Dataset data = Toy.data(N).weights(weights);
    Fit fit = Toy.fit(2).shuffle(false);
    Model expected = Toy.compiled();
    expected.fit(data, fit);
    Model parts = Toy.compiled();
    History history =
        parts.fit(
            stream(data.take(20), data.skip(20)).window(16), fit.validationStream(stream(data)));
    assertThat(parts.getWeights()).isEqualTo(expected.getWeights());
    assertThat(history.last("val_loss")).isEqualTo(expected.evaluate(data).loss());
    float[][] x = Toy.x(N);
    int[] y = Toy.y(N);
    Stream rows =
        Stream.of(
                Toy.FEATURES,
                1,
                () -> {
                  int[] row = {0};
                  return sample -> {
                    int next = row[0]++;
                    return next < N
                        && sample.x(x[next]).label(y[next]).weight(weights[next]) != null;
                  };
                })
            .window(8);
    Model own = Toy.compiled();
    own.fit(rows.weighted(), fit);
    assertThat(own.getWeights()).isEqualTo(expected.getWeights());
    assertThat(own.evaluate(rows.weighted())).isEqualTo(own.evaluate(data));
    refused(() -> own.fit(rows, fit), "fit, sample 0: expected no weight", "weighted()");

    Map<Integer, Double> classes = Map.of(0, 2.0, 2, 0.5);
    Model byClass = Toy.compiled();
    byClass.fit(Toy.data(N), fit.classWeight(classes));
    Model streamed = Toy.compiled();
    streamed.fit(rows(N).window(16), fit.classWeight(classes));
    assertThat(streamed.getWeights()).isEqualTo(byClass.getWeights());
    refused(() -> own.fit(rows.weighted(), fit.classWeight(classes)), "Use one of the two");
    refused(
        () -> own.fit(failing(7, s -> s.weight(-1) != null).weighted(), fit),
        "fit, sample 7: weight: expected a finite number of at least 0");
    refused(
        () -> own.fit(stream(data, Toy.data(3)), fit),
        "fit, sample " + N + ": dataset of a stream",
        "no weights");
  }

  /** Never more is read than two windows, the sample after them, and what was trained on. */
  @Test
  void buffers_whileTraining_areTwo() {
    AtomicInteger read = new AtomicInteger();
    Stream counted =
        Stream.of(
                Toy.FEATURES,
                1,
                () ->
                    sample -> {
                      sample.label(0);
                      return read.incrementAndGet() <= 1000;
                    })
            .window(40);
    List<Integer> ahead = new ArrayList<>();
    Callback watch =
        new Callback() {
          @Override
          public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
            ahead.add(read.get() - 8 * (batch + 1));
          }
        };
    Toy.compiled().fit(counted, Toy.fit(1).callback(watch));
    assertThat(ahead).hasSize(125).allMatch(samples -> samples <= 2 * 40 + 1);
  }
}
