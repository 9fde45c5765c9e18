/**
 * Keras's callbacks, with its semantics and messages, and the files they write. Open {@link
 * dev.sinter.callbacks.EarlyStopping} first; the event files are {@link
 * dev.sinter.callbacks.TensorBoard}, {@code EventFile} and {@code Events}. Depends on the API,
 * data, io and metrics.
 *
 * <p>What Keras prints goes to standard output, its warnings go to the log. A line break that Keras
 * prints before a message, to leave its progress bar, is left out: the line of an epoch is finished
 * when its callbacks run. Epochs count from 1 in messages and file names, from 0 in arguments and
 * tables. A callback that is used in a second training starts anew, where its class does not say
 * otherwise.
 */
@NullMarked
package dev.sinter.callbacks;

import org.jspecify.annotations.NullMarked;
