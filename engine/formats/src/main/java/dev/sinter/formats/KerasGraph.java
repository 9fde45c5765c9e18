package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.layers.MergeLayer;
import dev.sinter.saving.Connections;
import dev.sinter.saving.Connections.Call;
import dev.sinter.saving.NamedLayer;
import dev.sinter.saving.SavedModel;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Functional models in Keras's JSON: each layer says which calls of which layers feed its own
 * calls. Source: Keras, models/functional.py.
 */
final class KerasGraph {
  private final String where;
  private final KerasLayers names;
  private final Map<String, Description> described = new LinkedHashMap<>();
  private final Map<Reference, Integer> places = new HashMap<>();
  private final List<Features> shapes = new ArrayList<>(); // by place
  private final List<Call> calls = new ArrayList<>();

  /** A call of a layer, by its number among the calls of that layer. */
  private record Reference(String layer, int call) {}

  /** A layer of the file. */
  private static final class Description {
    final int index; // among the layers
    final String type;
    final JsonObject json;
    final List<List<Reference>> calls = new ArrayList<>(); // what feeds each one
    @Nullable Layer layer; // null until its input is known
    int resolved; // calls that have a place

    Description(int index, String type, JsonObject json) {
      this.index = index;
      this.type = type;
      this.json = json;
    }
  }

  /**
   * Creates a reader of one file.
   *
   * @param names counts the groups of the layers
   */
  KerasGraph(String where, KerasLayers names) {
    this.where = where;
    this.names = names;
  }

  // ---- reading

  /** Reads the config of a model. */
  KerasLayers.Architecture read(String model, JsonElement config) {
    Map<String, Input> inputs = new HashMap<>();
    List<String> groups = new ArrayList<>();
    for (JsonElement each : list(config, "layers")) {
      JsonObject json = each instanceof JsonObject object ? object : new JsonObject();
      String name = KerasLayers.layerName(json);
      String type = KerasLayers.type(json);
      names.requirePrecision(name, StrictJson.member(json.get("config"), "dtype"));
      if (type.equals("InputLayer")) {
        Features shape = names.shape(name, json.get("config"));
        if (shape == null) {
          throw refused("layer " + name, "a batch_shape", "none");
        }
        inputs.put(name, new Input(shape, name));
      } else {
        Description layer = new Description(described.size(), type, json);
        if (json.get("inbound_nodes") instanceof JsonArray nodes) {
          nodes.forEach(node -> layer.calls.add(references(node)));
        }
        described.put(name, layer);
        groups.add(names.group(type));
      }
    }
    List<Input> ordered = new ArrayList<>();
    for (Reference reference : references(list(config, "input_layers"))) {
      Input input = inputs.get(reference.layer);
      if (input == null) {
        throw refused("model", "inputs of " + inputs.keySet(), reference.layer);
      }
      places.put(reference, ordered.size());
      shapes.add(input.inputShape());
      ordered.add(input);
    }
    resolve();
    List<Integer> outputs =
        references(list(config, "output_layers")).stream().map(this::place).toList();
    List<NamedLayer> layers = new ArrayList<>();
    described.forEach(
        (name, layer) -> layers.add(new NamedLayer(name, Objects.requireNonNull(layer.layer))));
    if (layers.isEmpty() || ordered.isEmpty() || outputs.isEmpty()) {
      throw refused("model", "inputs, layers and outputs", "none");
    }
    int size = shapes.subList(0, ordered.size()).stream().mapToInt(Features::size).sum();
    Features sample = ordered.size() == 1 ? shapes.get(0) : Features.of(size);
    return new KerasLayers.Architecture(
        model, sample, layers, new Connections(ordered, calls, outputs), groups);
  }

  private JsonArray list(JsonElement config, String key) {
    if (StrictJson.member(config, key) instanceof JsonArray list) {
      return list;
    }
    throw refused("model", "a list of " + key, StrictJson.member(config, key));
  }

  /**
   * Returns all calls that an element names: Keras 3 has keras_history, Keras 2 [name, 0, 0, {}].
   */
  private List<Reference> references(@Nullable JsonElement element) {
    List<Reference> found = new ArrayList<>();
    collect(element, found);
    return found;
  }

  private void collect(@Nullable JsonElement element, List<Reference> found) {
    if (element instanceof JsonArray array) {
      if (array.size() >= 3 && array.get(0) instanceof JsonPrimitive name && name.isString()) {
        if (!(array.get(1) instanceof JsonPrimitive call && call.isNumber())
            || !array.get(2).equals(new JsonPrimitive(0))) {
          throw refused("model", "the first result of a layer's call", array);
        }
        found.add(new Reference(name.getAsString(), call.getAsInt()));
        return;
      }
      array.forEach(each -> collect(each, found));
    } else if (element instanceof JsonObject object) {
      if (object.has("keras_history")) {
        collect(object.get("keras_history"), found);
        return;
      }
      object.entrySet().forEach(entry -> collect(entry.getValue(), found));
    }
  }

  /** Gives each call a place, once all that feed it have one. */
  private void resolve() {
    boolean more = true;
    while (more) {
      more = false;
      for (Map.Entry<String, Description> entry : described.entrySet()) {
        Description layer = entry.getValue();
        while (layer.resolved < layer.calls.size()
            && places.keySet().containsAll(layer.calls.get(layer.resolved))) {
          call(entry.getKey(), layer, layer.calls.get(layer.resolved));
          more = true;
        }
      }
    }
    described.forEach(
        (name, layer) -> {
          if (layer.calls.isEmpty() || layer.resolved < layer.calls.size()) {
            throw refused("layer " + name, "inputs from layers of the model", layer.calls);
          }
        });
  }

  private void call(String name, Description layer, List<Reference> from) {
    List<Integer> inputs = from.stream().map(this::place).toList();
    if (inputs.isEmpty()) {
      throw refused("layer " + name, "inputs from layers of the model", "none");
    }
    List<Features> received = inputs.stream().map(shapes::get).toList();
    if (layer.layer == null) {
      KerasConfig config = new KerasConfig(where, name, layer.json.get("config"));
      layer.layer = KerasConfigs.read(layer.type, config, received.get(0));
    }
    if (received.size() > 1 && !(layer.layer instanceof MergeLayer)) {
      throw refused("layer " + name, "one input", received.size());
    }
    for (LayerRule rule : layer.layer.rules()) {
      received = List.of(rule.outputs(name, received));
    }
    places.put(new Reference(name, layer.resolved), shapes.size());
    layer.resolved++;
    shapes.add(received.get(0));
    calls.add(new Call(layer.index, inputs));
  }

  private int place(Reference reference) {
    Integer place = places.get(reference);
    if (place == null) {
      throw refused("model", "outputs of its layers", reference.layer);
    }
    return place;
  }

  private RuntimeException refused(String place, String expected, @Nullable Object received) {
    return KerasConfig.refused(where, place, expected, received);
  }

  // ---- writing

  /** Returns the architecture for Keras 3's .keras. */
  static JsonObject write(String where, SavedModel model, Connections connections) {
    return new Writer(where, model, connections).write();
  }

  /** Writes one model. */
  private static final class Writer {
    private final String where;
    private final SavedModel model;
    private final Connections connections;
    private final List<List<Integer>> shapes = new ArrayList<>(); // by place
    private final List<JsonArray> histories = new ArrayList<>(); // by place

    Writer(String where, SavedModel model, Connections connections) {
      this.where = where;
      this.model = model;
      this.connections = connections;
    }

    JsonObject write() {
      JsonArray list = new JsonArray();
      for (Input input : connections.inputs()) {
        JsonObject config = new JsonObject();
        config.add("batch_shape", KerasLayers.batchShape(input.inputShape().dimensions()));
        config.addProperty("dtype", "float32");
        config.addProperty("sparse", false);
        config.addProperty("name", input.name());
        list.add(layer("InputLayer", input.name(), config, new JsonArray()));
        shapes.add(input.inputShape().dimensions());
        histories.add(history(input.name(), 0));
      }
      List<JsonArray> nodes = nodes();
      for (int i = 0; i < nodes.size(); i++) {
        NamedLayer each = model.layers().get(i);
        JsonObject config = KerasConfigs.write(where, each);
        list.add(layer(each.layer().className(), each.name(), config, nodes.get(i)));
      }
      JsonArray inputs = new JsonArray();
      histories.subList(0, connections.inputs().size()).forEach(inputs::add);
      JsonArray outputs = new JsonArray();
      connections.outputs().forEach(place -> outputs.add(histories.get(place)));
      JsonObject config = new JsonObject();
      config.addProperty("name", model.name());
      config.addProperty("trainable", true);
      config.add("layers", list);
      config.add("input_layers", inputs);
      config.add("output_layers", outputs);
      JsonObject json = new JsonObject();
      json.addProperty("module", "keras.src.models.functional");
      json.addProperty("class_name", "Functional");
      json.add("config", config);
      json.addProperty("registered_name", "Functional");
      return json;
    }

    private static JsonObject layer(
        String type, @Nullable String name, JsonObject config, JsonArray nodes) {
      JsonObject layer = KerasLayers.keras3Layer(type, config, null);
      layer.addProperty("name", name);
      layer.add("inbound_nodes", nodes);
      return layer;
    }

    private static JsonArray history(@Nullable String layer, int call) {
      JsonArray history = new JsonArray();
      history.add(layer);
      history.add(call);
      history.add(0);
      return history;
    }

    /** Returns the calls of each layer. */
    private List<JsonArray> nodes() {
      List<JsonArray> nodes = new ArrayList<>();
      model.layers().forEach(layer -> nodes.add(new JsonArray()));
      for (Call call : connections.calls()) {
        NamedLayer layer = model.layers().get(call.layer());
        JsonArray own = nodes.get(call.layer());
        JsonArray tensors = new JsonArray();
        call.inputs().forEach(place -> tensors.add(tensor(place)));
        JsonArray arguments = tensors;
        if (layer.layer() instanceof MergeLayer) { // which takes one list
          arguments = new JsonArray();
          arguments.add(tensors);
        }
        JsonObject node = new JsonObject();
        node.add("args", arguments);
        node.add("kwargs", new JsonObject());
        histories.add(history(layer.name(), own.size()));
        shapes.add(outputs(layer, call));
        own.add(node);
      }
      return nodes;
    }

    private List<Integer> outputs(NamedLayer layer, Call call) {
      List<Features> received =
          call.inputs().stream().map(place -> new Features(shapes.get(place))).toList();
      for (LayerRule rule : layer.layer().rules()) {
        received = List.of(rule.outputs(layer.name(), received));
      }
      return received.get(0).dimensions();
    }

    private JsonObject tensor(int place) {
      JsonObject config = new JsonObject();
      config.add("shape", KerasLayers.batchShape(shapes.get(place)));
      config.addProperty("dtype", "float32");
      config.add("keras_history", histories.get(place));
      JsonObject tensor = new JsonObject();
      tensor.addProperty("class_name", "__keras_tensor__");
      tensor.add("config", config);
      return tensor;
    }
  }
}
