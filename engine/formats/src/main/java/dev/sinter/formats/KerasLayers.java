package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.compile.Features;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Initializer;
import dev.sinter.layers.Layer;
import dev.sinter.program.ActivationFunction;
import dev.sinter.saving.NamedLayer;
import dev.sinter.saving.SavedModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The architecture in Keras's JSON: read from Keras 2 and 3, written for each of them. Unknown keys
 * are ignored, unknown layers and settings refused by name. Source: Keras,
 * saving/serialization_lib.py and layers/core/dense.py.
 */
final class KerasLayers {
  /** Settings of layers that Sinter lacks: they must be null. */
  private static final List<String> LACKING =
      List.of(
          "kernel_regularizer",
          "bias_regularizer",
          "activity_regularizer",
          "kernel_constraint",
          "bias_constraint",
          "lora_rank",
          "quantization_config");

  /**
   * What a file says.
   *
   * @param name of the model
   * @param input the shape of a sample
   * @param layers without an input
   * @param groups for each layer the name that Keras 3 gives its weights' group: the class and a
   *     number
   */
  record Architecture(String name, Features input, List<NamedLayer> layers, List<String> groups) {}

  private final String where;
  private final List<NamedLayer> layers = new ArrayList<>();
  private final List<String> groups = new ArrayList<>();
  private final Map<String, Integer> counts = new HashMap<>(); // layers of a class so far
  private @Nullable Features input; // null until known

  private KerasLayers(String where) {
    this.where = where;
  }

  // ---- reading

  /**
   * Reads an architecture.
   *
   * @param where the file, for messages
   * @param kernels the number of inputs of the first kernel, where the file does not state its
   *     input; 0 for unknown
   * @throws InputException for a layer or a setting that Sinter lacks
   */
  static Architecture read(String where, JsonObject model, int kernels) {
    return new KerasLayers(where).model(model, kernels);
  }

  private Architecture model(JsonObject model, int kernelInputs) {
    String type = String.valueOf(StrictJson.text(model, "class_name"));
    JsonElement config = model.get("config");
    boolean functional = type.equals("Functional") || type.equals("Model");
    if (!type.equals("Sequential") && !functional) {
      throw refused("model", "a Sequential model, or a Functional one that is a chain", type);
    }
    // The first versions of Keras 2 had the layers themselves there.
    JsonElement listed = config instanceof JsonArray ? config : StrictJson.member(config, "layers");
    if (!(listed instanceof JsonArray list) || list.isEmpty()) {
      throw refused("model", "a list of layers", "none");
    }
    String previous = null;
    for (JsonElement each : list) {
      JsonObject layer = each instanceof JsonObject object ? object : new JsonObject();
      String name = layerName(layer);
      if (functional) {
        requireChain(layer, name, previous);
      }
      previous = name;
      add(layer, name);
    }
    if (input == null && kernelInputs > 0) {
      input = Features.of(kernelInputs);
    }
    if (input == null || layers.isEmpty()) {
      throw refused("model", "a built model with layers", "one that has not seen data");
    }
    String name = StrictJson.text(config, "name");
    return new Architecture(name == null ? "sequential" : name, input, layers, groups);
  }

  private static String layerName(JsonObject layer) {
    String name = StrictJson.text(layer.get("config"), "name");
    String outer = name == null ? StrictJson.text(layer, "name") : name;
    return outer == null ? "layer" : outer;
  }

  /** In a Functional model each layer names those that feed it. */
  private void requireChain(JsonObject layer, String name, @Nullable String previous) {
    JsonElement nodes = layer.get("inbound_nodes");
    List<String> from = new ArrayList<>();
    collectHistory(nodes, from);
    boolean chain =
        previous == null ? from.isEmpty() : from.size() == 1 && from.get(0).equals(previous);
    if (!chain) {
      throw refused(
          "layer " + name, previous == null ? "no input" : "an input from " + previous, from);
    }
  }

  /**
   * Collects the names of the layers that feed: Keras 3 has keras_history, Keras 2 [[[name, 0, 0,
   * {}]]].
   */
  private static void collectHistory(@Nullable JsonElement element, List<String> names) {
    if (element instanceof JsonArray array) {
      if (!array.isEmpty() && array.get(0) instanceof JsonPrimitive first && first.isString()) {
        names.add(first.getAsString());
        return;
      }
      array.forEach(each -> collectHistory(each, names));
    } else if (element instanceof JsonObject object) {
      if (object.get("keras_history") instanceof JsonArray history && !history.isEmpty()) {
        names.add(history.get(0).isJsonPrimitive() ? history.get(0).getAsString() : "?");
        return;
      }
      object.entrySet().forEach(entry -> collectHistory(entry.getValue(), names));
    }
  }

  private void add(JsonObject layer, String name) {
    String type = type(layer);
    JsonElement config = layer.get("config");
    requirePrecision(name, StrictJson.member(config, "dtype"));
    for (String setting : LACKING) {
      if (StrictJson.member(config, setting) != null) {
        throw refused("layer " + name, "no " + setting, config.getAsJsonObject().get(setting));
      }
    }
    Features stated = shape(name, config);
    if (stated != null && layers.isEmpty()) {
      input = stated;
    }
    switch (type) {
      case "InputLayer" -> {
        if (stated == null) {
          throw refused("layer " + name, "a batch_shape", "none");
        }
        return; // no layer of the model, and no group
      }
      case "Dense" -> add(type, name, dense(name, config));
      case "Activation" -> add(type, name, new Activation(activation(name, config), name));
      case "ReLU" -> {
        requirePlain(name, config, "max_value", null);
        requirePlain(name, config, "negative_slope", 0.0);
        requirePlain(name, config, "threshold", 0.0);
        add(type, name, new Activation(ActivationFunction.RELU, name));
      }
      case "Softmax" -> {
        requirePlain(name, config, "axis", -1.0);
        add(type, name, new Activation(ActivationFunction.SOFTMAX, name));
      }
      case "Flatten" -> {
        Features flat = input;
        if (!layers.isEmpty() || flat == null) {
          throw refused(
              "layer " + name, "Flatten right behind an input, if at all", "one elsewhere");
        }
        group(type);
        input = Features.of(flat.size());
      }
      default ->
          throw refused(
              "layer " + name, "one of Dense, Activation, ReLU, Softmax, a first Flatten", type);
    }
  }

  private void add(String type, String name, Layer layer) {
    groups.add(group(type));
    layers.add(new NamedLayer(name, layer));
  }

  /** Returns the name of the next group of a class: dense, dense_1, ... */
  private String group(String type) {
    String base = snake(type);
    int number = counts.merge(base, 1, Integer::sum) - 1;
    return number == 0 ? base : base + "_" + number;
  }

  static String snake(String type) {
    return type.equals("ReLU")
        ? "re_lu"
        : type.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
  }

  private static String type(JsonObject layer) {
    String type = String.valueOf(StrictJson.text(layer, "class_name"));
    return type.substring(type.indexOf('>') + 1); // Keras 2 writes Custom>Dense for some
  }

  private void requirePlain(
      String name, @Nullable JsonElement config, String setting, @Nullable Double plain) {
    JsonElement value = StrictJson.member(config, setting);
    if (value != null && !value.equals(plain == null ? null : new JsonPrimitive(plain))) {
      throw refused("layer " + name, setting + " " + plain, value);
    }
  }

  private void requirePrecision(String name, @Nullable JsonElement type) {
    JsonElement policy =
        type instanceof JsonObject object ? StrictJson.member(object.get("config"), "name") : type;
    if (policy != null && !policy.equals(new JsonPrimitive("float32"))) {
      throw refused("layer " + name, "dtype float32", policy);
    }
  }

  private @Nullable Features shape(String name, @Nullable JsonElement config) {
    JsonElement shape = StrictJson.member(config, "batch_shape");
    shape = shape == null ? StrictJson.member(config, "batch_input_shape") : shape;
    if (!(shape instanceof JsonArray lengths)) {
      return null;
    }
    int[] dimensions = new int[Math.max(0, lengths.size() - 1)];
    double size = 1;
    for (int i = 0; i < dimensions.length; i++) {
      double length =
          lengths.get(i + 1) instanceof JsonPrimitive number && number.isNumber()
              ? number.getAsDouble()
              : 0;
      size *= length;
      if (length < 1 || length != Math.rint(length) || size > Integer.MAX_VALUE) {
        throw refused("layer " + name, "a batch_shape of whole numbers", shape);
      }
      dimensions[i] = (int) length;
    }
    if (dimensions.length == 0) {
      throw refused("layer " + name, "a batch_shape of a batch and features", shape);
    }
    return Features.of(dimensions);
  }

  private Dense dense(String name, @Nullable JsonElement config) {
    Double units = StrictJson.number(config, "units");
    if (units == null || units < 1 || units != Math.rint(units) || units > Integer.MAX_VALUE) {
      throw refused("layer " + name, "units, a whole number of at least 1", units);
    }
    return new Dense(units.intValue(), activation(name, config))
        .useBias(StrictJson.flag(config, "use_bias", true))
        .kernelInitializer(initializer(config, "kernel_initializer", Initializer.GLOROT_UNIFORM))
        .biasInitializer(initializer(config, "bias_initializer", Initializer.ZEROS))
        .name(name);
  }

  private ActivationFunction activation(String name, @Nullable JsonElement config) {
    JsonElement given = StrictJson.member(config, "activation");
    JsonElement text = given instanceof JsonObject object ? object.get("config") : given;
    if (text == null) {
      return ActivationFunction.LINEAR;
    }
    if (text instanceof JsonPrimitive word && word.isString()) {
      for (ActivationFunction known : ActivationFunction.values()) {
        if (known.toString().equals(word.getAsString())) {
          return known;
        }
      }
    }
    throw refused(
        "layer " + name, "an activation of " + List.of(ActivationFunction.values()), given);
  }

  /** Weights are in the file: what drew them matters to a copy that starts anew alone. */
  private static Initializer initializer(
      @Nullable JsonElement config, String setting, Initializer otherwise) {
    JsonElement given = StrictJson.member(config, setting);
    String name = given instanceof JsonObject ? StrictJson.text(given, "class_name") : null;
    name = given instanceof JsonPrimitive word && word.isString() ? word.getAsString() : name;
    try {
      return name == null ? otherwise : Initializer.of(name);
    } catch (InputException unknown) {
      return otherwise;
    }
  }

  private InputException refused(String place, String expected, @Nullable Object received) {
    String text = String.valueOf(received);
    return InputException.of(
        where + ", " + place,
        expected,
        text.length() > 80 ? text.substring(0, 80) + "..." : text,
        "Sinter has no more so far: change the model in Keras");
  }

  // ---- writing

  /**
   * Returns the names of the groups that Keras 3 gives the weights of layers.
   *
   * @throws InputException for a layer that Keras lacks
   */
  static List<String> groups(String where, List<NamedLayer> layers) {
    KerasLayers names = new KerasLayers(where);
    return layers.stream().map(each -> names.group(each.layer().className())).toList();
  }

  /** Returns the architecture for Keras 3's .keras, with the oldest keys. */
  static JsonObject keras3(String where, SavedModel model) {
    JsonArray list = new JsonArray();
    JsonArray batch = batchShape(model.input().dimensions());
    JsonObject first = new JsonObject();
    first.add("batch_shape", batch);
    first.addProperty("dtype", "float32");
    first.addProperty("sparse", false);
    first.addProperty("name", inputName(model));
    list.add(keras3Layer("InputLayer", first, null));
    Features shape = model.input();
    for (NamedLayer each : model.layers()) {
      JsonObject config = config(where, each);
      list.add(keras3Layer(each.layer().className(), config, batchShape(shape.dimensions())));
      shape = each.layer() instanceof Dense dense ? Features.of(dense.units()) : shape;
    }
    JsonObject config = new JsonObject();
    config.addProperty("name", model.name());
    config.addProperty("trainable", true);
    config.addProperty("dtype", "float32");
    config.add("layers", list);
    config.add("build_input_shape", batch);
    JsonObject json = new JsonObject();
    json.addProperty("module", "keras");
    json.addProperty("class_name", "Sequential");
    json.add("config", config);
    json.add("registered_name", JsonNull.INSTANCE);
    JsonObject build = new JsonObject();
    build.add("input_shape", batch);
    json.add("build_config", build);
    return json;
  }

  private static JsonObject keras3Layer(
      String type, JsonObject config, @Nullable JsonArray inputShape) {
    JsonObject layer = new JsonObject();
    layer.addProperty("module", "keras.layers");
    layer.addProperty("class_name", type);
    layer.add("config", config);
    layer.add("registered_name", JsonNull.INSTANCE);
    if (inputShape != null) {
      JsonObject build = new JsonObject();
      build.add("input_shape", inputShape);
      layer.add("build_config", build);
    }
    return layer;
  }

  /** Returns the architecture for .h5, as Keras 2 writes it and Keras 3 reads it. */
  static JsonObject keras2(String where, SavedModel model) {
    JsonArray list = new JsonArray();
    JsonObject first = new JsonObject();
    first.add("batch_input_shape", batchShape(model.input().dimensions()));
    first.addProperty("dtype", "float32");
    first.addProperty("sparse", false);
    first.addProperty("ragged", false);
    first.addProperty("name", inputName(model));
    list.add(keras2Layer("InputLayer", first));
    for (NamedLayer each : model.layers()) {
      list.add(keras2Layer(each.layer().className(), config(where, each)));
    }
    JsonObject config = new JsonObject();
    config.addProperty("name", model.name());
    config.add("layers", list);
    return keras2Layer("Sequential", config);
  }

  private static JsonObject keras2Layer(String type, JsonObject config) {
    JsonObject layer = new JsonObject();
    layer.addProperty("class_name", type);
    layer.add("config", config);
    return layer;
  }

  private static String inputName(SavedModel model) {
    Set<String> taken = Set.copyOf(model.layers().stream().map(NamedLayer::name).toList());
    String name = "input_layer";
    while (taken.contains(name)) {
      name += "_";
    }
    return name;
  }

  private static JsonArray batchShape(List<Integer> dimensions) {
    JsonArray shape = new JsonArray();
    shape.add(JsonNull.INSTANCE);
    dimensions.forEach(shape::add);
    return shape;
  }

  private static JsonObject config(String where, NamedLayer each) {
    JsonObject config = new JsonObject();
    config.addProperty("name", each.name());
    config.addProperty("trainable", true);
    config.addProperty("dtype", "float32");
    if (each.layer() instanceof Activation activation) {
      config.addProperty("activation", activation.function().toString());
    } else if (each.layer() instanceof Dense dense) {
      config.addProperty("units", dense.units());
      config.addProperty("activation", dense.activation().toString());
      config.addProperty("use_bias", dense.useBias());
      config.add("kernel_initializer", initializer(dense.kernelInitializer(), "GlorotUniform"));
      config.add("bias_initializer", initializer(dense.biasInitializer(), "Zeros"));
      for (String setting : LACKING.subList(0, 5)) {
        config.add(setting, JsonNull.INSTANCE);
      }
    } else {
      throw InputException.of(
          where + ", layer " + each.name(),
          "a layer that Keras has: Dense or Activation",
          each.layer().className(),
          "Save the weights alone, as .npz");
    }
    return config;
  }

  /** Returns a known initializer by its class; another one is written as the default. */
  private static JsonObject initializer(Initializer initializer, String otherwise) {
    String type = otherwise;
    try {
      if (Initializer.of(initializer.toString()).equals(initializer)) {
        type = camel(initializer.toString());
      }
    } catch (InputException own) {
      type = otherwise;
    }
    JsonObject json = new JsonObject();
    json.addProperty("class_name", type);
    JsonObject config = new JsonObject();
    if (!type.equals("Zeros") && !type.equals("Ones")) {
      config.add("seed", JsonNull.INSTANCE);
    }
    json.add("config", config);
    return json;
  }

  private static String camel(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : name.split("_")) {
      camel.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
    }
    return camel.toString();
  }
}
