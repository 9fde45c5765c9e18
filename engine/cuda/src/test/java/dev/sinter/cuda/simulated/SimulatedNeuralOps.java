package dev.sinter.cuda.simulated;

import dev.sinter.cuda.driver.ActivationLibrary;

/** Activations and softmax by plain loops. */
final class SimulatedNeuralOps implements ActivationLibrary {
  private static final int ACTIVATION = 0;
  private static final int GRADIENT = 1;
  private static final int SOFTMAX = 2;

  private final SimulatedDevice device;

  SimulatedNeuralOps(SimulatedDevice device) {
    this.device = device;
  }

  @Override
  public String version() {
    return "9.19.0 (simulated)";
  }

  @Override
  public Operation activation(Activation f, long x, long y, Matrices shape) {
    return operation("activation", ACTIVATION, f.ordinal(), x, x, y, shape);
  }

  @Override
  public Operation activationGradient(Activation f, long y, long dy, long dx, Matrices shape) {
    return operation("activationGradient", GRADIENT, f.ordinal(), y, dy, dx, shape);
  }

  @Override
  public Operation softmax(long x, long y, Matrices shape) {
    return operation("softmax", SOFTMAX, 0, x, x, y, shape);
  }

  private Operation operation(
      String name, long kind, long function, long x, long dy, long result, Matrices m) {
    long[] numbers = {kind, function, x, dy, result, m.rows(), m.columns(), m.batch(), m.stride()};
    return () -> {
      device.use(numbers);
      device.enqueue(0, name, null, () -> SimulatedNative.neural(device.handle(), numbers));
    };
  }

  @Override
  public void close() {}
}
