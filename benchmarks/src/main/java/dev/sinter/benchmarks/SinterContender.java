package dev.sinter.benchmarks;

import dev.sinter.Evaluation;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Predictor;
import dev.sinter.backend.Backend;
import dev.sinter.data.Tensor;
import dev.sinter.metrics.Metric;

/**
 * Sinter on one of its backends: bare steps in a session, whole passes through the model. Each has
 * separate weights; those of the session are copied to the model before it predicts.
 */
final class SinterContender implements Contender {
  private final SinterTrainer trainer;
  private final Workload work;
  private final Model model;
  private final Backend backend;
  private BareSession session; // created for the first bare steps

  /**
   * Opens the backend.
   *
   * @throws dev.sinter.errors.InputException with the reason of the provider if it cannot run here
   */
  SinterContender(SinterTrainer trainer, Workload work) {
    this.trainer = trainer;
    this.work = work;
    this.model = work.recipe().model(0);
    model.backend(trainer.backend(), trainer.options(work.threads()));
    model.compile(work.optimizer(), work.recipe().loss(), Metric.ACCURACY);
    this.backend = model.openBackend();
  }

  /** Returns the session, created on first use. */
  BareSession session() {
    if (session == null) {
      session = new BareSession(backend, model, work);
    }
    return session;
  }

  @Override
  public String description() {
    return "backend "
        + backend.name()
        + " on "
        + backend.device()
        + ", "
        + backend.precision()
        + (trainer.isGpu()
            ? ", activation and softmax " + trainer.cudaOps()
            : ", at most " + backend.threads() + " threads");
  }

  @Override
  public double train(int steps) {
    return session().train(steps);
  }

  @Override
  public void fit(int epochs) {
    model.fit(work.train(), Fit.epochs(epochs).batchSize(work.batch()).verbose(0));
  }

  @Override
  public double forward(int steps) {
    return session().predict(steps);
  }

  @Override
  public double predict() {
    Tensor outputs = model.predict(work.test());
    return outputs.get(outputs.size() - 1);
  }

  @Override
  public float[] output(float[] row) {
    return model.predict(new float[][] {row}).floats();
  }

  /** Returns a predictor with the weights that were trained last. */
  Predictor predictor() {
    if (session != null) {
      session.copyTo(model);
    }
    return model.predictor();
  }

  @Override
  public Quality quality(int samples) {
    if (session != null) {
      session.copyTo(model);
      return session.quality(samples);
    }
    Evaluation evaluation = model.evaluate(work.test().take(samples));
    return new Quality(evaluation.loss(), evaluation.accuracy());
  }

  @Override
  public void close() {
    try {
      if (session != null) {
        session.close();
      }
    } finally {
      model.close();
    }
  }
}
