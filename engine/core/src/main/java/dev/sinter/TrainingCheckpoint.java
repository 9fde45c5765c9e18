package dev.sinter;

import dev.sinter.data.InputScale;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.program.State;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All that a training needs to go on as if it had never stopped. As a file it is an .npz: an array
 * an entry, and a text of properties in {@link #TEXT}.
 *
 * @param training what must be the same in a training that goes on: data, network, batch size, ...
 * @param backend where the numbers were computed
 * @param blocks the arrays by block and name
 * @param iterations see {@link TrainingState}
 * @param shuffles the number of the next epoch's shuffle
 * @param learningRate of the next step
 * @param seed of shuffles and random operations
 * @param inputScale of the training data
 * @param place where in its epochs the training is
 * @param history of the epochs that were run
 * @param callbacks their states, by class, in the order of the callbacks
 */
record TrainingCheckpoint(
    Map<String, String> training,
    String backend,
    Map<State.Block, Map<String, Tensor>> blocks,
    long iterations,
    int shuffles,
    double learningRate,
    long seed,
    @Nullable InputScale inputScale,
    Place place,
    History.Record history,
    List<OfCallback> callbacks) {
  /** The blocks that a training needs. Gradients are computed anew. */
  static final List<State.Block> BLOCKS =
      List.of(State.Block.TRAINABLE, State.Block.TRACKED, State.Block.SLOTS);

  private static final String TEXT = "checkpoint";
  private static final String CALLBACK = "callback.";
  private static final int FORMAT = 1;

  /** The state of a callback. */
  record OfCallback(String type, CallbackState state) {}

  /**
   * Where in its epochs a training is.
   *
   * @param epoch that is under way, or comes next
   * @param within whether it is under way; the numbers of the epoch are 0 otherwise
   * @param shuffle the number of the shuffle of the pass over the samples
   * @param row samples of the pass done; 0 before a pass
   * @param samples of the epoch done: the row, unless an epoch is a part of a pass
   * @param step steps done
   * @param sums of the results so far
   * @param seconds taken so far
   * @param stopped whether a callback has ended the training
   */
  record Place(
      int epoch,
      boolean within,
      int shuffle,
      long row,
      long samples,
      int step,
      List<Double> sums,
      double seconds,
      boolean stopped) {
    /** Between two epochs. */
    static Place before(int epoch, SampleCursor.Passed passed, boolean stopped) {
      return new Place(epoch, false, passed.shuffle(), passed.row(), 0, 0, List.of(), 0, stopped);
    }

    /** Within an epoch. */
    static Place within(
        int epoch, SampleCursor.Passed passed, int step, StepResults totals, double seconds) {
      return new Place(
          epoch,
          true,
          passed.shuffle(),
          passed.row(),
          totals.samples(),
          step,
          totals.sums(),
          seconds,
          false);
    }
  }

  /** Returns the arrays of the file. */
  Map<String, Tensor> arrays() {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    byte[] text = text().getBytes(StandardCharsets.UTF_8);
    arrays.put(TEXT, Tensor.ofBytes(text, text.length));
    blocks.forEach(
        (block, values) ->
            values.forEach((name, value) -> arrays.put(prefix(block) + name, value)));
    for (int i = 0; i < callbacks.size(); i++) {
      String prefix = CALLBACK + i + "/";
      callbacks.get(i).state.arrays().forEach((name, value) -> arrays.put(prefix + name, value));
    }
    return arrays;
  }

  /** Returns whether all numbers are finite: nothing goes on from others. */
  boolean isFinite() {
    for (Map<String, Tensor> block : blocks.values()) {
      for (Tensor array : block.values()) {
        for (int i = 0; i < array.size(); i++) {
          if (!Float.isFinite(array.get(i))) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static String prefix(State.Block block) {
    return block.name().toLowerCase(Locale.ROOT) + "/";
  }

  private String text() {
    Properties text = new Properties();
    text.setProperty("format", "" + FORMAT);
    training.forEach((name, value) -> text.setProperty("training." + name, value));
    text.setProperty("backend", backend);
    text.setProperty("iterations", "" + iterations);
    text.setProperty("shuffles", "" + shuffles);
    text.setProperty("learning_rate", "" + learningRate);
    text.setProperty("seed", "" + seed);
    if (inputScale != null) {
      text.setProperty("input_factor", "" + inputScale.factor());
      text.setProperty("input_offset", "" + inputScale.offset());
    }
    text.setProperty("epoch", "" + place.epoch);
    text.setProperty("within", "" + place.within);
    text.setProperty("shuffle", "" + place.shuffle);
    text.setProperty("row", "" + place.row);
    text.setProperty("samples", "" + place.samples);
    text.setProperty("step", "" + place.step);
    text.setProperty("sums", joined(place.sums));
    text.setProperty("seconds", "" + place.seconds);
    text.setProperty("stopped", "" + place.stopped);
    text.setProperty("history.epochs", joined(history.epochs()));
    text.setProperty("history.seconds", joined(history.seconds()));
    text.setProperty("history.trained", "" + history.trained());
    history.series().forEach((name, values) -> text.setProperty("series." + name, joined(values)));
    for (int i = 0; i < callbacks.size(); i++) {
      String prefix = CALLBACK + i + ".";
      text.setProperty(prefix + "type", callbacks.get(i).type);
      callbacks
          .get(i)
          .state
          .values()
          .forEach((name, value) -> text.setProperty(prefix + "value." + name, value));
    }
    StringWriter out = new StringWriter();
    try {
      text.store(out, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter throws none
    }
    // Without the comment, which is the time; sorted, so that equal states give equal files.
    return out.toString()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .sorted()
        .collect(Collectors.joining("\n", "", "\n"));
  }

  private static String joined(List<? extends Number> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  /**
   * Reads the arrays of a file.
   *
   * @throws InputException when something is missing or malformed
   */
  static TrainingCheckpoint of(String where, Map<String, Tensor> arrays) {
    Tensor bytes = arrays.get(TEXT);
    if (bytes == null || bytes.type() != Tensor.Type.UINT8) {
      throw damaged(where, "an array \"" + TEXT + "\" of bytes", "none", null);
    }
    try {
      Properties text = new Properties();
      text.load(new StringReader(new String(bytes.bytes(), StandardCharsets.UTF_8)));
      return new Reader(where, text, arrays).read();
    } catch (IOException | IllegalArgumentException | ArithmeticException malformed) {
      throw damaged(where, "numbers and texts of a checkpoint", malformed.getMessage(), malformed);
    }
  }

  private static InputException damaged(
      String where, String expected, @Nullable Object received, @Nullable Throwable cause) {
    return InputException.of(
        where, expected, received, "Remove the file: the one before is used then", cause);
  }

  /** Reads texts and arrays. */
  private record Reader(String where, Properties text, Map<String, Tensor> arrays) {
    TrainingCheckpoint read() {
      if (integer("format") != FORMAT) {
        throw InputException.of(
            where, "format " + FORMAT, integer("format"), "Use the Sinter that wrote it");
      }
      Map<State.Block, Map<String, Tensor>> blocks = new LinkedHashMap<>();
      BLOCKS.forEach(block -> blocks.put(block, under(prefix(block))));
      String factor = text.getProperty("input_factor");
      InputScale scale =
          factor == null
              ? null
              : new InputScale(Float.parseFloat(factor), Float.parseFloat(get("input_offset")));
      Place place =
          new Place(
              integer("epoch"),
              Boolean.parseBoolean(get("within")),
              integer("shuffle"),
              count("row"),
              text.containsKey("samples") ? count("samples") : count("row"), // absent once
              integer("step"),
              decimals("sums"),
              decimal("seconds"),
              Boolean.parseBoolean(get("stopped")));
      return new TrainingCheckpoint(
          texts("training."),
          get("backend"),
          blocks,
          Long.parseLong(get("iterations")),
          integer("shuffles"),
          learningRate(),
          Long.parseLong(get("seed")),
          scale,
          place,
          history(),
          callbacks());
    }

    private History.Record history() {
      Map<String, List<Double>> series = new LinkedHashMap<>();
      texts("series.").keySet().forEach(name -> series.put(name, decimals("series." + name)));
      List<Integer> epochs =
          decimals("history.epochs").stream().map(value -> (int) Math.rint(value)).toList();
      return new History.Record(
          epochs, decimals("history.seconds"), series, Long.parseLong(get("history.trained")));
    }

    private List<OfCallback> callbacks() {
      List<OfCallback> callbacks = new ArrayList<>();
      for (int i = 0; text.containsKey(CALLBACK + i + ".type"); i++) {
        CallbackState state =
            new CallbackState(texts(CALLBACK + i + ".value."), under(CALLBACK + i + "/"));
        callbacks.add(new OfCallback(get(CALLBACK + i + ".type"), state));
      }
      return callbacks;
    }

    private Map<String, Tensor> under(String prefix) {
      Map<String, Tensor> found = new LinkedHashMap<>();
      arrays.forEach(
          (name, value) -> {
            if (name.startsWith(prefix)) {
              found.put(name.substring(prefix.length()), value);
            }
          });
      return found;
    }

    private Map<String, String> texts(String prefix) {
      Map<String, String> found = new LinkedHashMap<>();
      for (String name : text.stringPropertyNames()) {
        if (name.startsWith(prefix)) {
          found.put(name.substring(prefix.length()), get(name));
        }
      }
      return found;
    }

    private String get(String name) {
      String value = text.getProperty(name);
      if (value == null) {
        throw damaged(where, "an entry \"" + name + "\"", "none", null);
      }
      return value;
    }

    private int integer(String name) {
      return Math.toIntExact(count(name));
    }

    private long count(String name) {
      long value = Long.parseLong(get(name));
      if (value < 0) {
        throw damaged(where, name + " of at least 0", value, null);
      }
      return value;
    }

    private double learningRate() {
      double rate = decimal("learning_rate");
      if (!(rate >= 0) || Double.isInfinite(rate)) {
        throw damaged(where, "a finite learning rate of at least 0", rate, null);
      }
      return rate;
    }

    private double decimal(String name) {
      return Double.parseDouble(get(name));
    }

    private List<Double> decimals(String name) {
      String all = get(name);
      return all.isEmpty()
          ? List.of()
          : Arrays.stream(all.split(" ")).map(Double::valueOf).toList();
    }
  }
}
