package dev.sinter.backend;

/**
 * The samples of an epoch, in order. Used by one thread at a time: its array may be written between
 * two runs.
 *
 * @param data the uploaded samples
 * @param order row indices: replica r uses order[r * length .. (r + 1) * length), length =
 *     order.length / R; -1 means no sample; read only
 */
public record Feed(Resident data, int[] order) {}
