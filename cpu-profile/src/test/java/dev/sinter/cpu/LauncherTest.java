package dev.sinter.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.onednn.OneDnnProvider;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The environment that scripts/sinter starts the JVM with: the script runs in a tree that counts as
 * built, with a "java" that prints its environment, or says what the backends really want.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the launcher there is sinter.cmd")
class LauncherTest {
  private static final String OLD = "old";
  private static final Path SCRIPT = Path.of("..", "scripts", "sinter").toAbsolutePath();

  @TempDir Path folder;

  @BeforeEach
  void makeTree() throws IOException {
    Files.createDirectories(folder.resolve("scripts"));
    Files.copy(SCRIPT, folder.resolve("scripts/sinter"));
    Files.createDirectories(build().resolve("lib"));
    Files.createFile(build().resolve("sinter.stamp"));
    Files.createFile(archive()); // an empty one: that of a JDK that makes none
    age(archive(), 60);
    Path java = folder.resolve("jdk/bin/java");
    Files.createDirectories(java.getParent());
    Files.writeString(
        java,
        """
        #!/bin/sh
        case "$*" in
          *dev.sinter.bench.Environment)
            [ -z "$ANSWER" ] || exit 0
            echo asked >>"%s"
            exec "%s/bin/java" -cp "%s" dev.sinter.bench.Environment ;;
          *-XX:ArchiveClassesAtExit=*)
            all="$*"
            file=${all#*-XX:ArchiveClassesAtExit=}
            [ -z "$MISS" ] || { : >"%s"; exit "$MISS"; }
            echo "$all" >"${file%%%% -cp*}"
            exit ;;
        esac
        env
        echo JAVA_ARGUMENTS="$*"
        """
            .formatted(
                folder.resolve("asked"),
                System.getProperty("java.home"),
                System.getProperty("java.class.path"),
                folder.resolve("tried")));
    assertThat(java.toFile().setExecutable(true)).isTrue();
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"17.0.1\"\n");
  }

  private Path build() {
    return folder.resolve("cpu-profile/target");
  }

  /** The archive of classes for the JDK of the tree. */
  private Path archive() {
    return build().resolve("classes-17.0.1.jsa");
  }

  /** Makes a file older or newer. */
  private static void age(Path file, int seconds) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(seconds)));
  }

  /** Waits until the launcher has made an archive in the background. */
  private void awaitArchive() throws Exception {
    for (int i = 0; i < 3000 && !isMade(); i++) {
      Thread.sleep(10);
    }
    assertThat(isMade()).as("made: %s", Files.exists(archive())).isTrue();
  }

  private boolean isMade() throws IOException {
    return Files.exists(archive())
        && !Files.exists(build().resolve(archive().getFileName() + ".lock"))
        && !Files.readString(archive()).equals(OLD);
  }

  /** Returns the arguments that "java" got for a command; the backends are not asked. */
  private String arguments(String command) throws Exception {
    return environment(Map.of("ANSWER", "none"), command).get("JAVA_ARGUMENTS");
  }

  /** Returns how often the backends were asked. */
  private long asked() throws IOException {
    Path file = folder.resolve("asked");
    return Files.exists(file) ? Files.readAllLines(file).size() : 0;
  }

  private Path cpuinfo(String sample) throws IOException {
    Path file = folder.resolve(sample + ".txt");
    try (InputStream in = getClass().getResourceAsStream("/cpuinfo/" + sample + ".txt")) {
      Files.write(file, in.readAllBytes());
    }
    return file;
  }

  /** Runs the launcher with more variables; returns the environment that "java" got. */
  private Map<String, String> environment(Map<String, String> variables, String... arguments)
      throws IOException, InterruptedException {
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(folder.resolve("scripts/sinter").toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.command().addAll(List.of(arguments));
    builder
        .environment()
        .keySet()
        .removeAll(
            List.of(
                "OMP_WAIT_POLICY",
                "GOMP_SPINCOUNT",
                "OPENBLAS_THREAD_TIMEOUT",
                "OPENBLAS_CORETYPE",
                "SINTER_MAVEN_OPTIONS"));
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().putAll(variables);
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(String.join("\n", lines)).isZero();
    return lines.stream()
        .filter(line -> line.matches("(OMP|GOMP|OPENBLAS|JAVA)_\\w+=.*"))
        .map(line -> line.split("=", 2))
        .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
  }

  @ParameterizedTest
  @CsvSource({
    "amd-zen5, SKYLAKEX",
    "amd-zen4, SKYLAKEX",
    "amd-zen3,",
    "intel-sapphire-rapids,",
    "arm-neoverse,"
  })
  void coreType_ofACpu_isSetForAmdWithAvx512Alone(String sample, String core) throws Exception {
    String file = cpuinfo(sample).toString();
    assertThat(environment(Map.of("SINTER_CPUINFO", file), "info").get("OPENBLAS_CORETYPE"))
        .isEqualTo(core);
  }

  @ParameterizedTest
  @CsvSource({"avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"})
  void coreType_oneFlagHidden_isNotSet(String flag) throws Exception {
    Path file = cpuinfo("amd-zen5");
    Files.writeString(file, Files.readString(file).replace(" " + flag + " ", " "));
    assertThat(environment(Map.of("SINTER_CPUINFO", file.toString()), "info"))
        .doesNotContainKey("OPENBLAS_CORETYPE");
  }

  @Test
  void coreType_setByTheUser_stays() throws Exception {
    String file = cpuinfo("amd-zen5").toString();
    assertThat(
            environment(Map.of("SINTER_CPUINFO", file, "OPENBLAS_CORETYPE", "ZEN"), "info")
                .get("OPENBLAS_CORETYPE"))
        .isEqualTo("ZEN");
  }

  @Test
  void coreType_noCpuinfo_isNotSet() throws Exception {
    String missing = folder.resolve("missing").toString();
    assertThat(environment(Map.of("SINTER_CPUINFO", missing), "info"))
        .containsEntry("OPENBLAS_THREAD_TIMEOUT", "4")
        .doesNotContainKey("OPENBLAS_CORETYPE");
  }

  @ParameterizedTest
  @CsvSource({
    "train mnist-dense --backend nd4j, passive",
    "train mnist-dense --backend=nd4j, passive",
    "train mnist-dense --backend Nd4j, passive",
    "train mnist-dense --backend onednn,",
    "bench --backend nd4j,"
  })
  void waitPolicy_byCommandAndBackend_isPassiveForNd4j(String words, String policy)
      throws Exception {
    assertThat(environment(Map.of(), words.split(" ")).get("OMP_WAIT_POLICY")).isEqualTo(policy);
  }

  @ParameterizedTest
  @CsvSource({
    "train mnist-dense --backend onednn, 3000",
    "train mnist-dense --backend nd4j,",
    "bench,"
  })
  void spinCount_byCommandAndBackend_isSetForOneDnn(String words, String count) throws Exception {
    assertThat(environment(Map.of(), words.split(" ")).get("GOMP_SPINCOUNT")).isEqualTo(count);
    assertThat(new OneDnnProvider().environment()).containsEntry("GOMP_SPINCOUNT", "3000");
  }

  @Test
  void spinCount_waitingChosenByTheUser_isLeftAlone() throws Exception {
    String[] train = {"train", "mnist-dense", "--backend", "onednn"};
    assertThat(environment(Map.of("GOMP_SPINCOUNT", "7"), train))
        .containsEntry("GOMP_SPINCOUNT", "7");
    assertThat(environment(Map.of("OMP_WAIT_POLICY", "active"), train))
        .containsEntry("OMP_WAIT_POLICY", "active")
        .doesNotContainKey("GOMP_SPINCOUNT");
  }

  @Test
  void answer_ofTheBackends_isKeptForTheBuildAndTheMachine() throws Exception {
    String[] train = {"train", "mnist-dense", "--backend", "nd4j"};
    Map<String, String> amd = Map.of("SINTER_CPUINFO", cpuinfo("amd-zen5").toString());
    Map<String, String> first = environment(amd, train);
    assertThat(first).containsEntry("OPENBLAS_CORETYPE", "SKYLAKEX");
    assertThat(environment(amd, train)).isEqualTo(first);
    assertThat(asked()).as("once for all backends").isEqualTo(1);
    assertThat(environment(amd, "train", "mnist-dense", "--backend", "onednn"))
        .containsEntry("GOMP_SPINCOUNT", "3000");
    assertThat(asked()).isEqualTo(1);

    Map<String, String> other = Map.of("SINTER_CPUINFO", cpuinfo("intel-sapphire-rapids") + "");
    assertThat(environment(other, train)).doesNotContainKey("OPENBLAS_CORETYPE");
    assertThat(asked()).as("another machine").isEqualTo(2);

    Path stamp = folder.resolve("cpu-profile/target/sinter.stamp");
    Path answer = folder.resolve("cpu-profile/target/environment");
    FileTime kept = Files.getLastModifiedTime(answer);
    Files.setLastModifiedTime(stamp, FileTime.from(kept.toInstant().plusMillis(10)));
    Thread.sleep(20); // until the new build is in the past
    environment(other, train);
    assertThat(asked()).as("another build").isEqualTo(3);
    environment(other, train);
    assertThat(asked()).isEqualTo(3);
  }

  @Test
  void answer_thatCannotBeKept_isUsedAllTheSame() throws Exception {
    Files.createDirectories(folder.resolve("cpu-profile/target/environment/in-the-way"));
    String[] train = {"train", "mnist-dense", "--backend", "nd4j"};
    assertThat(environment(Map.of(), train)).containsEntry("OMP_WAIT_POLICY", "passive");
  }

  @Test
  void java_thatDoesNotStart_saysWhyAndNothingIsKept() throws Exception {
    Files.writeString(folder.resolve("jdk/bin/java"), "#!/bin/sh\necho broken >&2\nexit 9\n");
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(folder.resolve("scripts/sinter").toString(), "info")
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().remove("SINTER_MAVEN_OPTIONS");
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(9);
    assertThat(output).hasContent("broken");
    assertThat(folder.resolve("cpu-profile/target/environment")).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"-Pcuda", "-P cuda", "-Dsinter.mkl=true -Pcpu,cuda -o"})
  void classPath_profileCuda_isTheCudaModules(String options) throws Exception {
    Path target = folder.resolve("cuda-profile/target");
    Files.createDirectories(target.resolve("lib"));
    Files.createFile(target.resolve("lib/a.jar"));
    Files.writeString(target.resolve("sinter.stamp"), options);
    age(Files.createFile(target.resolve(archive().getFileName())), 60);
    assertThat(environment(Map.of("SINTER_MAVEN_OPTIONS", options), "info").get("JAVA_ARGUMENTS"))
        .contains(target.resolve("lib/a.jar") + " dev.sinter.cli.Main info");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-Pnd4j-cuda", "-Dcuda=-Pcudanot"})
  void classPath_otherwise_isTheCpuModules(String options) throws Exception {
    for (String jar : List.of("picocli-4.jar", "sinter-cpu.jar", "a.jar", "sinter-b.jar")) {
      Files.createFile(build().resolve("lib").resolve(jar));
    }
    Files.writeString(build().resolve("sinter.stamp"), options);
    String jars =
        Stream.of("picocli-4.jar", "sinter-b.jar", "sinter-cpu.jar", "a.jar")
            .map(jar -> build().resolve("lib").resolve(jar).toString())
            .collect(Collectors.joining(File.pathSeparator));
    assertThat(environment(Map.of("SINTER_MAVEN_OPTIONS", options), "info").get("JAVA_ARGUMENTS"))
        .endsWith("-cp " + jars + " dev.sinter.cli.Main info");
  }

  @Test
  void archive_missingOrOlderThanBuildOrJdk_isMadeAndUsedFromThenOn() throws Exception {
    String option = "-XX:SharedArchiveFile=" + archive();
    Files.delete(archive());
    assertThat(arguments("info")).doesNotContain("Archive");
    awaitArchive();
    assertThat(archive()).content().contains(" -cp ", " dev.sinter.cli.Rehearsal");
    assertThat(arguments("info")).contains(option, "-Xlog:cds*=off");

    Path stamp = build().resolve("sinter.stamp");
    Path jar = Files.createFile(build().resolve("lib/a.jar"));
    List<Path> ages = List.of(stamp, folder.resolve("jdk/release"), jar);
    for (Path newer : ages) {
      for (Path file : ages) {
        age(file, -30);
      }
      Files.writeString(archive(), OLD);
      age(archive(), -20);
      age(newer, -10);
      assertThat(arguments("info")).as("older than %s", newer).doesNotContain("Archive");
      awaitArchive();
      assertThat(arguments("info")).contains(option);
    }
  }

  @Test
  void workingFolder_thatIsGone_doesNotMatter() throws Exception {
    Path gone = Files.createDirectory(folder.resolve("gone"));
    String command = "rmdir '%1$s/gone' && exec '%1$s/scripts/sinter' info";
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder("sh", "-c", command.formatted(folder))
            .directory(gone.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().remove("SINTER_MAVEN_OPTIONS");
    Process process = builder.start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).content().contains("dev.sinter.cli.Main info");
    assertThat(process.exitValue()).isZero();
  }

  @Test
  void version_alone_isPrintedWithoutCompilers() throws Exception {
    assertThat(arguments("--version")).contains(" -Xint ");
    assertThat(arguments("info")).doesNotContain("-Xint");
  }

  @Test
  void archive_ofAnotherJdk_isNotUsed() throws Exception {
    Path release = folder.resolve("jdk/release");
    Files.writeString(archive(), "of 17.0.1");
    Files.writeString(release, "JAVA_VERSION=\"17.0.2\"\n");
    age(Files.writeString(build().resolve("classes-17.0.2.jsa"), "of 17.0.2"), 60);
    assertThat(arguments("info")).contains(build() + "/classes-17.0.2.jsa ");

    Files.writeString(
        release,
        """
        IMPLEMENTOR="Who Built It"
        JAVA_RUNTIME_VERSION="17.0.2+8-LTS"
        JAVA_VERSION="17.0.2"
        """);
    Path other = build().resolve("classes-17.0.2-WhoBuiltIt-17.0.2+8-LTS.jsa");
    age(Files.writeString(other, "of another 17.0.2"), 60);
    assertThat(arguments("info")).contains(other + " ");
  }

  @Test
  void archive_thatCannotBeMade_isDoneWithout() throws Exception {
    Files.delete(archive());
    Files.createDirectories(build().resolve(archive().getFileName() + ".lock/in-the-way"));
    assertThat(arguments("info")).doesNotContain("Archive").endsWith("dev.sinter.cli.Main info");
    assertThat(archive()).doesNotExist();
  }

  @Test
  void archive_lockLeftByAKilledProcess_isMadeLater() throws Exception {
    Files.delete(archive());
    age(Files.createFile(build().resolve(archive().getFileName() + ".lock")), -1200);
    arguments("info");
    awaitArchive();
  }

  @Test
  void archive_besideBench_isNotMade() throws Exception {
    Files.delete(archive());
    arguments("bench");
    Thread.sleep(300); // time enough for one that would be made in the background
    assertThat(archive()).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"1, true", "137, false"}) // the rehearsal's failure, and that of a killed process
  void archive_theJvmWritesNone_isNotTriedAgainUnlessItWasKilled(String code, boolean kept)
      throws Exception {
    Files.delete(archive());
    environment(Map.of("ANSWER", "none", "MISS", code), "info");
    Path lock = build().resolve(archive().getFileName() + ".lock");
    Path tried = folder.resolve("tried");
    for (int i = 0; i < 3000 && (!Files.exists(tried) || Files.exists(lock)); i++) {
      Thread.sleep(10);
    }
    assertThat(tried).exists();
    assertThat(lock).doesNotExist();
    assertThat(Files.exists(archive())).isEqualTo(kept);
  }

  @ParameterizedTest
  @CsvSource({"25, true", "26, false"})
  void archive_onANewerJdk_isUsedWithoutOptionsItMayNotKnow(String version, boolean all)
      throws Exception {
    Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"" + version + "\"\n");
    Path archive = build().resolve("classes-" + version + ".jsa");
    age(Files.writeString(archive, "of " + version), 60);
    String arguments = arguments("info");
    assertThat(arguments).contains("-XX:SharedArchiveFile=" + archive);
    assertThat(arguments.contains("-XX:ArchiveRelocationMode=0")).isEqualTo(all);
    assertThat(arguments.contains("-Xlog:cds*=off")).isEqualTo(all);
  }

  /** JDK 17 says nothing of a damaged archive in any case; newer ones do without the option. */
  @Test
  void archive_thatTheJvmRefuses_isDoneWithoutInSilence() throws Exception {
    Files.writeString(archive(), "damaged");
    age(archive(), 60);
    Files.writeString(
        folder.resolve("jdk/bin/java"),
        "#!/bin/sh\nall=\"$*\"\nexec '%s/bin/java' ${all%%%% -cp*} -version"
            .formatted(System.getProperty("java.home")));
    environment(Map.of(), "info");
    assertThat(folder.resolve("output.txt"))
        .content()
        .containsIgnoringCase("version")
        .doesNotContain("cds", "archive", "warning", "error");
  }

  @Test
  void spark_askedFor_hasAClassPathOfItsOwn() throws Exception {
    Path target = folder.resolve("spark-profile/target");
    Path own = Files.createDirectories(target.resolve("lib")).resolve("sinter-core.jar");
    Path spark = Files.createDirectories(target.resolve("jars")).resolve("spark-core.jar");
    for (Path file : List.of(own, spark, target.resolve("sinter.stamp"))) {
      Files.createFile(file);
    }
    Map<String, String> none = Map.of("ANSWER", "none");
    String with = environment(none, "train", "--spark", "local[2]").get("JAVA_ARGUMENTS");
    assertThat(with)
        .contains(own + ":" + spark, "--add-opens=java.base/java.nio=ALL-UNNAMED")
        .contains("-Dspark.jars=" + own + " "); // those of Spark are there already
    assertThat(arguments("train")).doesNotContain("spark", "--add-opens");
  }
}
