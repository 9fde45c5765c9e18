package dev.sinter.spark;

import dev.sinter.Callback;
import dev.sinter.Checkpoint;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.data.Tensor;
import dev.sinter.distributed.Endpoint;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.distributed.Transport;
import dev.sinter.distributed.Transports;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.errors.TrainingDivergedException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.CRC32;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskKilledException;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.CollectionAccumulator;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.runtime.AbstractFunction1;

/**
 * What a worker does: one task of a barrier stage. It takes its rows, finds the other workers,
 * trains with them, and returns a {@link WorkerResult}.
 */
final class Worker extends AbstractFunction1<Iterator<byte[]>, Iterator<byte[]>>
    implements Serializable {
  private static final long serialVersionUID = 1L;
  private static final String WHERE = "worker %s of %s";
  private static final String OWNER = "training"; // a file in the folder of checkpoints
  private static final String ONEDNN = "onednn";
  private static final String SPARSE = "onednn.sparse";

  private final Order order;

  /**
   * What the workers are told.
   *
   * @param network the compiled model, as a .keras file
   * @param rows how a worker comes by its rows
   * @param training a name of its own, equal for all attempts
   * @param token known to the workers of this attempt alone
   * @param reports what worker 0 tells the driver of epochs
   */
  record Order(
      Broadcast<byte[]> network,
      WorkerRows.Loader rows,
      FitOptions options,
      WorkerOptions worker,
      int workers,
      String training,
      byte[] token,
      CollectionAccumulator<byte[]> reports)
      implements Serializable {}

  Worker(Order order) {
    this.order = order;
  }

  @Override
  public Iterator<byte[]> apply(Iterator<byte[]> blocks) {
    BarrierTaskContext context = BarrierTaskContext.get();
    WorkerResult result = run(context, CollectionConverters.asJava(blocks));
    return CollectionConverters.asScala(List.of(Bytes.of(result)).iterator());
  }

  private WorkerResult run(BarrierTaskContext context, java.util.Iterator<byte[]> blocks) {
    WorkerResult result = train(context, blocks);
    if (context.isInterrupted() || Thread.currentThread().isInterrupted()) {
      throw new TaskKilledException("the training was stopped");
    }
    return result;
  }

  private WorkerResult train(BarrierTaskContext context, java.util.Iterator<byte[]> blocks) {
    int rank = context.partitionId();
    Model model = null;
    Endpoint endpoint = null;
    try {
      String mine;
      WorkerRows rows = null;
      Backend backend = null;
      String transport = "none";
      try {
        rows = order.rows.load(rank, blocks);
        model = Model.of(NetworkBytes.read(order.network.value()));
        backend = openBackend(context, model);
        requireOwnFolder(rank);
        if (order.workers > 1) {
          BackendOptions options = order.worker.backendOptions();
          Transport way = transport(backend);
          transport = way.name();
          endpoint = way.open(rank, host(), options);
          mine = Answer.ready(backend.name(), transport, endpoint.address());
        } else {
          mine = Answer.ready(backend.name(), transport, "-");
        }
      } catch (InputException e) {
        mine = Answer.refused(e);
      }
      List<Answer> answers =
          order.workers == 1 ? List.of(Answer.of(mine)) : exchange(context, mine);
      InputException refusal = Answer.refusal(answers);
      if (refusal != null) {
        return WorkerResult.Refused.of(refusal);
      }
      List<String> addresses = answers.stream().map(Answer::address).toList();
      try (ProcessGroup group =
          endpoint == null
              ? null
              : endpoint.connect(addresses, order.token, order.worker.timeout())) {
        Fit options = order.options.of(group).validationData(rows.validation());
        Fit told = rank == 0 ? options.callback(new Reporter(order.reports)) : options;
        History history = model.fit(rows.train(), told);
        return trained(rank, model, history, transport, backend);
      } catch (RunException e) {
        giveWay(e);
        throw e;
      }
    } catch (InputException e) {
      return WorkerResult.Refused.of(e);
    } catch (TrainingDivergedException e) {
      return WorkerResult.Refused.of(e);
    } finally {
      if (endpoint != null) {
        endpoint.close();
      }
      if (model != null) {
        model.close();
      }
    }
  }

  /** Tells the driver of epochs. */
  private record Reporter(CollectionAccumulator<byte[]> reports) implements Callback {
    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
      reports.add(Bytes.of(new EpochReports.Report(epoch, new LinkedHashMap<>(logs))));
    }
  }

  private static WorkerResult trained(
      int rank, Model model, History history, String transport, Backend backend) {
    CRC32 crc = new CRC32();
    for (Tensor weight : model.getWeights()) {
      float[] floats = weight.floats();
      ByteBuffer bytes = ByteBuffer.allocate(floats.length * Float.BYTES);
      bytes.asFloatBuffer().put(floats);
      crc.update(bytes);
    }
    boolean first = rank == 0;
    return new WorkerResult.Trained(
        first ? NetworkBytes.of(model.saved()) : null,
        first ? history : null,
        crc.getValue(),
        transport,
        backend.name(),
        backend.device());
  }

  /**
   * Opens the backend with as many threads as the task has cores. Which product is computed with
   * the zeros of the samples left out is timed, and could differ from worker to worker.
   */
  private Backend openBackend(BarrierTaskContext context, Model model) {
    BackendOptions options = order.worker.backendOptions();
    String name = order.worker.backend();
    if (options.threads() == 0) {
      options = options.threads(context.cpus());
    }
    if (name.equals(Backends.AUTO)) {
      name = Backends.open(name, options).name();
    }
    if (name.equals(ONEDNN) && !options.own().containsKey(SPARSE)) {
      options = options.option(SPARSE, "off");
    }
    return model.backend(name, options).openBackend();
  }

  /** Returns the transport by its name, or the best one where auto is asked for. */
  private Transport transport(Backend backend) {
    String name = order.worker.transport();
    if (!name.equals(Backends.AUTO)) {
      return Transports.get(name);
    }
    boolean betweenGpus =
        backend.name().equals("cuda")
            && Transports.providers().stream()
                .anyMatch(way -> way.name().equals("nccl") && way.reasonAgainst() == null);
    return Transports.get(betweenGpus ? "nccl" : "tcp");
  }

  /**
   * A training that does not resume must not find another training's checkpoints. A file beside
   * them says which training they are of.
   */
  private void requireOwnFolder(int rank) {
    FitOptions.Checkpoints plan = order.options.checkpoints();
    if (rank != 0 || plan == null || plan.resumes()) {
      return;
    }
    Path folder = Path.of(plan.folder());
    Path owner = folder.resolve(OWNER);
    try {
      boolean own = Files.exists(owner) && Files.readString(owner).equals(order.training);
      if (!own && Checkpoint.isIn(folder)) {
        throw InputException.of(
            "checkpoints",
            "a folder without those of another training",
            folder,
            "Resume that training, or choose another folder");
      }
      Files.createDirectories(folder);
      Files.writeString(owner, order.training);
    } catch (IOException e) {
      throw InputException.of(
          "checkpoints", "a folder that can be written", e.toString(), "Choose another folder", e);
    }
  }

  /**
   * Waits a moment where another worker is the cause, so that the driver learns of the cause first:
   * bad input that only the other one met must not be tried again.
   */
  private static void giveWay(RunException e) {
    try {
      if (!(e instanceof TrainingDivergedException)) {
        Thread.sleep(1000);
      }
    } catch (InterruptedException killed) {
      Thread.currentThread().interrupt();
    }
  }

  /** Returns the name by which other executors reach this one. */
  private static String host() {
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    return host.replaceAll("[\\[\\]]", ""); // of an IPv6 address
  }

  /**
   * Tells all workers a line, and returns their lines in the order of the ranks; takes a second.
   * Spark would wait for a worker that hangs for a year.
   */
  private List<Answer> exchange(BarrierTaskContext context, String line) {
    String where = WHERE.formatted(context.partitionId(), order.workers);
    FutureTask<String[]> all = new FutureTask<>(() -> context.allGather(line));
    Thread thread = new Thread(all, "sinter-workers");
    thread.setDaemon(true);
    thread.start();
    Duration timeout = order.worker.timeout();
    try {
      String[] lines = all.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return Arrays.stream(lines).map(Answer::of).toList();
    } catch (TimeoutException e) {
      throw RunException.of(
          where,
          "all workers to be ready within " + timeout.toSeconds() + " s",
          "nothing from one of them",
          "Look for an executor that hangs, or use a longer timeout if it loads its rows for longer",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TaskKilledException("interrupted while waiting for the other workers");
    } catch (ExecutionException e) {
      throw RunException.of(
          where,
          "all workers to be ready",
          e.getCause(),
          "Look for an executor that was lost",
          e.getCause());
    } finally {
      thread.interrupt(); // Spark lets it wait until the task's stage is over
    }
  }

  /**
   * What a worker says before the training.
   *
   * @param refusal why it cannot train, or null
   */
  private record Answer(
      String backend, String transport, String address, @Nullable String refusal) {
    private static final String READY = "ready ";

    static String ready(String backend, String transport, String address) {
      return READY + backend + " " + transport + " " + address;
    }

    static String refused(InputException e) {
      return "refused " + e.getMessage();
    }

    static Answer of(String line) {
      if (!line.startsWith(READY)) {
        return new Answer("", "", "", line.substring(line.indexOf(' ') + 1));
      }
      String[] parts = line.substring(READY.length()).split(" ", 3);
      return new Answer(parts[0], parts[1], parts[2], null);
    }

    /** Returns why the workers cannot train together, or null if they can. */
    static @Nullable InputException refusal(List<Answer> all) {
      List<String> ways = new ArrayList<>();
      for (int rank = 0; rank < all.size(); rank++) {
        Answer answer = all.get(rank);
        if (answer.refusal != null) {
          String where = WHERE.formatted(rank, all.size());
          return new InputException(where + ": " + answer.refusal);
        }
        ways.add(answer.backend + " and " + answer.transport);
      }
      if (ways.stream().distinct().count() > 1) {
        return InputException.of(
            "workers on Spark",
            "one backend and one transport on all of them",
            ways,
            "Name a backend and a transport that all executors have");
      }
      return null;
    }
  }
}
