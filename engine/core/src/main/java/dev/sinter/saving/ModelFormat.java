package dev.sinter.saving;

import dev.sinter.errors.InputException;
import java.nio.file.Path;
import java.util.List;

/**
 * A file format for whole models. Found by {@link java.util.ServiceLoader}, chosen by the end of a
 * file's name. Immutable: any number of threads may use it.
 *
 * <p>A reader takes files from anywhere: it checks declared sizes before it takes memory, follows
 * no link out of the file, and ends in bounded time. Whatever is wrong with a file is an {@link
 * InputException} of one sentence that names the file, and the layer or array within.
 */
public interface ModelFormat {
  /** Returns the name for messages and documents, as in "Keras 3". */
  String name();

  /**
   * Returns how the names of its files end, as in ".keras"; lower case, the first one preferred.
   */
  List<String> suffixes();

  /**
   * Reads a model.
   *
   * @throws InputException for a file that is missing, damaged, or holds what Sinter lacks
   */
  SavedModel read(Path file);

  /**
   * Writes a model, completely or not at all; replaces an existing file. What the format cannot
   * hold (a training's progress, say) is left out; what the model cannot be used without is
   * refused.
   *
   * @throws InputException for a layer that the format lacks, by name
   * @throws dev.sinter.errors.RunException when writing fails
   */
  void write(Path file, SavedModel model);
}
