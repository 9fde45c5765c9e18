/**
 * The nd4j backend, and the border between INDArray and Tensor. Open {@link
 * dev.sinter.nd4j.Nd4jSession} first, then {@link dev.sinter.nd4j.Translator}; ND4J users open
 * {@link dev.sinter.nd4j.Nd4jTensors}. Depends on the core and ND4J's API, never on one set of
 * natives; nothing but the service loader knows the backend.
 */
package dev.sinter.nd4j;
