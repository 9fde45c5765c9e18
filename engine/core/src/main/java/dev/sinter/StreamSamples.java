package dev.sinter;

import dev.sinter.data.InputScale;
import dev.sinter.data.Sample;
import dev.sinter.data.Stream;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Samples that are read while they are used.
 *
 * @param check of each sample as it is read
 * @param labels check of each label, or null where they are not needed
 * @param classWeights weights by class, or empty
 */
record StreamSamples(
    Stream stream, DataCheck check, @Nullable LabelCheck labels, Map<Integer, Double> classWeights)
    implements SampleSet {
  @Override
  public long size() {
    return stream.size();
  }

  @Override
  public boolean isWeighted() {
    return labels != null && (stream.isWeighted() || !classWeights.isEmpty());
  }

  @Override
  public InputScale inputScale() {
    return stream.inputScale();
  }

  /** Returns the shape of the samples: reading them would take long. */
  @Override
  public String fingerprint() {
    return "stream of %s, windows of %s, inputs * %s + %s%s"
        .formatted(
            Arrays.toString(stream.featureShape()),
            stream.window(),
            stream.inputScale().factor(),
            stream.inputScale().offset(),
            isWeighted() ? ", weights " + new TreeMap<>(classWeights) : "");
  }

  @Override
  public Windows open(Engine engine, int batch, @Nullable Long seed, BooleanSupplier halted) {
    StreamReader reader =
        new StreamReader(check.where(), stream, batch, isWeighted(), this::accept);
    return new StreamWindows(engine, stream, reader, labels != null, seed, halted);
  }

  private void accept(Sample sample, long number) {
    check.sample(sample, number, stream.inputScale(), labels);
    if (!classWeights.isEmpty()) {
      sample.weight(ClassWeights.of(sample.labels(), 0, number, classWeights));
    }
  }
}
