package dev.sinter.testkit;

/**
 * The part of the {@link BackendContract} for a second set of products: the products themselves,
 * and training steps made of them.
 */
public abstract class ProductsContract extends OpenedBackend
    implements DenseContract, StateContract {}
