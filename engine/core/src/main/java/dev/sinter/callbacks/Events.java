package dev.sinter.callbacks;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * TensorBoard's events as TensorFlow 2 writes them: each value a tensor, with the plug-in that
 * shows it.
 *
 * <p>Source: TensorFlow, core/util/event.proto, core/framework/summary.proto, tensor.proto;
 * TensorBoard, plugins/scalar, histogram and image, summary_v2.py.
 *
 * @param step of all events, as is the moment
 * @param list the events so far
 */
record Events(long step, double wallSeconds, List<byte[]> list) {
  private static final int BUCKETS = 30;

  /** Data types of tensor.proto. */
  private static final int DT_FLOAT = 1;

  private static final int DT_DOUBLE = 2;
  private static final int DT_STRING = 7;

  /** Begins a list of events of one step, at this moment. */
  Events(long step) {
    this(step, System.currentTimeMillis() / 1e3, new ArrayList<>());
  }

  /** Returns the event that starts a file. */
  static byte[] version(double wallSeconds) {
    return new Protobuf().float64(1, wallSeconds).string(3, "brain.Event:2").toBytes();
  }

  /** Adds a single number, kept as float32. */
  void scalar(String tag, double value) {
    byte[] content = littleEndian(Float.BYTES).putFloat((float) value).array();
    Protobuf tensor =
        new Protobuf().integer(1, DT_FLOAT).message(2, new Protobuf()).bytes(4, content);
    add(tag, tensor, "scalars");
  }

  /**
   * Adds how values are distributed: 30 buckets of equal width from the least to the largest, each
   * its two edges and its count. Equal values make one bucket, of width 1 around them; values that
   * are not finite are left out.
   */
  void histogram(String tag, float[] values) {
    double[][] buckets = buckets(values);
    ByteBuffer content = littleEndian(buckets.length * 3 * Double.BYTES);
    for (double[] bucket : buckets) {
      content.putDouble(bucket[0]).putDouble(bucket[1]).putDouble(bucket[2]);
    }
    Protobuf tensor =
        new Protobuf()
            .integer(1, DT_DOUBLE)
            .message(2, shape(buckets.length, 3))
            .bytes(4, content.array());
    add(tag, tensor, "histograms");
  }

  void image(String tag, WeightImage image) {
    List<byte[]> strings = List.of(decimal(image.width()), decimal(image.height()), image.png());
    Protobuf tensor = new Protobuf().integer(1, DT_STRING).message(2, shape(strings.size()));
    strings.forEach(string -> tensor.bytes(8, string));
    add(tag, tensor, "images");
  }

  /** Adds an event of one value; the plug-in, a part of TensorBoard, shows it. */
  private void add(String tag, Protobuf tensor, String plugin) {
    Protobuf metadata = new Protobuf().message(1, new Protobuf().string(1, plugin));
    Protobuf value = new Protobuf().string(1, tag).message(8, tensor).message(9, metadata);
    Protobuf event = new Protobuf().float64(1, wallSeconds).integer(2, step);
    list.add(event.message(5, new Protobuf().message(1, value)).toBytes());
  }

  private static Protobuf shape(int... sizes) {
    Protobuf shape = new Protobuf();
    for (int size : sizes) {
      shape.message(2, new Protobuf().integer(1, size));
    }
    return shape;
  }

  /** Returns rows of left edge, right edge, count. */
  private static double[][] buckets(float[] values) {
    double[] finite =
        IntStream.range(0, values.length)
            .mapToDouble(i -> values[i])
            .filter(Double::isFinite)
            .toArray();
    if (finite.length == 0) {
      return new double[0][];
    }
    double min = Arrays.stream(finite).min().getAsDouble();
    double max = Arrays.stream(finite).max().getAsDouble();
    if (min == max) {
      return new double[][] {{min - 0.5, max + 0.5, finite.length}};
    }
    double width = (max - min) / BUCKETS;
    double[][] buckets = new double[BUCKETS][];
    for (int i = 0; i < BUCKETS; i++) {
      buckets[i] =
          new double[] {min + i * width, i == BUCKETS - 1 ? max : min + (i + 1) * width, 0};
    }
    for (double value : finite) {
      buckets[Math.min((int) ((value - min) / width), BUCKETS - 1)][2]++;
    }
    return buckets;
  }

  private static byte[] decimal(int value) {
    return Integer.toString(value).getBytes(StandardCharsets.US_ASCII);
  }

  private static ByteBuffer littleEndian(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
