package dev.sinter.networks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.sinter.callbacks.EarlyStopping;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Constraint;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Normalization;
import dev.sinter.layers.Regularizer;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.CosineDecay;
import dev.sinter.optimizers.Nadam;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkFileTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final JsonSchema SCHEMA =
      JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
          .getSchema(JSON.<JsonNode>valueToTree(NetworkFile.schema()));

  private static final String COMPLETE =
      """
      name: flowers
      data:
        label: species
        columns: {id: ignore, size: {kind: numeric, missing: median, flag: true}}
      layers:
        - Normalization
        - Dense: {units: 8, activation: relu, kernel_initializer: he_normal}
        - Dense:
            units: 3
            activation: softmax
      optimizer:
        adam: {learning_rate: 1e-2, beta_1: 0.8}
      loss: sparse_categorical_crossentropy
      metrics: [accuracy]
      epochs: 12
      batch_size: 16
      validation_split: 0.25
      shuffle: false
      seed: 7
      callbacks:
        - EarlyStopping: {monitor: val_loss, patience: 3}
      """;

  @TempDir Path folder;

  private NetworkFile read(String text) throws IOException {
    return NetworkFile.read(Files.writeString(folder.resolve("net.yaml"), text));
  }

  private static List<String> refusals(String text) throws IOException {
    List<String> messages = new ArrayList<>();
    SCHEMA.validate(YAML.readTree(text)).forEach(message -> messages.add(message.toString()));
    return messages;
  }

  @Test
  void read_completeFile_givesEachSetting() throws IOException {
    NetworkFile file = read(COMPLETE);
    assertThat(file.name()).isEqualTo("flowers");
    assertThat(file.layers()).hasSize(3);
    assertThat(file.layers().get(0)).isEqualTo(new Normalization());
    assertThat(file.layers().get(2)).isEqualTo(new Dense(3, "softmax"));
    assertThat(file.optimizer()).isEqualTo(new Adam(0.01).beta1(0.8));
    assertThat(file.loss()).isEqualTo(Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
    assertThat(file.metrics(true)).containsExactly(Metric.ACCURACY);
    assertThat(file.epochs()).isEqualTo(12);
    assertThat(file.seed()).isEqualTo(7);
    assertThat(file.fit(12).batchSize()).isEqualTo(16);
    assertThat(file.fit(12).validationSplit()).isEqualTo(0.25);
    assertThat(file.fit(12).shuffle()).isFalse();
    assertThat(file.fit(12).callbacks()).hasOnlyElementsOfType(EarlyStopping.class);
    assertThat(refusals(COMPLETE)).isEmpty();
  }

  @Test
  void read_shortestFile_hasDefaults() throws IOException {
    String text =
        "layers: [Dense: {units: 1}]\noptimizer: sgd\nloss: mean_squared_error\nepochs: 1\n";
    NetworkFile file = read(text);
    assertThat(file.name()).isEqualTo("net");
    assertThat(file.metrics(false)).containsExactly(Metric.MEAN_ABSOLUTE_ERROR);
    assertThat(file.metrics(true)).containsExactly(Metric.ACCURACY);
    assertThat(file.seed()).isEqualTo(1);
    assertThat(file.fit(1).batchSize()).isEqualTo(32);
    assertThat(refusals(text)).isEmpty();
  }

  @Test
  void read_optionsSchedulesAndPenalties_areThose() throws IOException {
    String text =
        """
        layers:
          - Dense: {units: 4, kernel_regularizer: l2, kernel_constraint: {max_norm: {max_value: 3}}}
          - Dense: {units: 1, kernel_regularizer: {l1_l2: {l1: 0.5}}, bias_constraint: non_neg}
        optimizer:
          nadam:
            beta_1: 0.8
            learning_rate:
              CosineDecay: {initial_learning_rate: 0.01, decay_steps: 90, warmup_target: 0.1, warmup_steps: 9}
            weight_decay: 0.25
            global_clipnorm: 1
            ema_momentum: 0.9
            gradient_accumulation_steps: 4
        loss: mean_squared_error
        epochs: 1
        """;
    NetworkFile file = read(text);
    assertThat(file.layers())
        .containsExactly(
            new Dense(4)
                .kernelRegularizer(Regularizer.l2(0.01))
                .kernelConstraint(Constraint.maxNorm(3)),
            new Dense(1)
                .kernelRegularizer(Regularizer.l1l2(0.5, 0))
                .biasConstraint(Constraint.NON_NEGATIVE));
    assertThat(file.optimizer())
        .isEqualTo(
            new Nadam()
                .beta1(0.8)
                .learningRate(new CosineDecay(0.01, 90).warmup(0.1, 9))
                .weightDecay(0.25)
                .globalClipNorm(1)
                .average(0.9)
                .accumulationSteps(4));
    assertThat(refusals(text)).isEmpty();
    refused(text.replace("CosineDecay", "CosinDecay"), "the nearest is CosineDecay");
    refused(text.replace(", warmup_steps: 9", ""), "received warmup_target alone");
    refused(text.replace("warmup_target: 0.1, ", ""), "received warmup_steps alone");
  }

  private void refused(String text, String message) {
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  /** What is wrong in the complete file, what it becomes, and the parts of the message. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "batch_size: 16 | batchsize: 16 | line 16, batchsize; received \"batchsize\"; nearest is batch_size",
        "batch_size: 16 | batch_size: 0 | line 16, batch_size; at least 1; received \"0\"",
        "seed: 7 | seed: x | line 19, seed; whole number; received \"x\"",
        "shuffle: false | shuffle: no | line 18, shuffle; true or false",
        "- Normalization | - Normalisation | line 6; received \"Normalisation\"; nearest is Normalization",
        "activation: relu | activation: rellu | line 7, layers, Dense, activation; received \"rellu\"; nearest is relu",
        "{units: 8 | {unit: 8 | line 7; received \"unit\"; nearest is units",
        "{units: 8, | { | line 7, layers, Dense; expected the key units, received none",
        "units: 3 | units: three | line 9, layers, Dense, units; received \"three\"",
        "1e-2 | fast | line 12, optimizer, adam, learning_rate; expected a number; received \"fast\"",
        "1e-2 | -1 | line 12, optimizer; learning rate: expected a finite number",
        "  adam: | adem: | line 12; received \"adem\"; nearest is adam",
        "loss: sparse_categorical | loss: sparse | line 13, loss; \"sparse_crossentropy\"",
        "metrics: [accuracy] | metrics: [acuracy] | line 14, metrics; nearest is accuracy",
        "validation_split: 0.25 | validation_split: 1 | line 17, validation_split; below 1",
        "missing: median | missing: mode | line 4; missing; one of mean, median; received \"mode\"",
        "id: ignore | id: drop | line 4, data, columns, id; numeric, boolean, category, ignore",
        "patience: 3 | patience: -3 | line 21, callbacks, EarlyStopping, patience; at least 0",
        "EarlyStopping: {monitor: val_loss, patience: 3} | ReduceLROnPlateau: {min_lr: -1} | line 21; min learning rate",
        "units: 3 | units: 3@      name: a/b | line 10, layers, Dense, name; without \"/\"; received \"a/b\"",
        "name: flowers | name: a/b | line 1, name; without \"/\"",
        "epochs: 12 | epochs: 12@epochs: 13 | line 16; each key once; \"epochs\" again",
        "epochs: 12 | @ | line 1; the key epochs",
        "name: flowers | name: [flowers | line; expected YAML",
      })
  void read_mistake_isAnsweredByLineAndNearestKey(String right, String wrong, String parts) {
    String text = COMPLETE.replace(right, wrong.replace("@", "\n"));
    assertThat(text).isNotEqualTo(COMPLETE);
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("net.yaml, line ")
        .hasMessageContainingAll(parts.split("; "));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.2.3/255", "1/0", "1e400", "../1"})
  void read_numberThatIsNone_isRefused(String number) {
    String text =
        "layers: [Rescaling: {scale: %s}, Dense: {units: 1}]\noptimizer: sgd\nloss: hinge\nepochs: 1\n"
            .formatted(number);
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("net.yaml, line 1, layers, Rescaling, scale: ", number);
  }

  @Test
  void read_levelsWithoutEnd_areRefused() {
    assertThatThrownBy(() -> read("[".repeat(100_000)))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("net.yaml: expected YAML of few levels");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"EarlyStopping", "EarlyStopping: {monitor: val_loss}", "ReduceLROnPlateau"})
  void read_callbackOfValidation_needsSamplesForIt(String callback) throws IOException {
    String text =
        "layers: [Dense: {units: 1}]\noptimizer: sgd\nloss: mean_squared_error\nepochs: 1\n"
            + "callbacks: [%s]\n".formatted(callback);
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(
            "net.yaml, callbacks, monitor val_loss", "Add validation_split: 0.1");
    assertThat(read(text + "validation_split: 0.1\n").fit(1).callbacks()).hasSize(1);
  }

  /** The schema refuses what the reader refuses, but for what only the code behind a key knows. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "batch_size: 16 | batchsize: 16",
        "batch_size: 16 | batch_size: 0",
        "shuffle: false | shuffle: maybe",
        "- Normalization | - Normalisation",
        "activation: relu | activation: rellu",
        "{units: 8 | {unit: 8",
        "units: 3 | units: three",
        "  adam: | adem:",
        "id: ignore | id: drop",
        "name: flowers | name: a/b",
        "epochs: 12 | seed_: 1",
      })
  void schema_refusesMistakes(String right, String wrong) throws IOException {
    assertThat(refusals(COMPLETE.replace(right, wrong))).isNotEmpty();
  }

  /** Editors take the schema from docs; it is made anew by: sinter init --schema. */
  @Test
  void schema_ofTheDocuments_isThatOfTheReader() throws IOException {
    JsonNode documented =
        JSON.readTree(Files.readString(Path.of("../../docs/network.schema.json")));
    assertThat(documented.equals(JSON.<JsonNode>valueToTree(NetworkFile.schema())))
        .as("docs/network.schema.json is what sinter init --schema prints")
        .isTrue();
  }

  /** Each layer, optimizer, loss, metric and callback can be made of its required keys. */
  @Test
  void entries_withRequiredKeysAlone_areMade() {
    List<Choice<?>> choices =
        List.of(
            LayerEntries.ALL,
            OptimizerEntries.ALL,
            TrainingEntries.LOSSES,
            TrainingEntries.METRICS,
            TrainingEntries.CALLBACKS);
    for (Choice<?> choice : choices) {
      assertThat(choice.names()).doesNotHaveDuplicates();
      for (Entry<?> entry : choice.entries()) {
        if (entry.section().required().isEmpty()) {
          YamlValue name = YamlValue.parse("net.yaml", entry.name());
          assertThat((Object) choice.read(name)).isNotNull();
        }
      }
    }
  }
}
