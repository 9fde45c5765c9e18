package dev.sinter.cuda.nvidia;

import org.bytedeco.javacpp.Pointer;

/**
 * A pointer to memory with another owner, on the device or the host. It can be redirected, so it
 * need not be created again.
 */
final class Address extends Pointer {
  /** Creates a pointer to an address. */
  Address(long address) {
    super((Pointer) null);
    this.address = address;
  }

  /** Redirects this pointer to another address. */
  Address to(long target) {
    address = target;
    return this;
  }
}
