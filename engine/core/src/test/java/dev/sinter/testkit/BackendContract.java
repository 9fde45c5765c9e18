package dev.sinter.testkit;

/**
 * The contract of every backend: subclass it and return the provider.
 *
 * <pre>{@code class CudaContractTest extends BackendContract {
 *   protected BackendProvider provider() { return new CudaProvider(); }
 * }}</pre>
 *
 * <p>The themes are interfaces, one per file; their tests compare with {@link Oracle} within {@link
 * Tolerance}. A backend that cannot run here skips its contract and prints the reason; if the
 * system property {@value OpenedBackend#REQUIRED} lists its name, the contract fails instead.
 */
public abstract class BackendContract extends StepsContract implements ElementwiseContract {}
