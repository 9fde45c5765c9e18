package dev.sinter.cuda.nvidia;

import org.bytedeco.javacpp.Pointer;

/** A pointer to memory that somebody else owns, on the device or the host; moved, not rebuilt. */
final class Address extends Pointer {
  /** Points to an address. */
  Address(long address) {
    super((Pointer) null);
    this.address = address;
  }

  /** Points to another address from now on. */
  Address to(long target) {
    address = target;
    return this;
  }
}
