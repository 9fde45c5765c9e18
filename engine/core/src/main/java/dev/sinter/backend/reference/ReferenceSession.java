package dev.sinter.backend.reference;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.List;

/** State and scratch as Java arrays; each step interprets the operations one by one. */
final class ReferenceSession implements Session {
  private final float[] state;

  ReferenceSession(State layout) {
    this.state = new float[layout.size()];
  }

  /** Samples stay where they are: in the tensors. */
  record HostData(Tensor x, Tensor y, float scale, float offset) implements Resident {
    @Override
    public void close() {}
  }

  @Override
  public void write(int offset, float[] values) {
    System.arraycopy(values, 0, state, offset, values.length);
  }

  @Override
  public void read(int offset, float[] values) {
    System.arraycopy(state, offset, values, 0, values.length);
  }

  @Override
  public Resident upload(Tensor x, Tensor y, float scale, float offset) {
    return new HostData(x, y, scale, offset);
  }

  @Override
  public List<Executable> prepare(List<Program> programs) {
    int size = programs.stream().mapToInt(program -> program.scratch().size()).max().orElse(0);
    float[] scratch = new float[size];
    return programs.stream().<Executable>map(program -> new Interpreter(program, scratch)).toList();
  }

  @Override
  public void close() {}

  private final class Interpreter implements Executable {
    private final Program program;
    private final float[] scratch;

    Interpreter(Program program, float[] scratch) {
      this.program = program;
      this.scratch = scratch;
    }

    @Override
    public Program program() {
      return program;
    }

    @Override
    public void run(Feed feed, Chunk chunk, float[] results) {
      int written = 0;
      for (int step = 0; step < chunk.steps(); step++) {
        for (Op op : program.ops()) {
          for (int replica = 0; replica < program.replicas(); replica++) {
            run(op, replica, feed, chunk, step);
          }
        }
        for (Value result : program.results()) {
          for (int replica = 0; replica < program.replicas(); replica++) {
            Matrix matrix = matrix(result, replica);
            System.arraycopy(matrix.memory(), matrix.offset(), results, written, matrix.size());
            written += matrix.size();
          }
        }
      }
    }

    private void run(Op op, int replica, Feed feed, Chunk chunk, int step) {
      if (op instanceof Op.Gather gather) {
        int length = feed.order().length / program.replicas();
        int from = replica * length + chunk.firstRow() + step * program.batch();
        Kernels.gather(
            (HostData) feed.data(),
            feed.order(),
            from,
            matrix(gather.x(), replica),
            matrix(gather.y(), replica));
      } else if (op instanceof Op.Dense dense) {
        Kernels.dense(
            matrix(dense.x(), replica),
            matrix(dense.weights(), replica),
            matrix(dense.bias(), replica),
            dense.activation(),
            matrix(dense.output(), replica));
      } else if (op instanceof Op.DenseGradWeights grad) {
        Kernels.denseGradWeights(
            matrix(grad.x(), replica),
            matrix(grad.dz(), replica),
            matrix(grad.dWeights(), replica),
            matrix(grad.dBias(), replica));
      } else if (op instanceof Op.DenseGradInput grad) {
        Kernels.denseGradInput(
            matrix(grad.dz(), replica),
            matrix(grad.weights(), replica),
            grad.activation(),
            matrix(grad.a(), replica),
            matrix(grad.dx(), replica));
      } else if (op instanceof Op.Softmax softmax) {
        LossKernels.softmax(matrix(softmax.z(), replica), matrix(softmax.p(), replica));
      } else if (op instanceof Op.CrossEntropy entropy) {
        LossKernels.crossEntropy(
            entropy.kind(),
            matrix(entropy.z(), replica),
            matrix(entropy.y(), replica),
            matrix(entropy.dz(), replica),
            matrix(entropy.loss(), replica));
        if (entropy.correct() != null) {
          LossKernels.countCorrect(
              entropy.accuracy(),
              matrix(entropy.z(), replica),
              matrix(entropy.y(), replica),
              0,
              matrix(entropy.correct(), replica));
        }
      } else if (op instanceof Op.CountCorrect count) {
        LossKernels.countCorrect(
            count.accuracy(),
            matrix(count.scores(), replica),
            matrix(count.y(), replica),
            count.threshold(),
            matrix(count.correct(), replica));
      } else if (op instanceof Op.Elementwise elementwise) {
        Matrix[] operands =
            elementwise.operands().stream()
                .map(value -> matrix(value, replica))
                .toArray(Matrix[]::new);
        Kernels.elementwise(
            elementwise.expression(), operands, matrix(elementwise.output(), replica));
      } else if (op instanceof Op.Reduce reduce) {
        Kernels.reduce(
            reduce.reduction(), matrix(reduce.x(), replica), matrix(reduce.output(), replica));
      } else if (op instanceof Op.Update update) {
        Kernels.update(
            update.rule(),
            program.state(),
            state,
            replica,
            chunk.learningRates()[replica],
            chunk.iteration() + step + 1);
      }
    }

    private Matrix matrix(Value value, int replica) {
      if (value == null) {
        return null;
      }
      int shift = replica * value.shape().replicaStride();
      return value.kind().isState()
          ? new Matrix(state, program.state().offsetOf(value) + shift, value.shape())
          : new Matrix(scratch, program.scratch().offsets().get(value) + shift, value.shape());
    }
  }
}
