package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Weight;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Layer;
import dev.sinter.layers.Normalization;
import dev.sinter.saving.Connections;
import dev.sinter.saving.NamedLayer;
import dev.sinter.saving.SavedModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The architecture in Keras's JSON: read from Keras 2 and 3, written for each of them. Unknown keys
 * are ignored, unknown layers and settings refused by name. Source: Keras,
 * saving/serialization_lib.py and layers/core/dense.py.
 */
final class KerasLayers {
  /**
   * What a file says.
   *
   * @param name of the model
   * @param input the shape of a sample
   * @param layers without an input
   * @param connections of a functional model, or null where each layer feeds the next
   * @param groups for each layer the name that Keras 3 gives its weights' group: the class and a
   *     number
   */
  record Architecture(
      String name,
      Features input,
      List<NamedLayer> layers,
      @Nullable Connections connections,
      List<String> groups) {
    /** Returns how the layers are connected, also where each feeds the next. */
    Connections places() {
      return connections == null ? Connections.path(input, layers.size()) : connections;
    }

    /** Returns the names of the layers that end in an output of the model. */
    List<String> outputs() {
      Connections places = places();
      return places.outputs().stream()
          .map(place -> places.calls().get(place - places.inputs().size()).layer())
          .map(layer -> layers.get(layer).name())
          .toList();
    }

    /** Returns the layers with mean and variance of each Normalization as its weights say. */
    List<NamedLayer> adapted(Map<String, Tensor> weights) {
      List<NamedLayer> adapted = new ArrayList<>();
      for (NamedLayer each : layers) {
        Tensor mean = weights.get(each.name() + "/mean");
        Tensor variance = weights.get(each.name() + "/variance");
        adapted.add(
            each.layer() instanceof Normalization && mean != null && variance != null
                ? new NamedLayer(
                    each.name(), new Normalization(list(mean), list(variance), each.name()))
                : each);
      }
      return adapted;
    }

    private static List<Float> list(Tensor numbers) {
      return IntStream.range(0, numbers.size()).mapToObj(numbers::get).toList();
    }
  }

  private final String where;
  private final List<NamedLayer> layers = new ArrayList<>();
  private final List<String> groups = new ArrayList<>();
  private final Map<String, Integer> counts = new HashMap<>(); // layers of a class so far
  private @Nullable Features input; // null until known
  private @Nullable Features kernel; // the input where no layer states it, or null
  private @Nullable Features shape; // of the output of the last layer, null before the first

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
      throw refused("model", "a Sequential or a Functional model", type);
    }
    // The first versions of Keras 2 had the layers themselves there.
    JsonElement listed = config instanceof JsonArray ? config : StrictJson.member(config, "layers");
    if (!(listed instanceof JsonArray list) || list.isEmpty()) {
      throw refused("model", "a list of layers", "none");
    }
    String modelName = StrictJson.text(config, "name");
    if (functional) {
      return new KerasGraph(where, this).read(modelName == null ? "functional" : modelName, config);
    }
    kernel = kernelInputs > 0 ? Features.of(kernelInputs) : null;
    for (JsonElement each : list) {
      JsonObject layer = each instanceof JsonObject object ? object : new JsonObject();
      add(layer, layerName(layer));
    }
    if (input == null || layers.isEmpty()) {
      throw refused("model", "a built model with layers", "one that has not seen data");
    }
    String name = modelName == null ? "sequential" : modelName;
    return new Architecture(name, input, layers, null, groups);
  }

  static String layerName(JsonObject layer) {
    String name = StrictJson.text(layer.get("config"), "name");
    String outer = name == null ? StrictJson.text(layer, "name") : name;
    return outer == null ? "layer" : outer;
  }

  private void add(JsonObject layer, String name) {
    String type = type(layer);
    JsonElement config = layer.get("config");
    requirePrecision(name, StrictJson.member(config, "dtype"));
    Features stated = shape(name, config);
    if (stated != null && layers.isEmpty()) {
      input = stated;
    }
    if (type.equals("InputLayer")) { // no layer of the model, and no group
      if (stated == null) {
        throw refused("layer " + name, "a batch_shape", "none");
      }
      return;
    }
    if (input == null) {
      input = kernel;
    }
    if (input == null) {
      throw refused("model", "a built model with layers", "one that has not seen data");
    }
    Features received = shape == null ? input : shape;
    Layer read = KerasConfigs.read(type, new KerasConfig(where, name, config), received);
    shape = outputs(name, read, received);
    groups.add(group(type));
    layers.add(new NamedLayer(name, read));
  }

  private static Features outputs(String name, Layer layer, Features input) {
    Features shape = input;
    for (LayerRule rule : layer.rules()) {
      shape = rule.outputs(name, List.of(shape));
    }
    return shape;
  }

  /** Returns the name of the next group of a class: dense, dense_1, ... */
  String group(String type) {
    String base = snake(type);
    int number = counts.merge(base, 1, Integer::sum) - 1;
    return number == 0 ? base : base + "_" + number;
  }

  static String snake(String type) {
    String words = "(?<=.)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])"; // conv2d, but re_lu
    return type.replaceAll(words, "_").toLowerCase(Locale.ROOT);
  }

  static String type(JsonObject layer) {
    String type = String.valueOf(StrictJson.text(layer, "class_name"));
    return type.substring(type.indexOf('>') + 1); // Keras 2 writes Custom>Dense for some
  }

  void requirePrecision(String name, @Nullable JsonElement type) {
    JsonElement policy =
        type instanceof JsonObject object ? StrictJson.member(object.get("config"), "name") : type;
    if (policy != null && !policy.equals(new JsonPrimitive("float32"))) {
      throw refused("layer " + name, "dtype float32", policy);
    }
  }

  @Nullable Features shape(String name, @Nullable JsonElement config) {
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

  private InputException refused(String place, String expected, @Nullable Object received) {
    return KerasConfig.refused(where, place, expected, received);
  }

  // ---- weights

  /** Returns the weights of each layer. */
  static List<List<Weight>> weights(Connections places, List<NamedLayer> layers) {
    List<List<Weight>> weights = new ArrayList<>();
    List<List<Features>> received = places.received(layers);
    for (int i = 0; i < layers.size(); i++) {
      NamedLayer each = layers.get(i);
      List<Features> shapes = received.get(i);
      List<Weight> own = new ArrayList<>();
      for (LayerRule rule : each.layer().rules()) {
        own.addAll(rule.weights(shapes));
        shapes = List.of(rule.outputs(each.name(), shapes));
      }
      weights.add(own);
    }
    return weights;
  }

  /** Returns the names of the weights that an optimizer trains, in order. */
  static List<String> trained(Connections places, List<NamedLayer> layers) {
    List<List<Weight>> weights = weights(places, layers);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < layers.size(); i++) {
      for (Weight weight : weights.get(i)) {
        if (weight.trainable()) {
          names.add(layers.get(i).name() + "/" + weight.name());
        }
      }
    }
    return names;
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
      JsonObject config = KerasConfigs.write(where, each);
      list.add(keras3Layer(each.layer().className(), config, batchShape(shape.dimensions())));
      shape = outputs(each.name(), each.layer(), shape);
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

  static JsonObject keras3Layer(String type, JsonObject config, @Nullable JsonArray inputShape) {
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
      list.add(keras2Layer(each.layer().className(), KerasConfigs.write(where, each)));
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

  static JsonArray batchShape(List<Integer> dimensions) {
    JsonArray shape = new JsonArray();
    shape.add(JsonNull.INSTANCE);
    dimensions.forEach(shape::add);
    return shape;
  }
}
