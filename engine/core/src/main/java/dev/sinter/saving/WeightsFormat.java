package dev.sinter.saving;

import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A file format for weights alone. Found by {@link java.util.ServiceLoader}, chosen by the end of a
 * file's name; the rules of {@link ModelFormat} hold. Immutable: any number of threads may use it.
 */
public interface WeightsFormat {
  /** Returns the name for messages and documents, as in "safetensors". */
  String name();

  /** Returns how the names of its files end, as in ".npz"; lower case, the first one preferred. */
  List<String> suffixes();

  /**
   * Reads all arrays by name, in the order of the file.
   *
   * @throws InputException for a file that is missing, damaged, or holds other types
   */
  Map<String, Tensor> read(Path file);

  /**
   * Writes arrays in their order, completely or not at all; replaces an existing file.
   *
   * @param weights by Keras's names, as in {@code dense/kernel}
   */
  void write(Path file, Map<String, Tensor> weights);
}
