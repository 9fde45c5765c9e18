package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cudnn.*;

import dev.sinter.cuda.driver.ActivationLibrary;
import dev.sinter.cuda.driver.Platform.Library;
import java.lang.ref.Cleaner;
import java.util.EnumMap;
import java.util.Map;
import org.bytedeco.cuda.cudnn.cudnnActivationStruct;
import org.bytedeco.cuda.cudnn.cudnnContext;
import org.bytedeco.cuda.cudnn.cudnnTensorStruct;
import org.bytedeco.javacpp.FloatPointer;

/**
 * cuDNN on one device, on its main stream.
 *
 * <p>Descriptors are created when an operation is prepared. They are in host memory, and the
 * garbage collector frees them; enqueuing allocates nothing. One thread at a time may use it, as
 * with its device.
 */
@SuppressWarnings("deprecation") // of cuDNN 9: its graphs, which replace activations, take far more
final class CudnnOps implements ActivationLibrary {
  private static final Cleaner CLEANER = Cleaner.create();

  private final NvidiaDevice device;
  private final cudnnContext handle;
  private final FloatPointer one = new FloatPointer(1f);
  private final FloatPointer zero = new FloatPointer(0f);
  private final Map<Activation, cudnnActivationStruct> activations =
      new EnumMap<>(Activation.class);
  private boolean closed;

  private CudnnOps(NvidiaDevice device, cudnnContext handle) {
    this.device = device;
    this.handle = handle;
    check(cudnnSetStream(handle, device.mainStream()), "cudnnSetStream");
    for (Activation activation : Activation.values()) {
      cudnnActivationStruct descriptor = new cudnnActivationStruct();
      check(cudnnCreateActivationDescriptor(descriptor), "cudnnCreateActivationDescriptor");
      activations.put(activation, descriptor);
      check(
          cudnnSetActivationDescriptor(descriptor, mode(activation), CUDNN_PROPAGATE_NAN, 0),
          "cudnnSetActivationDescriptor");
    }
  }

  /**
   * Opens the library; its preset is already loaded.
   *
   * @param instead the end of the reason
   */
  static Library<ActivationLibrary> open(NvidiaDevice device, String instead) {
    device.enter();
    cudnnContext handle = new cudnnContext();
    int status = cudnnCreate(handle);
    if (status != CUDNN_STATUS_SUCCESS) {
      return new Library<>(
          null,
          "cuDNN did not start on %s (cudnnCreate answers %s); install cuDNN 9 for CUDA 13%s"
              .formatted(
                  device.properties().name(), cudnnGetErrorString(status).getString(), instead));
    }
    return new Library<>(new CudnnOps(device, handle), "");
  }

  private static int mode(Activation activation) {
    return switch (activation) {
      case RELU -> CUDNN_ACTIVATION_RELU;
      case SIGMOID -> CUDNN_ACTIVATION_SIGMOID;
      case TANH -> CUDNN_ACTIVATION_TANH;
    };
  }

  @Override
  public String version() {
    long version = cudnnGetVersion();
    return version / 10000 + "." + version / 100 % 100 + "." + version % 100;
  }

  @Override
  public Operation activation(Activation f, long x, long y, Matrices matrices) {
    cudnnTensorStruct shape = tensor(matrices);
    cudnnActivationStruct descriptor = activations.get(f);
    Address from = new Address(x);
    Address to = new Address(y);
    return () -> {
      device.enter();
      check(
          cudnnActivationForward(handle, descriptor, one, shape, from, zero, shape, to),
          "cudnnActivationForward");
    };
  }

  /**
   * {@inheritDoc}
   *
   * <p>cuDNN takes x as well as y and receives y for both: sigmoid and tanh need only y, and ReLU
   * only checks for a value above 0, with the same result for x and y.
   */
  @Override
  public Operation activationGradient(Activation f, long y, long dy, long dx, Matrices matrices) {
    cudnnTensorStruct shape = tensor(matrices);
    cudnnActivationStruct descriptor = activations.get(f);
    Address result = new Address(y);
    Address from = new Address(dy);
    Address to = new Address(dx);
    return () -> {
      device.enter();
      check(
          cudnnActivationBackward(
              handle, descriptor, one, shape, result, shape, from, shape, result, zero, shape, to),
          "cudnnActivationBackward");
    };
  }

  @Override
  public Operation softmax(long x, long y, Matrices matrices) {
    // Rows are instances in cuDNN; replicas with a gap between them need one call each.
    int rows = matrices.rows();
    int batch = matrices.batch();
    long stride = matrices.stride();
    boolean packed = batch == 1 || stride == (long) rows * matrices.columns();
    int calls = packed ? 1 : batch;
    cudnnTensorStruct shape =
        tensor(packed ? Math.multiplyExact(rows, batch) : rows, matrices.columns());
    Address[] from = new Address[calls];
    Address[] to = new Address[calls];
    for (int i = 0; i < calls; i++) {
      from[i] = new Address(x + i * stride * Float.BYTES);
      to[i] = new Address(y + i * stride * Float.BYTES);
    }
    return () -> {
      device.enter();
      for (int i = 0; i < calls; i++) {
        check(
            cudnnSoftmaxForward(
                handle,
                CUDNN_SOFTMAX_ACCURATE,
                CUDNN_SOFTMAX_MODE_INSTANCE,
                one,
                shape,
                from[i],
                zero,
                shape,
                to[i]),
            "cudnnSoftmaxForward");
      }
    };
  }

  /** Describes [batch, 1, rows, columns], with or without a gap between replicas. */
  private cudnnTensorStruct tensor(Matrices m) {
    int size = Math.multiplyExact(m.rows(), m.columns());
    int step = m.batch() == 1 ? size : Math.toIntExact(m.stride());
    cudnnTensorStruct tensor = create();
    check(
        cudnnSetTensor4dDescriptorEx(
            tensor,
            CUDNN_DATA_FLOAT,
            m.batch(),
            1,
            m.rows(),
            m.columns(),
            step,
            size,
            m.columns(),
            1),
        "cudnnSetTensor4dDescriptorEx");
    return tensor;
  }

  /** Describes [instances, columns, 1, 1], packed. */
  private cudnnTensorStruct tensor(int instances, int columns) {
    cudnnTensorStruct tensor = create();
    check(
        cudnnSetTensor4dDescriptor(
            tensor, CUDNN_TENSOR_NCHW, CUDNN_DATA_FLOAT, instances, columns, 1, 1),
        "cudnnSetTensor4dDescriptor");
    return tensor;
  }

  private cudnnTensorStruct create() {
    cudnnTensorStruct tensor = new cudnnTensorStruct();
    check(cudnnCreateTensorDescriptor(tensor), "cudnnCreateTensorDescriptor");
    cudnnTensorStruct same = new cudnnTensorStruct(tensor);
    CLEANER.register(tensor, () -> cudnnDestroyTensorDescriptor(same));
    return tensor;
  }

  private static void check(int status, String call) {
    if (status != CUDNN_STATUS_SUCCESS) {
      throw Check.library(
          call,
          cudnnGetErrorString(status).getString() + " (" + status + ")",
          "Run without cuDNN; if the device was lost, start the program again; otherwise please"
              + " report this message with the command that led to it");
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    activations.values().forEach(e -> cudnnDestroyActivationDescriptor(e));
    zero.close();
    one.close();
    if (!device.isClosed()) {
      device.enter();
      cudnnDestroy(handle);
    }
  }
}
