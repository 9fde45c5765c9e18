package dev.sinter.cli;

import dev.sinter.Model;
import dev.sinter.backend.Backend;
import dev.sinter.recipes.RecipeData;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a training needs: natives take as long to load as data takes to be read, so that a thread of
 * its own reads the data meanwhile.
 *
 * @param backend of the model
 * @param seconds the time that opening the backend took
 * @param data of the training
 */
record Opening(Backend backend, double seconds, RecipeData data) {

  /**
   * Opens the model's backend, sets its initial weights and reads the data.
   *
   * @throws RuntimeException why the backend cannot be opened or the weights cannot be set, without
   *     waiting for the data; else why the data cannot be read
   */
  static Opening of(Model model, Consumer<Model> initialize, Supplier<RecipeData> source)
      throws InterruptedException {
    FutureTask<RecipeData> reading = new FutureTask<>(source::get);
    Thread thread = new Thread(reading, "sinter-data");
    thread.setDaemon(true); // a refused command ends while it reads
    thread.start();
    long start = System.nanoTime();
    Backend backend = model.openBackend();
    double seconds = (System.nanoTime() - start) / 1e9;
    initialize.accept(model);
    return new Opening(backend, seconds, result(reading));
  }

  private static RecipeData result(FutureTask<RecipeData> reading) throws InterruptedException {
    try {
      return reading.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error problem) {
        throw problem;
      }
      throw (RuntimeException) e.getCause(); // a supplier throws nothing else
    }
  }
}
