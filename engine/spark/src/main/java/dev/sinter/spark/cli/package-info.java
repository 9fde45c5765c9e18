/**
 * Spark behind the command line: {@link dev.sinter.spark.cli.SparkTrainer} makes the context and
 * hands the training to {@link dev.sinter.spark.SparkTraining}. Depends on sinter-tools, which
 * programs that train on Spark by themselves do without.
 */
@NullMarked
package dev.sinter.spark.cli;

import org.jspecify.annotations.NullMarked;
