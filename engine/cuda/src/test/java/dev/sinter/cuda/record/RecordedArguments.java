package dev.sinter.cuda.record;

import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.Struct;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * The arguments of a launch: the only place that knows how {@link Launch} holds them.
 *
 * @param all in the order of the kernel
 */
record RecordedArguments(List<Argument> all) {
  /**
   * An argument.
   *
   * @param kind LONG, INTEGER, FLOAT or STRUCT
   * @param bytes in the device's order
   */
  record Argument(Kind kind, byte[] bytes) {}

  /** What a launch tells apart. */
  enum Kind {
    LONG,
    INTEGER,
    FLOAT,
    STRUCT
  }

  static RecordedArguments of(Launch launch) {
    return new RecordedArguments(
        launch.arguments().stream().map(RecordedArguments::recorded).toList());
  }

  private static Argument recorded(Object argument) {
    if (argument instanceof Struct struct) {
      return new Argument(Kind.STRUCT, struct.toBytes());
    } else if (argument instanceof Long value) {
      return new Argument(Kind.LONG, new Struct().wide(value).toBytes());
    } else if (argument instanceof Integer value) {
      return new Argument(Kind.INTEGER, new Struct().integer(value).toBytes());
    }
    return new Argument(Kind.FLOAT, new Struct().real((Float) argument).toBytes());
  }

  /** Returns them for another launch, with addresses moved. */
  List<Object> moved(LongUnaryOperator address) {
    return all.stream().map(each -> moved(each, address)).toList();
  }

  private static Object moved(Argument argument, LongUnaryOperator address) {
    ByteBuffer bytes = ByteBuffer.wrap(argument.bytes()).order(ByteOrder.nativeOrder());
    return switch (argument.kind()) {
      case LONG -> address.applyAsLong(bytes.getLong());
      case INTEGER -> bytes.getInt();
      case FLOAT -> bytes.getFloat();
      case STRUCT -> struct(bytes, address);
    };
  }

  /** Copies a struct word by word; one with pointers consists of whole words of 8 bytes. */
  private static Struct struct(ByteBuffer bytes, LongUnaryOperator address) {
    Struct copy = new Struct();
    boolean wide = bytes.remaining() % Long.BYTES == 0;
    while (bytes.hasRemaining()) {
      if (wide) {
        copy.wide(address.applyAsLong(bytes.getLong()));
      } else {
        copy.integer(bytes.getInt());
      }
    }
    return copy;
  }
}
