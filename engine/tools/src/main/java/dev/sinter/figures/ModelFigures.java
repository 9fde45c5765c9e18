package dev.sinter.figures;

import dev.sinter.Model;
import dev.sinter.ModelLayer;
import dev.sinter.data.Dataset;
import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * All figures of a model on its data, by file name.
 *
 * <p>{@code samples.png}, {@code predictions.png}, {@code mistakes.png}, {@code sample-N.png} show
 * images; {@code confusion.png}, {@code accuracy-by-label.png} and one {@code weights-LAYER.png}
 * per dense layer do not. Omitted are images of samples without a layout, the single sample for
 * more than 100 classes, and the confusion matrix for more than 1000. Where numbers are predicted,
 * {@code predicted.png} shows them over the labels, in place of all that shows classes. Samples are
 * chosen at random, but the same ones each time. A figure is drawn only when its supplier is
 * called. The model predicts once, at the start, and may be closed afterwards.
 */
public final class ModelFigures {
  private static final int SHOWN = 64;
  private static final long SEED = 1;

  /**
   * The data for the figures of a model.
   *
   * @param run its name, for the titles
   * @param train samples with labels, prepared for the model
   * @param test samples with labels for evaluating the model; null for the training samples
   * @param layout of the samples as images; null if they are not images
   * @param sample index of the test sample drawn with its probabilities
   * @param classes the names of the classes; empty if they are called by their numbers
   * @param numbers whether a number is predicted, not a class
   */
  public record Subject(
      String run,
      Dataset train,
      Dataset test,
      ImageLayout layout,
      int sample,
      List<String> classes,
      boolean numbers) {
    /** Creates a subject of classes that are called by their numbers. */
    public Subject(String run, Dataset train, Dataset test, ImageLayout layout, int sample) {
      this(run, train, test, layout, sample, List.of(), false);
    }

    Dataset judged() {
      return test == null ? train : test;
    }

    String judgedName() {
      return test == null ? "training" : "test";
    }
  }

  private ModelFigures() {}

  /**
   * Predicts, and returns the figures in the order of the class comment.
   *
   * @throws InputException if the layout does not fit the data, or there is no sample of that index
   */
  public static Map<String, Supplier<BufferedImage>> of(Model model, Subject subject) {
    Dataset judged = subject.judged();
    if (subject.sample() < 0 || subject.sample() >= judged.size()) {
      throw new InputException(
          "sample: expected 0 to %s, an index into the %s set, received %s. Choose another sample."
              .formatted(judged.size() - 1, subject.judgedName(), subject.sample()));
    }
    Map<String, Supplier<BufferedImage>> figures = new LinkedHashMap<>();
    Tensor outputs = model.predict(judged);
    String run = subject.run() + ", " + subject.judgedName() + " set";
    if (subject.numbers()) {
      figures.put("predicted.png", () -> PredictedNumbers.of(run, outputs, judged.y()));
    } else if (subject.classes().isEmpty() || Predictions.areProbabilities(outputs)) {
      Predictions predictions = Predictions.of(outputs, Predictions.labels(judged.y()));
      addClasses(figures, subject, predictions.named(subject.classes()), run);
    }
    addWeights(figures, model, subject);
    return figures;
  }

  private static void addClasses(
      Map<String, Supplier<BufferedImage>> figures,
      Subject subject,
      Predictions predictions,
      String run) {
    if (subject.layout() != null) {
      addPictures(figures, subject, predictions);
    }
    if (predictions.classes() <= ConfusionMatrix.MAX_CLASSES) {
      figures.put("confusion.png", () -> ConfusionMatrix.of(run, predictions));
    }
    figures.put("accuracy-by-label.png", () -> LabelAccuracy.of(run, predictions));
  }

  private static void addPictures(
      Map<String, Supplier<BufferedImage>> figures, Subject subject, Predictions predictions) {
    ImageLayout layout = subject.layout();
    Dataset judged = subject.judged();
    String run = subject.run() + ", " + subject.judgedName() + " set";
    figures.put(
        "samples.png",
        () -> {
          Dataset train = subject.train();
          int[] chosen = chosen(train.size());
          int[] labels = Predictions.labels(train.y());
          return DigitGrid.samples(
              subject.run() + ", training set",
              rows(train, chosen),
              layout,
              IntStream.of(chosen).mapToObj(i -> predictions.name(labels[i])).toList());
        });
    figures.put(
        "predictions.png",
        () -> {
          int[] chosen = chosen(judged.size());
          return DigitGrid.predictions(
              run, rows(judged, chosen), layout, predictions.choose(chosen));
        });
    figures.put(
        "mistakes.png",
        () -> {
          int[] all = IntStream.range(0, judged.size()).toArray();
          return DigitGrid.mistakes(run, rows(judged, all), layout, predictions);
        });
    if (predictions.classes() > DigitProbabilities.MAX_CLASSES) {
      return;
    }
    int[] one = {subject.sample()};
    figures.put(
        "sample-" + subject.sample() + ".png",
        () ->
            DigitProbabilities.of(
                subject.run(),
                subject.judgedName() + " sample " + subject.sample(),
                rows(judged, one),
                layout,
                predictions.choose(one)));
  }

  /**
   * Adds the weights: as images for the first layer, as strips for the others, whose inputs are
   * neurons.
   */
  private static void addWeights(
      Map<String, Supplier<BufferedImage>> figures, Model model, Subject subject) {
    boolean ofPixels = subject.layout() != null;
    for (ModelLayer layer : model.layers()) {
      List<Tensor> weights = layer.getWeights();
      if (weights.isEmpty() || weights.get(0).rank() == 1) {
        continue; // it changes the numbers one by one
      }
      Tensor kernel = weights.get(0);
      String name = layer.name();
      String legal = name.replaceAll("[^\\p{L}\\p{N}_.-]", "_"); // users name layers
      ImageLayout layout = ofPixels ? layout(kernel, subject.layout()) : null;
      ofPixels = false;
      Tensor matrix =
          kernel.rank() == 4 // windows [height, width, channels, filters]
              ? kernel.reshape(kernel.size() / kernel.dimension(3), kernel.dimension(3))
              : kernel;
      if (matrix.rank() == 2) {
        figures.put(
            "weights-" + legal + ".png",
            layout != null
                ? () -> WeightGrid.pictures(subject.run(), name, matrix, layout)
                : () -> WeightGrid.strips(subject.run(), name, matrix));
      }
    }
  }

  /** Returns how the weights of a neuron of the first layer form an image; null if they do not. */
  private static ImageLayout layout(Tensor kernel, ImageLayout ofSamples) {
    boolean windows = kernel.rank() == 4;
    if (windows && kernel.dimension(2) == 1) {
      return ImageLayout.byRows(kernel.dimension(0), kernel.dimension(1));
    }
    return windows ? null : ofSamples;
  }

  /** Returns up to 64 indices below a size, in random order; if it is small, all in order. */
  static int[] chosen(int size) {
    if (size <= SHOWN) {
      return IntStream.range(0, size).toArray();
    }
    return new Random(SEED).ints(0, size).distinct().limit(SHOWN).toArray();
  }

  /** Returns samples as vectors, unscaled; an image shows its own range. */
  private static Tensor rows(Dataset data, int[] chosen) {
    int first = data.firstRow();
    int[] source = IntStream.of(chosen).map(i -> first + i).toArray();
    Tensor rows = data.source().rows(source);
    return rows.reshape(chosen.length, rows.rowSize());
  }
}
