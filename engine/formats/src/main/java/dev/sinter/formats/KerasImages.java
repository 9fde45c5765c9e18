package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.sinter.layers.AveragePooling2D;
import dev.sinter.layers.Conv2D;
import dev.sinter.layers.GlobalAveragePooling2D;
import dev.sinter.layers.Initializer;
import dev.sinter.layers.Layer;
import dev.sinter.layers.MaxPooling2D;
import dev.sinter.layers.Padding;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layers of images and their configs in Keras's JSON. Source: Keras,
 * layers/convolutional/base_conv.py and layers/pooling/base_pooling.py.
 */
final class KerasImages {
  /** Settings of convolutions that Sinter lacks: they must be null. */
  private static final List<String> LACKING =
      List.of("kernel_regularizer", "bias_regularizer", "kernel_constraint", "bias_constraint");

  private KerasImages() {}

  /** Reads a layer; null for one of another kind. */
  static @Nullable Layer read(String type, KerasConfig config) {
    return switch (type) {
      case "Conv2D" -> convolution(config);
      case "MaxPooling2D" -> {
        requireLayout(config);
        List<Integer> pool = pair(config, "pool_size", List.of(2, 2));
        yield new MaxPooling2D(pool, pair(config, "strides", pool), padding(config), config.name());
      }
      case "AveragePooling2D" -> {
        requireLayout(config);
        List<Integer> pool = pair(config, "pool_size", List.of(2, 2));
        yield new AveragePooling2D(
            pool, pair(config, "strides", pool), padding(config), config.name());
      }
      case "GlobalAveragePooling2D" -> {
        requireLayout(config);
        config.requirePlain("keepdims", false);
        yield new GlobalAveragePooling2D(config.name());
      }
      default -> null;
    };
  }

  private static Layer convolution(KerasConfig config) {
    requireLayout(config);
    config.requireNone(LACKING);
    config.requirePlain("groups", 1.0);
    List<Integer> dilation = pair(config, "dilation_rate", List.of(1, 1));
    if (!dilation.equals(List.of(1, 1))) {
      throw config.refused("a dilation_rate of 1", dilation);
    }
    return new Conv2D(
        config.count("filters"),
        pair(config, "kernel_size", List.of()),
        pair(config, "strides", List.of(1, 1)),
        padding(config),
        config.activation(),
        config.flag("use_bias", true),
        config.initializer("kernel_initializer", Initializer.GLOROT_UNIFORM),
        config.initializer("bias_initializer", Initializer.ZEROS),
        config.name());
  }

  private static void requireLayout(KerasConfig config) {
    config.requirePlain("data_format", "\"channels_last\"");
  }

  private static Padding padding(KerasConfig config) {
    String padding = StrictJson.text(config.json(), "padding");
    return Padding.of(padding == null ? "valid" : padding);
  }

  /** Returns two whole numbers; a single one stands for both. */
  private static List<Integer> pair(KerasConfig config, String setting, List<Integer> otherwise) {
    List<Double> numbers = config.numbers(setting);
    if (numbers == null && !otherwise.isEmpty()) {
      return otherwise;
    }
    boolean whole =
        numbers != null
            && (numbers.size() == 1 || numbers.size() == 2)
            && numbers.stream()
                .allMatch(n -> n >= 1 && n == Math.rint(n) && n <= Integer.MAX_VALUE);
    if (!whole) {
      throw config.refused(setting + ", whole numbers of at least 1", numbers);
    }
    return List.of(numbers.get(0).intValue(), numbers.get(numbers.size() - 1).intValue());
  }

  /** Adds the settings of a layer of images; returns whether it is one. */
  static boolean write(JsonObject config, Layer layer) {
    if (layer instanceof Conv2D conv) {
      config.addProperty("filters", conv.filters());
      config.add("kernel_size", array(conv.kernelSize()));
      addWindows(config, conv.strides(), conv.padding());
      config.add("dilation_rate", array(List.of(1, 1)));
      config.addProperty("groups", 1);
      config.addProperty("activation", conv.activation().toString());
      config.addProperty("use_bias", conv.useBias());
      config.add(
          "kernel_initializer", KerasInitializers.write(conv.kernelInitializer(), "GlorotUniform"));
      config.add("bias_initializer", KerasInitializers.write(conv.biasInitializer(), "Zeros"));
      LACKING.forEach(setting -> config.add(setting, JsonNull.INSTANCE));
    } else if (layer instanceof MaxPooling2D pool) {
      config.add("pool_size", array(pool.poolSize()));
      addWindows(config, pool.strides(), pool.padding());
    } else if (layer instanceof AveragePooling2D pool) {
      config.add("pool_size", array(pool.poolSize()));
      addWindows(config, pool.strides(), pool.padding());
    } else if (layer instanceof GlobalAveragePooling2D) {
      config.addProperty("data_format", "channels_last");
      config.addProperty("keepdims", false);
    } else {
      return false;
    }
    return true;
  }

  private static void addWindows(JsonObject config, List<Integer> strides, Padding padding) {
    config.add("strides", array(strides));
    config.addProperty("padding", padding.toString());
    config.addProperty("data_format", "channels_last");
  }

  private static JsonArray array(List<Integer> numbers) {
    JsonArray array = new JsonArray();
    numbers.forEach(array::add);
    return array;
  }
}
