package dev.sinter.cuda.simulated;

import dev.sinter.cuda.driver.NeuralOps;

/** Activations and softmax by plain loops. */
final class SimulatedNeuralOps implements NeuralOps {
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
  public Operation activation(
      Activation f, long x, long y, int rows, int columns, int batch, long stride) {
    return operation("activation", ACTIVATION, f.ordinal(), x, x, y, rows, columns, batch, stride);
  }

  @Override
  public Operation activationGradient(
      Activation f, long y, long dy, long dx, int rows, int columns, int batch, long stride) {
    return operation(
        "activationGradient", GRADIENT, f.ordinal(), y, dy, dx, rows, columns, batch, stride);
  }

  @Override
  public Operation softmax(long x, long y, int rows, int columns, int batch, long stride) {
    return operation("softmax", SOFTMAX, 0, x, x, y, rows, columns, batch, stride);
  }

  private Operation operation(String name, long... numbers) {
    return () -> {
      device.use(numbers);
      device.enqueue(0, name, null, () -> SimulatedNative.neural(device.handle(), numbers));
    };
  }

  @Override
  public void close() {}
}
