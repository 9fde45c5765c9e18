package dev.sinter.cuda.record;

import dev.sinter.cuda.driver.ActivationLibrary;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.KernelCompiler;
import dev.sinter.cuda.driver.Platform;
import dev.sinter.cuda.driver.Products;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A platform that records what its device computes. Each kernel, product and fill runs by itself,
 * also those of a graph, with all device memory read before and after it.
 *
 * <p>Give the backend no cache of kernels, or their sources are not seen.
 */
public final class RecordingPlatform implements Platform {
  private final Platform inner;
  private final Recording recording = new Recording();
  private final Map<ByteBuffer, String> texts = new ConcurrentHashMap<>(); // by image

  /** Records a platform. */
  public RecordingPlatform(Platform inner) {
    this.inner = inner;
  }

  /** Returns what was recorded so far. */
  public Recording recording() {
    return recording;
  }

  @Override
  public Survey survey() {
    return inner.survey();
  }

  @Override
  public Device open(int index) {
    Device device = inner.open(index);
    recording.device(device.properties(), inner.compiler().version());
    return new RecordingDevice(
        device, recording, image -> texts.getOrDefault(ByteBuffer.wrap(image), ""));
  }

  @Override
  public KernelCompiler compiler() {
    KernelCompiler compiler = inner.compiler();
    return new KernelCompiler() {
      @Override
      public String version() {
        return compiler.version();
      }

      @Override
      public byte[] compile(String source, String architecture) {
        try {
          byte[] image = compiler.compile(source, architecture);
          texts.put(ByteBuffer.wrap(image.clone()), source);
          return image;
        } catch (RuntimeException e) {
          recording.source("refused", source);
          throw e;
        }
      }
    };
  }

  @Override
  public Library<Products> products(Device device) {
    RecordingDevice recorder = (RecordingDevice) device;
    Library<Products> found = inner.products(recorder.inner());
    return found.present()
        ? new Library<>(new RecordingProducts(recorder, found.library()), null)
        : found;
  }

  @Override
  public Library<ActivationLibrary> neuralOps(Device device) {
    RecordingDevice recorder = (RecordingDevice) device;
    Library<ActivationLibrary> found = inner.neuralOps(recorder.inner());
    return found.present()
        ? new Library<>(new RecordingNeuralOps(recorder, found.library()), null)
        : found;
  }

  private record RecordingProducts(RecordingDevice device, Products inner) implements Products {
    @Override
    public String version() {
      return inner.version();
    }

    @Override
    public List<Algorithm> algorithms(dev.sinter.cuda.driver.Product product, int most) {
      return inner.algorithms(product, most).stream()
          .map(algorithm -> recorded(product, algorithm))
          .toList();
    }

    private Algorithm recorded(dev.sinter.cuda.driver.Product product, Algorithm algorithm) {
      return new Algorithm() {
        @Override
        public String name() {
          return algorithm.name();
        }

        @Override
        public void enqueue() {
          device.work(new Work.Product(product, algorithm.name()), algorithm::enqueue);
        }
      };
    }

    @Override
    public void close() {
      inner.close();
    }
  }

  private record RecordingNeuralOps(RecordingDevice device, ActivationLibrary inner)
      implements ActivationLibrary {
    @Override
    public String version() {
      return inner.version();
    }

    @Override
    public Operation activation(Activation f, long x, long y, Matrices shape) {
      return recorded(
          new Work.Neural("activation", f, y, x, 0, shape), inner.activation(f, x, y, shape));
    }

    @Override
    public Operation activationGradient(Activation f, long y, long dy, long dx, Matrices shape) {
      return recorded(
          new Work.Neural("activationGradient", f, y, dy, dx, shape),
          inner.activationGradient(f, y, dy, dx, shape));
    }

    @Override
    public Operation softmax(long x, long y, Matrices shape) {
      return recorded(new Work.Neural("softmax", null, y, x, 0, shape), inner.softmax(x, y, shape));
    }

    private Operation recorded(Work work, Operation operation) {
      return () -> device.work(work, operation::enqueue);
    }

    @Override
    public void close() {
      inner.close();
    }
  }
}
