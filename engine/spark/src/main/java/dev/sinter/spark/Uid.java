package dev.sinter.spark;

import org.apache.spark.ml.util.Identifiable$;

/**
 * The name of an estimator or a model. Spark's constructors ask for it before those of a subclass
 * in Java have set anything; so it is made, as an argument, before they are called, and found again
 * by their thread.
 */
final class Uid {
  private static final ThreadLocal<String> GIVEN = new ThreadLocal<>();

  Uid(String uid) {
    GIVEN.set(uid);
  }

  static String random(String prefix) {
    return Identifiable$.MODULE$.randomUID(prefix);
  }

  /** Returns the name of the object that the thread is about to make. */
  static String given() {
    String uid = GIVEN.get();
    GIVEN.remove();
    return uid;
  }
}
