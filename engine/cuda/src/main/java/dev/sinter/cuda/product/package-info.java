/**
 * Matrix products, by the kernels of Sinter or by cuBLASLt, whichever is faster. Open {@link
 * dev.sinter.cuda.product.ProductChooser} first. Depends on {@link dev.sinter.cuda.kernel}.
 */
package dev.sinter.cuda.product;
