/**
 * CSV tables as datasets: open {@link dev.sinter.tables.Table} first, then {@link
 * dev.sinter.tables.TableCoding}. Depends on data, io and errors; the command line depends on it.
 */
@NullMarked
package dev.sinter.tables;

import org.jspecify.annotations.NullMarked;
