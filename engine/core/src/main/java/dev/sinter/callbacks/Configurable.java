package dev.sinter.callbacks;

import dev.sinter.Callback;
import java.util.function.Consumer;

/** A callback whose options are set on copies: what was configured once never changes. */
abstract class Configurable<T extends Configurable<T>> implements Callback, Cloneable {
  /** Returns a copy on which an option was set. */
  @SuppressWarnings("unchecked") // T is the class of this object
  final T with(Consumer<T> change) {
    try {
      T copy = (T) clone();
      change.accept(copy);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }
}
