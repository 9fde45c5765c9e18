/**
 * Several processes that train one model together. Open {@link dev.sinter.distributed.ProcessGroup}
 * first. What carries the numbers from process to process lies outside the core, behind {@link
 * dev.sinter.distributed.Transport}. Depends on backend (the options of one) and errors.
 */
@NullMarked
package dev.sinter.distributed;

import org.jspecify.annotations.NullMarked;
