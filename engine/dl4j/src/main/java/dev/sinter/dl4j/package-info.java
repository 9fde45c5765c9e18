/** Networks of DeepLearning4J: training by Sinter, and their files. */
@NullMarked
package dev.sinter.dl4j;

import org.jspecify.annotations.NullMarked;
