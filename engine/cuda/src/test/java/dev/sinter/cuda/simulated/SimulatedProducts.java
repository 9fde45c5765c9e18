package dev.sinter.cuda.simulated;

import dev.sinter.cuda.driver.Product;
import dev.sinter.cuda.driver.Products;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Matrix products by plain loops, with the semantics and the refusals of cuBLASLt.
 *
 * <p>Each product has two algorithms, which differ only in their names.
 */
final class SimulatedProducts implements Products {
  private static final int ALGORITHMS = 2;

  private final SimulatedDevice device;
  private final boolean refusing;

  SimulatedProducts(SimulatedDevice device, boolean refusing) {
    this.device = device;
    this.refusing = refusing;
  }

  private record Way(SimulatedDevice device, String name, long[] numbers) implements Algorithm {
    @Override
    public void enqueue() {
      device.use(numbers);
      device.enqueue(
          0, "cublasLtMatmul", null, () -> SimulatedNative.product(device.handle(), numbers));
    }
  }

  @Override
  public String version() {
    return "13.1.0 (simulated)";
  }

  @Override
  public List<Algorithm> algorithms(Product product, int most) {
    if (refusing || !supports(product)) {
      return List.of();
    }
    long[] numbers = numbers(product);
    return IntStream.range(0, Math.min(most, ALGORITHMS))
        .<Algorithm>mapToObj(i -> new Way(device, "simulated-" + i, numbers))
        .toList();
  }

  /** Returns false for products to which cuBLASLt answers NOT_SUPPORTED or INVALID_VALUE. */
  private static boolean supports(Product p) {
    boolean bias =
        p.epilogue() != Product.Epilogue.DEFAULT && p.epilogue() != Product.Epilogue.DRELU;
    boolean aux =
        p.epilogue() == Product.Epilogue.RELU_AUX_BIAS || p.epilogue() == Product.Epilogue.DRELU;
    return p.m() > 0
        && p.n() > 0
        && p.k() > 0
        && p.batch() > 0
        && p.a().ld() >= (p.transposeA() ? p.k() : p.m())
        && p.b().ld() >= (p.transposeB() ? p.n() : p.k())
        && p.d().ld() >= p.m()
        && (!bias
            || p.bias() != 0 && p.bias() % 16 == 0 && (p.batch() == 1 || p.biasStride() % 4 == 0))
        && (!aux
            || p.aux() != 0
                && p.aux() % 16 == 0
                && p.auxLd() % 128 == 0
                && p.auxLd() >= p.m()
                && p.auxStride() % 128 == 0);
  }

  private static long[] numbers(Product p) {
    return new long[] {
      p.transposeA() ? 1 : 0,
      p.transposeB() ? 1 : 0,
      p.m(),
      p.n(),
      p.k(),
      p.batch(),
      p.a().address(),
      p.a().ld(),
      p.a().stride(),
      p.b().address(),
      p.b().ld(),
      p.b().stride(),
      p.d().address(),
      p.d().ld(),
      p.d().stride(),
      p.epilogue().ordinal(),
      p.bias(),
      p.biasStride(),
      p.aux(),
      p.auxLd(),
      p.auxStride(),
      p.precision().ordinal()
    };
  }

  @Override
  public void close() {}
}
