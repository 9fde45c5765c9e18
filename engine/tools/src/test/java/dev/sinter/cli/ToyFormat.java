package dev.sinter.cli;

import dev.sinter.compile.Features;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Layer;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.saving.Compilation;
import dev.sinter.saving.ModelFormat;
import dev.sinter.saving.NamedLayer;
import dev.sinter.saving.SavedModel;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A format for the tests of the commands: an .npz of the weights and of the text of properties. It
 * holds dense networks, their optimizer and loss by name, and the notes, but no progress.
 * Immutable: any number of threads may use it.
 */
public final class ToyFormat implements ModelFormat {
  static final String SUFFIX = ".toy";
  private static final String TEXT = "text";

  @Override
  public String name() {
    return "toy";
  }

  @Override
  public List<String> suffixes() {
    return List.of(SUFFIX);
  }

  @Override
  public SavedModel read(Path file) {
    Map<String, Tensor> arrays = new LinkedHashMap<>(Npz.read(file));
    Tensor text = arrays.remove(TEXT);
    if (text == null) {
      throw InputException.of(file.toString(), "a toy", "another .npz", "Save the model again");
    }
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(new String(text.bytes(), StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<NamedLayer> layers = new ArrayList<>();
    for (String line : properties.getProperty("layers").split(";")) {
      String[] words = line.split(",");
      layers.add(new NamedLayer(words[0], layer(words)));
    }
    String loss = properties.getProperty("loss");
    Compilation compilation =
        loss == null
            ? null
            : new Compilation(
                Optimizer.of(properties.getProperty("optimizer")), Loss.of(loss), List.of());
    Map<String, String> notes = new LinkedHashMap<>();
    properties.stringPropertyNames().stream()
        .filter(key -> key.startsWith("note."))
        .forEach(key -> notes.put(key.substring(5), properties.getProperty(key)));
    int features = Integer.parseInt(properties.getProperty("input"));
    return new SavedModel(
        properties.getProperty("name"),
        Features.of(features),
        layers,
        arrays,
        compilation,
        null,
        notes);
  }

  private static Layer layer(String[] words) {
    return words[1].equals("dense")
        ? new Dense(Integer.parseInt(words[2]), words[3]).name(words[0])
        : new Activation(words[3]).name(words[0]);
  }

  @Override
  public void write(Path file, SavedModel model) {
    Properties properties = new Properties();
    properties.setProperty("name", model.name());
    properties.setProperty("input", String.valueOf(model.input().size()));
    List<String> layers = new ArrayList<>();
    for (NamedLayer named : model.layers()) {
      if (named.layer() instanceof Dense dense) {
        layers.add(named.name() + ",dense," + dense.units() + "," + dense.activation().name());
      } else if (named.layer() instanceof Activation activation) {
        layers.add(named.name() + ",activation,0," + activation.function().name());
      }
    }
    properties.setProperty("layers", String.join(";", layers));
    Compilation compilation = model.compilation();
    if (compilation != null) {
      properties.setProperty("optimizer", compilation.optimizer().name());
      properties.setProperty("loss", compilation.loss().name());
    }
    model.notes().forEach((key, value) -> properties.setProperty("note." + key, value));
    StringWriter text = new StringWriter();
    try {
      properties.store(text, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, Tensor> arrays = new LinkedHashMap<>(model.weights());
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    arrays.put(TEXT, Tensor.ofBytes(bytes, bytes.length));
    Npz.write(file, arrays);
  }
}
