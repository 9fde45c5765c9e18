package dev.sinter;

import dev.sinter.data.Dataset;
import dev.sinter.data.Stream;
import dev.sinter.errors.InputException;
import org.jspecify.annotations.Nullable;

/**
 * What a call of fit trains on; checked.
 *
 * @param samples to train on
 * @param validation evaluated after epochs, or null
 * @param batchSize of the steps
 */
record FitData(SampleSet samples, @Nullable SampleSet validation, int batchSize) {
  /** Checks a dataset, and splits it where the options say so. */
  static FitData of(CompiledModel model, Dataset data, Fit options) {
    Dataset fitted = data;
    Dataset split = null;
    refuseInGroup(
        options,
        options.validationSplit() > 0,
        "validation split",
        "validationData with a part on each process");
    refuseInGroup(options, options.hasStepsAlone(), "steps per epoch alone", "a batch size too");
    boolean validates = options.validationData() != null || options.validationStream() != null;
    if (!validates && options.validationSplit() > 0) {
      int first = (int) Math.floor(data.size() * (1 - options.validationSplit()));
      fitted = data.take(first);
      split = data.skip(first);
      DataCheck.samples("fit, validation split", split.size());
    }
    model.check("fit", fitted);
    if (!options.classWeight().isEmpty()) {
      fitted = ClassWeights.weigh(fitted, data, options.classWeight(), model.goals());
    }
    SampleSet validation = validation(model, options, split);
    if (split != null) {
      model.adviseOfSplit(fitted, split);
    }
    int batchSize = options.batchSizeFor(fitted.size());
    return new FitData(new DatasetSamples(fitted), validation, batchSize);
  }

  /** Checks how the samples of a stream look. */
  static FitData of(CompiledModel model, Stream data, Fit options) {
    refuseInGroup(options, true, "stream", "a dataset with a part of the rows on each process");
    StreamSamples samples = model.samples("fit", data);
    if (options.validationSplit() > 0) {
      throw InputException.of(
          "fit, validation split",
          "none, as nobody knows which samples of a stream are its last",
          options.validationSplit(),
          "Use Fit.validationData or Fit.validationStream");
    }
    if (!options.classWeight().isEmpty()) {
      samples = ClassWeights.weigh(samples, options.classWeight(), model.goals());
    }
    return new FitData(samples, validation(model, options, null), options.batchSize());
  }

  private static void refuseInGroup(Fit options, boolean has, String what, String instead) {
    if (options.group() != null && has) {
      throw InputException.of("fit, group", "no " + what, what, "Use " + instead);
    }
  }

  private static @Nullable SampleSet validation(
      CompiledModel model, Fit options, @Nullable Dataset split) {
    String where = "fit, validation data";
    long most = options.validationSamples();
    Stream stream = options.validationStream();
    if (stream != null) {
      return model.samples(where, stream.take(most));
    }
    Dataset data = options.validationData() == null ? split : options.validationData();
    if (data == null) {
      return null;
    }
    Dataset part = data.take((int) Math.min(data.size(), most));
    model.check(where, part);
    return new DatasetSamples(part);
  }
}
