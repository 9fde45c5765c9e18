/**
 * The transport tcp: an all-reduce between processes over plain sockets. Open {@link
 * dev.sinter.spark.tcp.TcpTransport} first, then {@link dev.sinter.spark.tcp.TcpGroup} and {@link
 * dev.sinter.spark.tcp.Exchange}. Depends on dev.sinter.distributed and errors, not on Spark.
 *
 * <p>Each process has one connection to each other one. A connection begins with a {@link
 * dev.sinter.spark.tcp.Greeting} in each direction. Each block of an all-reduce is two frames in
 * each direction: the sender's values of the receiver's piece, and the sums of the sender's piece.
 * A frame has a header of 8 bytes, the number of the all-reduce and the number of floats from this
 * block on, and then floats. Instead of a frame may come a farewell: {@link
 * dev.sinter.spark.tcp.Peer#FAREWELL} and the rank because of which the sender leaves. All numbers
 * are little-endian.
 */
@NullMarked
package dev.sinter.spark.tcp;

import org.jspecify.annotations.NullMarked;
