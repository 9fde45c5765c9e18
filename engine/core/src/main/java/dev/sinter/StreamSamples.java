package dev.sinter;

import dev.sinter.data.InputScale;
import dev.sinter.data.Stream;
import java.util.Arrays;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Samples that are read while they are used.
 *
 * @param check of each sample as it is read
 * @param labels check of each label, or null where they are not needed
 */
record StreamSamples(Stream stream, DataCheck check, @Nullable LabelCheck labels)
    implements SampleSet {
  @Override
  public long size() {
    return stream.size();
  }

  @Override
  public boolean isWeighted() {
    return false;
  }

  @Override
  public InputScale inputScale() {
    return stream.inputScale();
  }

  /** Returns the shape of the samples: reading them would take long. */
  @Override
  public String fingerprint() {
    return "stream of %s, windows of %s, inputs * %s + %s"
        .formatted(
            Arrays.toString(stream.featureShape()),
            stream.window(),
            stream.inputScale().factor(),
            stream.inputScale().offset());
  }

  @Override
  public Windows open(Engine engine, int batch, @Nullable Long seed, BooleanSupplier halted) {
    StreamReader reader =
        new StreamReader(
            check.where(), stream, batch, (sample, number) -> check.sample(sample, number, labels));
    return new StreamWindows(engine, stream, reader, labels != null, seed, halted);
  }
}
