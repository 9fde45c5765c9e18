package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.callbacks.EarlyStopping;
import dev.sinter.callbacks.ReduceLROnPlateau;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Initializer;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import dev.sinter.report.Style;
import org.junit.jupiter.api.Test;

/** Keras's names, as they are typed: in any case, and by class. */
class NamesTest {
  @Test
  void optimizers_byClassName_areFound() {
    assertThat(Optimizer.of("SGD")).isEqualTo(new Sgd());
    assertThat(Optimizer.of("RMSprop")).isEqualTo(new RmsProp());
    assertThat(Optimizer.of("Adam")).isEqualTo(new Adam());
    assertThat(Optimizer.of("AdamW")).isEqualTo(new AdamW());
    assertThat(Optimizer.of("Nesterov")).isEqualTo(new Sgd().nesterov(0.9));
  }

  @Test
  void layers_byClassName_areFound() {
    assertThat(new Dense(3, "ReLU")).isEqualTo(new Dense(3).relu());
    assertThat(new Activation("Softmax")).isEqualTo(new Activation("softmax"));
    assertThat(new Dense(3).kernelInitializer("Ones").kernelInitializer())
        .isEqualTo(Initializer.ONES);
    assertThat(Initializer.of("GlorotUniform")).isEqualTo(Initializer.GLOROT_UNIFORM);
  }

  @Test
  void stylesAndLevels_inAnyCase_areFound() {
    assertThat(Style.of("Keras2")).isEqualTo(Style.KERAS2);
    assertThat(Fit.epochs(1).verbose("Auto")).isEqualTo(Fit.epochs(1));
  }

  /** What comes back has one name, however it was asked for. */
  @Test
  void fit_shortAndClassNames_logKerasNames() {
    Model model = Toy.model().backend("Reference");
    model.compile("Adam", "SparseCategoricalCrossentropy", "acc");
    History history =
        model.fit(
            Toy.data(16),
            Toy.fit(20)
                .validationData(Toy.data(8))
                .callback(new EarlyStopping("val_acc").patience(1))
                .callback(new ReduceLROnPlateau("ACC")));
    assertThat(history.names()).contains("accuracy", "loss", "val_accuracy", "val_loss");
    assertThat(history.names()).noneMatch(name -> name.endsWith("acc"));
    assertThat(history.epochs()).hasSizeLessThan(20);
    assertThat(model.openBackend().name()).isEqualTo("reference");
  }
}
