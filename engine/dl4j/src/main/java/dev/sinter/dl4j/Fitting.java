package dev.sinter.dl4j;

import dev.sinter.backend.Backend;
import dev.sinter.errors.InputException;
import dev.sinter.losses.CrossEntropy;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Updater;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * One call of fit: epochs of an iterator, in windows of batches. Whatever ends it, the network has
 * what the steps so far made of it. Used by one thread at a time.
 */
final class Fitting implements AutoCloseable {
  /** Features in a window: 32 MB, which at most one batch exceeds. */
  static final int WINDOW_FLOATS = 8 << 20;

  /** Features that may stay on a device from epoch to epoch: 256 MB. */
  private static final int MAX_WINDOWS = 8;

  private final MultiLayerNetwork network;
  private final DataSetIterator iterator;
  private final int windowFloats;
  private final Dl4jNetwork description;
  private final FlatLayout layout;
  private final TrainingSession session;
  private final List<Window> windows = new ArrayList<>();
  private int iteration;
  private int epoch;
  private double penalty; // of the parameters, when it was last asked for
  private double score;
  private boolean given = true; // whether the network has what the session has

  /**
   * Takes over a network.
   *
   * @param windowFloats of features in a window
   */
  Fitting(
      MultiLayerNetwork network,
      DataSetIterator iterator,
      Dl4jNetwork description,
      Backend backend,
      int windowFloats) {
    this.windowFloats = windowFloats;
    this.network = network;
    this.iterator = iterator;
    this.description = description;
    this.layout = new FlatLayout(description.layers());
    this.iteration = network.getIterationCount();
    this.epoch = network.getEpochCount();
    this.score = network.score();
    this.session = new TrainingSession(description, backend);
    try {
      session.write(NativeFloats.of(network.params()), state());
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  private float[] state() {
    Updater updater = network.getUpdater();
    INDArray view = updater.getStateViewArray();
    float[] state = view == null ? new float[0] : NativeFloats.of(view);
    int slots = description.optimizer(iteration, epoch).rule().slots().size();
    if (state.length != slots * layout.size()) {
      throw InputException.of(
          "network, updater",
          "a state of " + slots * layout.size() + " numbers",
          state.length,
          "Give the network the updater of its configuration");
    }
    return state;
  }

  /** Trains on what the iterator has, in order, as DL4J's fit(iterator) does. */
  void epoch() {
    List<TrainingListener> listeners = List.copyOf(network.getListeners());
    listeners.forEach(listener -> listener.onEpochStart(network));
    if (!iterator.hasNext() && iterator.resetSupported()) {
      iterator.reset();
    }
    penalty = description.isPenalized() ? layout.penalty(session.parameters()) : 0;
    int batch = 0;
    boolean last = false;
    for (int index = 0; !last; index++) {
      Window window = window(index);
      window.fill(iterator, batch);
      if (window.hasChanged() || !session.keeps(window)) {
        session.drop(window);
      }
      last = window.isLast();
      train(window, listeners);
      batch += window.batches();
    }
    giveBack();
    listeners.forEach(listener -> listener.onEpochEnd(network));
    network.incrementEpochCount();
    epoch = network.getEpochCount();
  }

  /** Returns the window of a place in the epoch; all have the same where nothing is kept. */
  private Window window(int index) {
    boolean keeps = !windows.isEmpty() && session.keeps(windows.get(0));
    int place = keeps ? Math.min(index, MAX_WINDOWS - 1) : 0;
    if (place == windows.size()) {
      windows.add(
          new Window(
              layout.layers().get(0).inputs(),
              description.last().units(),
              description.loss() instanceof CrossEntropy,
              windowFloats));
    }
    return windows.get(place);
  }

  private void train(Window window, List<TrainingListener> listeners) {
    boolean single = window.isLast() && description.isPenalized(); // for an exact score
    int row = 0;
    for (int batch = 0; batch < window.batches(); ) {
      int size = window.size(batch);
      double rate = rate(iteration);
      int end = batch + 1;
      int stop = single && end < window.batches() ? window.batches() - 1 : window.batches();
      while (end < stop && window.size(end) == size && rate(iteration + end - batch) == rate) {
        end++;
      }
      if (single && end == window.batches()) {
        penalty = layout.penalty(session.parameters());
      }
      int steps = end - batch;
      float[] losses = session.run(window, row, size, steps, iteration, rate);
      for (int step = 0; step < steps; step++) {
        score = losses[step] / size + penalty;
        if (!listeners.isEmpty()) {
          tell(listeners, iteration + step);
        }
      }
      iteration += steps;
      given = false;
      row += steps * size;
      batch = end;
    }
  }

  private void tell(List<TrainingListener> listeners, int done) {
    network.setIterationCount(done);
    network.setScore(score);
    for (TrainingListener listener : listeners) {
      listener.iterationDone(network, done, epoch);
    }
  }

  private double rate(int at) {
    return description.optimizer(at, epoch).learningRate();
  }

  /** Gives the network parameters, state, counts and score. */
  private void giveBack() {
    if (given) {
      return;
    }
    NativeFloats.write(session.parameters(), network.params());
    float[] state = session.state();
    if (state.length > 0) {
      NativeFloats.write(state, network.getUpdater().getStateViewArray());
    }
    network.setIterationCount(iteration);
    network.setScore(score);
    given = true;
  }

  @Override
  public void close() {
    try (session) {
      giveBack();
    }
  }
}
