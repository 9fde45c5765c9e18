/**
 * The nd4j backend, and the conversion between INDArray and Tensor. Open {@link
 * dev.sinter.nd4j.Nd4jSession} first, then {@link dev.sinter.nd4j.Translator}; ND4J users open
 * {@link dev.sinter.nd4j.Nd4jTensors}. Depends on the core and the API of ND4J, never on particular
 * natives; only the service loader knows the backend.
 */
package dev.sinter.nd4j;
