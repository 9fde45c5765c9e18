package dev.sinter.benchmarks.report;

import java.util.List;

/**
 * One time from the start of a process, measured from outside it.
 *
 * @param kind {@link #FIRST_STEP} or {@link #ACCURACY}
 * @param data "mnist" or "generated"
 * @param seconds one value a process; empty when the goal was not reached
 * @param note where the time went, or why there is none
 */
record ColdRow(
    String kind, String recipe, String trainer, String data, List<Double> seconds, String note) {
  static final String FIRST_STEP = "first step";
  static final String ACCURACY = "97 % test accuracy";
}
