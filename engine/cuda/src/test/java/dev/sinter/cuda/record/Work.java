package dev.sinter.cuda.record;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.sinter.cuda.driver.ActivationLibrary.Activation;
import dev.sinter.cuda.driver.ActivationLibrary.Matrices;

/** One thing that a device was told to compute. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Work.Kernel.class, name = "kernel"),
  @JsonSubTypes.Type(value = Work.Fill.class, name = "fill"),
  @JsonSubTypes.Type(value = Work.Product.class, name = "product"),
  @JsonSubTypes.Type(value = Work.Neural.class, name = "neural")
})
sealed interface Work {
  /** Returns what it is, for people. */
  String title();

  /**
   * A launch of a kernel.
   *
   * @param name of the function
   * @param source its index among the recorded sources
   */
  record Kernel(
      String name,
      int source,
      int gridX,
      int gridY,
      int gridZ,
      int threads,
      int sharedBytes,
      boolean cooperative,
      RecordedArguments arguments)
      implements Work {
    @Override
    public String title() {
      return "kernel %s, grid [%s, %s, %s] of %s threads, %s bytes of shared memory"
              .formatted(name, gridX, gridY, gridZ, threads, sharedBytes)
          + (cooperative ? ", cooperative" : "");
    }
  }

  /** Words set to a value. */
  record Fill(long target, int word, long words) implements Work {
    @Override
    public String title() {
      return "fill of " + words + " words";
    }
  }

  /** A product of cuBLASLt. */
  record Product(dev.sinter.cuda.driver.Product product, String algorithm) implements Work {
    @Override
    public String title() {
      return "product of cuBLASLt, m %s, n %s, k %s, %s, %s"
          .formatted(
              product.m(), product.n(), product.k(), product.epilogue(), product.precision());
    }
  }

  /** An operation of cuDNN; unused addresses are 0 and an unused function is null. */
  record Neural(String operation, Activation f, long y, long x, long dx, Matrices shape)
      implements Work {
    @Override
    public String title() {
      return "%s of cuDNN%s, %s rows of %s"
          .formatted(operation, f == null ? "" : " (" + f + ")", shape.rows(), shape.columns());
    }
  }
}
