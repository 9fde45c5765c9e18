package dev.sinter.spark.tcp;

import static dev.sinter.spark.tcp.Ranks.LONG;
import static dev.sinter.spark.tcp.Ranks.SHORT;
import static dev.sinter.spark.tcp.Ranks.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.RunException;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums over processes: equal to the bit to those in order; and how a group ends. */
class TcpGroupTest {
  private static final int[] LENGTHS = {
    0, 1, 2, 7, Link.CHUNK - 3, Link.CHUNK - 2, Link.CHUNK, 5 * Link.CHUNK + 1, Exchange.BLOCK + 3
  };

  @BeforeAll
  static void needsLoopback() {
    Ranks.assumeLoopback();
  }

  /** Numbers of all sizes, so that their sum depends on the order. */
  private static float[] numbers(int rank, int length) {
    Random random = new Random(31L * length + rank);
    float[] numbers = new float[length];
    for (int i = 0; i < length; i++) {
      numbers[i] = Math.scalb(random.nextFloat() - 0.5f, random.nextInt(30));
    }
    return numbers;
  }

  private static float[] sumInOrder(float[]... terms) {
    float[] sum = terms[0].clone();
    for (int rank = 1; rank < terms.length; rank++) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += terms[rank][i];
      }
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5})
  void allReduce_anyLength_isTheSumInTheOrderOfTheRanks(int size) throws Exception {
    int[] all = IntStream.range(0, size).toArray();
    try (Ranks ranks = Ranks.connected(size, LONG)) {
      for (int length : LENGTHS) {
        float[][] values = new float[size][];
        Arrays.setAll(values, rank -> numbers(rank, length));
        float[] expected = sumInOrder(values);
        assertThat(ranks.outcomes(group -> group.allReduce(values[group.rank()]), all))
            .containsOnlyNulls();
        assertThat(List.of(values)).allMatch(sums -> Arrays.equals(sums, expected));
      }
    }
  }

  @Test
  void begin_severalTimesBeforeAwait_sumsEachAndLeavesTheRest() throws Exception {
    float[] expected = sumInOrder(numbers(0, 1000), numbers(1, 1000), numbers(2, 1000));
    try (Ranks ranks = Ranks.connected(3, LONG)) {
      List<Throwable> outcomes =
          ranks.outcomes(
              group -> {
                for (int round = 0; round < 3; round++) {
                  float[] values = numbers(group.rank(), 1000);
                  float[] before = values.clone();
                  group.begin(values, 900, 100);
                  group.begin(values, 0, 1);
                  group.begin(values, 10, 0);
                  group.begin(values, 10, 700);
                  group.await();
                  for (int i = 0; i < values.length; i++) {
                    boolean summed = i < 1 || i >= 10 && i < 710 || i >= 900;
                    before[i] = summed ? expected[i] : before[i];
                  }
                  assertThat(Arrays.equals(values, before)).isTrue();
                }
              },
              0,
              1,
              2);
      assertThat(outcomes).containsOnlyNulls();
    }
  }

  @Test
  void allReduce_againAndAgain_allocatesNoBuffers() throws Exception {
    try (Ranks ranks = Ranks.connected(2, LONG)) {
      float[][] values = {new float[100_000], new float[100_000]};
      Ranks.Work some =
          group -> {
            for (int i = 0; i < 10; i++) {
              group.allReduce(values[group.rank()]);
            }
          };
      assertThat(ranks.outcomes(some, 0, 1)).containsOnlyNulls();
      long direct = directBytes();
      long heap = heapBytesOfGroups();
      assertThat(ranks.outcomes(some, 0, 1)).containsOnlyNulls();
      assertThat(directBytes()).isEqualTo(direct);
      assertThat(heapBytesOfGroups() - heap).isLessThan(100_000); // of 8 MB that were summed
    }
  }

  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  private static long heapBytesOfGroups() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return threadsOfGroups().mapToLong(t -> threads.getThreadAllocatedBytes(t.getId())).sum();
  }

  private static Stream<Thread> threadsOfGroups() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("sinter-tcp-"));
  }

  @Test
  void allReduce_connectionCutInTheMiddle_endsOnAllRanks() throws Exception {
    try (Ranks ranks = Ranks.open(3)) {
      Future<ProcessGroup> zero = ranks.connect(0, TOKEN, LONG);
      Future<ProcessGroup> one = ranks.connect(1, TOKEN, LONG);
      try (ByHand two = new ByHand(ranks.addresses().get(0));
          ByHand twoToOne = new ByHand(ranks.addresses().get(1))) {
        two.greet(TOKEN, 2, 3, 0).awaitGreeting();
        twoToOne.greet(TOKEN, 2, 3, 1).awaitGreeting();
        zero.get(10, TimeUnit.SECONDS);
        one.get(10, TimeUnit.SECONDS);
        two.send(0, 300, 1, 2, 3); // 3 of 100 floats
      }
      List<Throwable> outcomes = ranks.outcomes(group -> group.allReduce(new float[300]), 0, 1);
      assertThat(outcomes)
          .allSatisfy(
              e ->
                  assertThat(e)
                      .isInstanceOf(RunException.class)
                      .hasMessageMatching(
                          ".*(numbers of rank 2 at 127.0.0.1:\\d+|it leaves because of rank 2).*")
                      .hasMessageContaining("last checkpoint"));
    }
  }

  @Test
  void allReduce_peerThatHangs_endsByTheTimeoutAndNamesIt() throws Exception {
    try (Ranks ranks = Ranks.connected(3, SHORT)) {
      List<Throwable> outcomes = ranks.outcomes(group -> group.allReduce(new float[300_000]), 0, 1);
      assertThat(outcomes)
          .allSatisfy(
              e ->
                  assertThat(e)
                      .isInstanceOf(RunException.class)
                      .hasMessageMatching(
                          ".*(numbers of rank 2 at 127.0.0.1:\\d+, received nothing for 500 ms"
                              + "|it leaves because of rank 2).*"));
      assertThat(ranks.outcomes(group -> group.allReduce(new float[300_000]), 2).get(0))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("numbers of rank ");
    }
  }

  @Test
  void allReduce_otherLength_endsOnAllRanks() throws Exception {
    try (Ranks ranks = Ranks.connected(2, LONG)) {
      List<Throwable> outcomes =
          ranks.outcomes(
              group -> {
                group.allReduce(new float[5]);
                group.allReduce(new float[10 + group.rank()]);
              },
              0,
              1);
      assertThat(outcomes.get(0))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("expected 10 floats of all-reduce 1 as here, received 11 of");
      assertThat(outcomes.get(1))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("expected 11 floats of all-reduce 1 as here, received 10 of");
    }
  }

  @Test
  void await_interrupted_leavesTheGroupAndKeepsTheFlag() throws Exception {
    try (Ranks ranks = Ranks.connected(2, LONG)) {
      CountDownLatch begun = new CountDownLatch(1);
      Thread[] waiting = new Thread[1];
      Future<List<Throwable>> zero =
          ranks.run(
              () ->
                  ranks.outcomes(
                      group -> {
                        waiting[0] = Thread.currentThread();
                        group.begin(new float[100], 0, 100);
                        begun.countDown();
                        assertThatThrownBy(group::await)
                            .isInstanceOf(RunException.class)
                            .hasMessageContaining("an interrupt");
                        assertThat(Thread.currentThread().isInterrupted()).isTrue();
                        assertThatThrownBy(() -> group.begin(new float[1], 0, 1))
                            .isInstanceOf(RunException.class);
                      },
                      0));
      begun.await();
      waiting[0].interrupt();
      assertThat(zero.get(10, TimeUnit.SECONDS)).containsOnlyNulls();
      assertThat(ranks.outcomes(group -> group.allReduce(new float[100]), 1).get(0))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("numbers of rank 0 at 127.0.0.1:");
    }
  }

  @Test
  void close_byAnotherThread_endsTheWaitHereAndThere() throws Exception {
    try (Ranks ranks = Ranks.connected(2, LONG)) {
      CountDownLatch begun = new CountDownLatch(1);
      Future<List<Throwable>> zero =
          ranks.run(
              () ->
                  ranks.outcomes(
                      group -> {
                        group.begin(new float[100], 0, 100);
                        begun.countDown();
                        group.await();
                      },
                      0));
      begun.await();
      ranks.group(0).close();
      assertThat(zero.get(10, TimeUnit.SECONDS).get(0))
          .isInstanceOf(RunException.class)
          .hasMessageMatching(".*(a call of close|a closed one).*");
      assertThat(ranks.outcomes(group -> group.allReduce(new float[100]), 1).get(0))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("numbers of rank 0 at 127.0.0.1:");
    }
  }

  @Test
  void close_always_leavesNoThreadAndNoSocket() throws Exception {
    Set<String> before = sockets();
    Set<String> opened;
    try (Ranks ranks = Ranks.connected(3, LONG)) {
      assertThat(threadsOfGroups()).hasSize(3);
      opened = sockets();
      opened.removeAll(before);
      assertThat(opened).hasSizeGreaterThanOrEqualTo(6);
      assertThat(ranks.outcomes(group -> group.allReduce(new float[100]), 0, 1, 2))
          .containsOnlyNulls();
    }
    assertThat(threadsOfGroups()).isEmpty();
    assertThat(sockets()).doesNotContainAnyElementsOf(opened);
  }

  /** Returns the names of this process's sockets. */
  private static Set<String> sockets() throws IOException {
    Path folder = Path.of("/proc/self/fd");
    Assumptions.assumeTrue(Files.isDirectory(folder), "no /proc/self/fd on this system");
    Set<String> names = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(folder)) {
      descriptors.forEach(descriptor -> names.add(name(descriptor)));
    }
    names.removeIf(name -> !name.startsWith("socket:"));
    return names;
  }

  private static String name(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) { // closed meanwhile, as that of the folder
      return "";
    }
  }
}
