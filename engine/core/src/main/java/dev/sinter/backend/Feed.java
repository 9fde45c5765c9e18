package dev.sinter.backend;

/**
 * The samples of an epoch, in order. Used by one thread at a time: its array may be written between
 * two runs.
 *
 * @param data where they are
 * @param order rows of the data: replica r takes order[r * length .. (r + 1) * length), length =
 *     order.length / R; -1 where there is no sample; read only
 */
public record Feed(Resident data, int[] order) {}
