/**
 * Models and weights in the formats of other tools: Keras, ONNX, safetensors. Found by {@link
 * java.util.ServiceLoader}; a program calls {@link dev.sinter.Model#save} and {@link
 * dev.sinter.Model#load}.
 */
@NullMarked
package dev.sinter.formats;

import org.jspecify.annotations.NullMarked;
