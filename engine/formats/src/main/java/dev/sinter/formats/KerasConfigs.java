package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.sinter.compile.Features;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Add;
import dev.sinter.layers.Average;
import dev.sinter.layers.BatchNormalization;
import dev.sinter.layers.Concatenate;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Dropout;
import dev.sinter.layers.ELU;
import dev.sinter.layers.Embedding;
import dev.sinter.layers.Flatten;
import dev.sinter.layers.Initializer;
import dev.sinter.layers.Layer;
import dev.sinter.layers.LayerNormalization;
import dev.sinter.layers.LeakyReLU;
import dev.sinter.layers.Maximum;
import dev.sinter.layers.Minimum;
import dev.sinter.layers.Multiply;
import dev.sinter.layers.Normalization;
import dev.sinter.layers.ReLU;
import dev.sinter.layers.Rescaling;
import dev.sinter.layers.Reshape;
import dev.sinter.layers.Softmax;
import dev.sinter.layers.Subtract;
import dev.sinter.layers.WeightSettings;
import dev.sinter.saving.NamedLayer;
import dev.sinter.saving.SavedModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * Layers and their configs in Keras's JSON: read from Keras 2 and 3, written with the oldest keys
 * of Keras 3. Source: Keras, the get_config of each layer.
 */
final class KerasConfigs {
  /** Settings of layers that Sinter lacks: they must be null. */
  private static final List<String> LACKING =
      List.of("activity_regularizer", "lora_rank", "quantization_config");

  private static final List<String> LACKING_OF_NORMALIZATIONS =
      List.of("beta_regularizer", "gamma_regularizer", "beta_constraint", "gamma_constraint");

  private static final List<String> LACKING_OF_EMBEDDINGS =
      List.of("embeddings_regularizer", "activity_regularizer", "embeddings_constraint");

  private static final Set<Class<? extends Layer>> MERGES =
      Set.of(
          Add.class, Subtract.class, Multiply.class, Average.class, Maximum.class, Minimum.class);

  private KerasConfigs() {}

  // ---- reading

  /**
   * Reads a layer. A Normalization that was adapted gets its numbers from its weights later.
   *
   * @param input the shape of a sample that it receives
   */
  static Layer read(String type, KerasConfig config, Features input) {
    int rank = input.dimensions().size();
    config.requireNone(LACKING);
    return switch (type) {
      case "Dense" ->
          new Dense(config.count("units"), config.activation())
              .useBias(config.flag("use_bias", true))
              .kernel(config.weight("kernel", Initializer.GLOROT_UNIFORM))
              .bias(config.weight("bias", Initializer.ZEROS))
              .name(config.name());
      case "Activation" -> new Activation(config.activation(), config.name());
      case "ReLU" ->
          new ReLU(
              config.optional("max_value"),
              config.number("negative_slope", 0),
              config.number("threshold", 0),
              config.name());
      case "ELU" -> new ELU(config.number("alpha", 1), config.name());
      case "LeakyReLU" -> // Keras 2 calls it alpha
          new LeakyReLU(
              config.number("negative_slope", config.number("alpha", 0.3)), config.name());
      case "Softmax" -> {
        config.requireLastAxis(rank);
        yield new Softmax(config.name());
      }
      case "Flatten" -> new Flatten(config.name());
      case "Reshape" -> reshape(config);
      case "Rescaling" ->
          new Rescaling(config.number("scale", 1), config.number("offset", 0), config.name());
      case "Dropout" -> {
        config.requireNone(List.of("noise_shape"));
        yield new Dropout(config.number("rate", 0), config.name());
      }
      case "Normalization" -> {
        config.requireLastAxis(rank);
        config.requirePlain("invert", false);
        yield normalization(config);
      }
      case "BatchNormalization" -> {
        config.requireLastAxis(rank);
        config.requireNone(LACKING_OF_NORMALIZATIONS);
        config.requirePlain("synchronized", false);
        yield new BatchNormalization()
            .momentum(config.number("momentum", 0.99))
            .epsilon(config.number("epsilon", 1e-3))
            .center(config.flag("center", true))
            .scale(config.flag("scale", true))
            .name(config.name());
      }
      case "LayerNormalization" -> {
        config.requireLastAxis(rank);
        config.requireNone(LACKING_OF_NORMALIZATIONS);
        config.requirePlain("rms_scaling", false);
        yield new LayerNormalization()
            .epsilon(config.number("epsilon", 1e-3))
            .center(config.flag("center", true))
            .scale(config.flag("scale", true))
            .name(config.name());
      }
      case "Add" -> new Add(config.name());
      case "Subtract" -> new Subtract(config.name());
      case "Multiply" -> new Multiply(config.name());
      case "Average" -> new Average(config.name());
      case "Maximum" -> new Maximum(config.name());
      case "Minimum" -> new Minimum(config.name());
      case "Concatenate" -> {
        config.requireLastAxis(rank);
        yield new Concatenate(config.name());
      }
      case "Embedding" -> {
        config.requireNone(LACKING_OF_EMBEDDINGS);
        config.requirePlain("mask_zero", false);
        yield new Embedding(config.count("input_dim"), config.count("output_dim"))
            .embeddingsInitializer(
                config.initializer("embeddings_initializer", Initializer.RANDOM_UNIFORM))
            .name(config.name());
      }
      default -> {
        Layer image = KerasImages.read(type, config);
        if (image == null) {
          throw config.refused("a layer of Sinter, which docs/layers.md lists", type);
        }
        yield image;
      }
    };
  }

  private static Reshape reshape(KerasConfig config) {
    List<Double> target = config.numbers("target_shape");
    boolean whole =
        target != null
            && target.stream().allMatch(d -> d == Math.rint(d) && d <= Integer.MAX_VALUE);
    if (!whole) {
      throw config.refused("a target_shape of whole numbers", target);
    }
    return new Reshape(target.stream().map(Double::intValue).toList(), config.name());
  }

  private static Normalization normalization(KerasConfig config) {
    List<Double> mean = config.numbers("mean");
    List<Double> variance = config.numbers("variance");
    return mean == null || variance == null
        ? new Normalization(List.of(0f), List.of(1f), config.name())
        : new Normalization(floats(mean), floats(variance), config.name());
  }

  private static List<Float> floats(List<Double> numbers) {
    return numbers.stream().map(Double::floatValue).toList();
  }

  // ---- writing

  /** Refuses names with a slash: Keras takes none, and it would part the groups of HDF5. */
  static void requireNames(String where, SavedModel model) {
    List<String> names = new ArrayList<>(List.of(model.name()));
    model.layers().forEach(layer -> names.add(layer.name()));
    if (model.connections() != null) {
      model.connections().inputs().forEach(input -> names.add(input.name()));
    }
    for (String name : names) {
      if (name.contains("/")) {
        throw InputException.of(
            where, "names of Keras, without \"/\"", "\"" + name + "\"", "Rename it");
      }
    }
  }

  /**
   * Returns the config of a layer.
   *
   * @throws InputException for a layer that Keras lacks
   */
  static JsonObject write(String where, NamedLayer named) {
    JsonObject config = new JsonObject();
    config.addProperty("name", named.name());
    config.addProperty("trainable", true);
    config.addProperty("dtype", "float32");
    Layer layer = named.layer();
    if (layer instanceof Dense dense) {
      config.addProperty("units", dense.units());
      config.addProperty("activation", dense.activation().toString());
      config.addProperty("use_bias", dense.useBias());
      String place = where + ", layer " + named.name();
      add(config, place, "kernel", dense.kernel(), "GlorotUniform");
      add(config, place, "bias", dense.bias(), "Zeros");
      config.add("activity_regularizer", JsonNull.INSTANCE);
    } else if (layer instanceof Embedding embedding) {
      config.addProperty("input_dim", embedding.inputDim());
      config.addProperty("output_dim", embedding.outputDim());
      add(config, "embeddings_initializer", embedding.embeddingsInitializer(), "RandomUniform");
      LACKING_OF_EMBEDDINGS.forEach(setting -> config.add(setting, JsonNull.INSTANCE));
      config.addProperty("mask_zero", false);
    } else if (layer instanceof BatchNormalization batch) {
      config.addProperty("axis", -1);
      config.addProperty("momentum", batch.momentum());
      addNormalization(config, batch.epsilon(), batch.center(), batch.scale());
      add(config, "moving_mean_initializer", Initializer.ZEROS, "Zeros");
      add(config, "moving_variance_initializer", Initializer.ONES, "Ones");
    } else if (layer instanceof LayerNormalization rows) {
      config.addProperty("axis", -1);
      addNormalization(config, rows.epsilon(), rows.center(), rows.scale());
    } else if (layer instanceof Normalization) {
      config.add("axis", array(List.of(-1)));
      config.addProperty("invert", false);
      config.add("mean", JsonNull.INSTANCE); // both are weights
      config.add("variance", JsonNull.INSTANCE);
    } else if (!addSettings(config, layer) && !KerasImages.write(config, layer)) {
      throw InputException.of(
          where + ", layer " + named.name(),
          "a layer that Keras has",
          layer.className(),
          "Save the weights alone, as .npz");
    }
    return config;
  }

  /** Adds the settings of a layer without weights; returns whether Keras has it. */
  private static boolean addSettings(JsonObject config, Layer layer) {
    if (layer instanceof Activation activation) {
      config.addProperty("activation", activation.function().toString());
    } else if (layer instanceof ReLU relu) {
      config.addProperty("max_value", relu.maxValue());
      config.addProperty("negative_slope", relu.negativeSlope());
      config.addProperty("threshold", relu.threshold());
    } else if (layer instanceof ELU elu) {
      config.addProperty("alpha", elu.alpha());
    } else if (layer instanceof LeakyReLU leaky) {
      config.addProperty("negative_slope", leaky.negativeSlope());
    } else if (layer instanceof Softmax || layer instanceof Concatenate) {
      config.addProperty("axis", -1);
    } else if (layer instanceof Flatten) {
      config.addProperty("data_format", "channels_last");
    } else if (layer instanceof Reshape reshape) {
      config.add("target_shape", array(reshape.target()));
    } else if (layer instanceof Rescaling rescaling) {
      config.addProperty("scale", rescaling.scale());
      config.addProperty("offset", rescaling.offset());
    } else if (layer instanceof Dropout dropout) {
      config.addProperty("rate", dropout.rate());
      config.add("seed", JsonNull.INSTANCE);
      config.add("noise_shape", JsonNull.INSTANCE);
    } else {
      return MERGES.contains(layer.getClass()); // which have no settings
    }
    return true;
  }

  private static void addNormalization(
      JsonObject config, double epsilon, boolean center, boolean scale) {
    config.addProperty("epsilon", epsilon);
    config.addProperty("center", center);
    config.addProperty("scale", scale);
    add(config, "beta_initializer", Initializer.ZEROS, "Zeros");
    add(config, "gamma_initializer", Initializer.ONES, "Ones");
    LACKING_OF_NORMALIZATIONS.forEach(setting -> config.add(setting, JsonNull.INSTANCE));
  }

  private static void add(
      JsonObject config, String setting, Initializer initializer, String otherwise) {
    config.add(setting, KerasInitializers.write(initializer, otherwise));
  }

  private static void add(
      JsonObject config, String place, String name, WeightSettings weight, String otherwise) {
    add(config, name + "_initializer", weight.initializer(), otherwise);
    config.add(name + "_regularizer", KerasPenalties.write(place, weight.regularizer()));
    config.add(name + "_constraint", KerasPenalties.write(place, weight.constraint()));
  }

  private static JsonArray array(List<Integer> numbers) {
    JsonArray array = new JsonArray();
    numbers.forEach(number -> array.add(Objects.requireNonNull(number)));
    return array;
  }
}
