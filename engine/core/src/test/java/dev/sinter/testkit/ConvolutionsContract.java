package dev.sinter.testkit;

/** The {@link ProductsContract} with convolutions, for a second set of both. */
public abstract class ConvolutionsContract extends ProductsContract implements WindowContract {}
