package dev.sinter.spark.tcp;

import static dev.sinter.spark.tcp.Ranks.LONG;
import static dev.sinter.spark.tcp.Ranks.SHORT;
import static dev.sinter.spark.tcp.Ranks.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.backend.BackendOptions;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Who gets into a group, who does not, and how long that takes at most. */
class MeetingTest {
  private static final byte[] WRONG = "wrong".getBytes(StandardCharsets.UTF_8);

  @BeforeAll
  static void needsLoopback() {
    Ranks.assumeLoopback();
  }

  @Test
  void connect_strangersOfAllKinds_areRefusedAndTheGroupForms() throws Exception {
    try (Ranks ranks = Ranks.open(2);
        ByHand silent = new ByHand(ranks.addresses().get(0));
        ByHand garbage = new ByHand(ranks.addresses().get(0));
        ByHand shortGarbage = new ByHand(ranks.addresses().get(0));
        ByHand wrongToken = new ByHand(ranks.addresses().get(0));
        ByHand rankOutside = new ByHand(ranks.addresses().get(0));
        ByHand myRank = new ByHand(ranks.addresses().get(0));
        ByHand otherSize = new ByHand(ranks.addresses().get(0));
        ByHand otherPeer = new ByHand(ranks.addresses().get(0))) {
      Future<ProcessGroup> first = ranks.connect(0, TOKEN, LONG);
      garbage.send("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n".getBytes(StandardCharsets.UTF_8));
      shortGarbage.send(1, 2);
      new ByHand(ranks.addresses().get(0)).close();
      wrongToken.greet(WRONG, 1, 2, 0);
      rankOutside.greet(TOKEN, 2, 2, 0);
      myRank.greet(TOKEN, 0, 2, 0);
      otherSize.greet(TOKEN, 1, 3, 0);
      otherPeer.greet(TOKEN, 1, 2, 1);
      for (ByHand refused :
          List.of(garbage, shortGarbage, wrongToken, rankOutside, myRank, otherSize, otherPeer)) {
        assertThat(refused.awaitEnd()).isZero();
      }
      ProcessGroup second = ranks.connect(1, TOKEN, LONG).get(10, TimeUnit.SECONDS);
      assertThat(second.size()).isEqualTo(2);
      assertThat(first.get(10, TimeUnit.SECONDS).transport()).isEqualTo("tcp");
      assertThat(silent.awaitEnd()).isZero();
      assertThat(ranks.outcomes(group -> group.allReduce(new float[9]), 0, 1)).containsOnlyNulls();
    }
  }

  @Test
  void connect_rankThatIsConnectedAlready_isRefused() throws Exception {
    try (Ranks ranks = Ranks.open(3);
        ByHand rankOne = new ByHand(ranks.addresses().get(0));
        ByHand liar = new ByHand(ranks.addresses().get(0))) {
      Future<ProcessGroup> zero = ranks.connect(0, TOKEN, SHORT);
      rankOne.greet(TOKEN, 1, 3, 0).awaitGreeting();
      assertThat(liar.greet(TOKEN, 1, 3, 0).awaitEnd()).isZero();
      assertThat(Ranks.failure(zero))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("rank 0 of 3")
          .hasMessageContaining("rank 2 at " + ranks.addresses().get(2) + " (it did not call)")
          .hasMessageNotContaining("rank 1 at");
      assertThat(rankOne.awaitEnd()).isEqualTo(8); // the farewell
    }
  }

  @Test
  void connect_silentStranger_isDismissedWhileTheGroupWaits() throws Exception {
    try (Ranks ranks = Ranks.open(2);
        ByHand silent = new ByHand(ranks.addresses().get(0))) {
      Future<ProcessGroup> zero = ranks.connect(0, TOKEN, Duration.ofMillis(1200));
      assertThat(silent.awaitEnd()).isZero();
      assertThat(zero.isDone()).isFalse();
      ranks.connect(1, TOKEN, LONG).get(10, TimeUnit.SECONDS);
      assertThat(zero.get(10, TimeUnit.SECONDS).rank()).isZero();
    }
  }

  @Test
  void connect_peerWithAnotherToken_endsThereAndLeavesTheOthersWaiting() throws Exception {
    try (Ranks ranks = Ranks.open(2)) {
      Future<ProcessGroup> zero = ranks.connect(0, TOKEN, LONG);
      Future<ProcessGroup> one = ranks.connect(1, WRONG, LONG);
      assertThat(Ranks.failure(one))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("a greeting of rank 0 from " + ranks.addresses().get(0))
          .hasMessageContaining("addresses and token");
      assertThat(zero.isDone()).isFalse();
    }
  }

  @Test
  void connect_answerOfAStranger_isRefused() throws Exception {
    try (Ranks ranks = Ranks.open(2);
        ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      ranks.address(0, "127.0.0.1:" + stranger.getLocalPort());
      Future<ProcessGroup> one = ranks.connect(1, TOKEN, LONG);
      try (Socket call = stranger.accept()) {
        call.getOutputStream().write(new Greeting(WRONG, 0, 2).to(1).array());
        assertThat(Ranks.failure(one))
            .isInstanceOf(RunException.class)
            .hasMessageContaining("a greeting of rank 0 from 127.0.0.1:")
            .hasMessageContaining("its token is not that of the group");
      }
    }
  }

  @Test
  void connect_nobodyListens_triesUntilTheTimeout() throws Exception {
    try (Ranks ranks = Ranks.open(2)) {
      ranks.endpoint(0).close();
      assertThat(Ranks.failure(ranks.connect(1, TOKEN, SHORT)))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("within 500 ms, received nothing of rank 0 at ")
          .hasMessageContaining("refused");
    }
  }

  @Test
  void connect_closeOrInterruptWhileItWaits_endsIt() throws Exception {
    try (Ranks ranks = Ranks.open(2)) {
      Future<ProcessGroup> zero = ranks.connect(0, TOKEN, LONG);
      try (ByHand silent = new ByHand(ranks.addresses().get(0))) {
        ranks.endpoint(0).close();
        assertThat(Ranks.failure(zero)).hasMessageContaining("expected an open endpoint");
        assertThat(silent.awaitEnd()).isZero();
      }
      Future<Boolean> one =
          ranks.run(
              () -> {
                Thread.currentThread().interrupt();
                assertThatThrownBy(() -> ranks.endpoint(1).connect(ranks.addresses(), TOKEN, LONG))
                    .isInstanceOf(RunException.class)
                    .hasMessageContaining("an interrupt");
                return Thread.currentThread().isInterrupted();
              });
      assertThat(one.get(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void open_hostThatIsNotHere_isRefused() {
    TcpTransport tcp = new TcpTransport();
    assertThatThrownBy(() -> tcp.open(0, "192.0.2.1", BackendOptions.DEFAULT)) // for documents
        .isInstanceOf(InputException.class)
        .hasMessageContaining("an address of this machine, received 192.0.2.1");
    assertThatThrownBy(() -> tcp.open(0, "no such host", BackendOptions.DEFAULT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("received no such host");
  }

  @Test
  void connect_argumentsThatDoNotFit_areRefused() throws Exception {
    try (Ranks ranks = Ranks.open(2)) {
      for (List<String> addresses :
          List.of(
              List.<String>of(),
              List.of(ranks.addresses().get(0), "127.0.0.1:1"),
              List.of(ranks.addresses().get(0), "127.0.0.1"),
              List.of(ranks.addresses().get(0), "127.0.0.1:99999"))) {
        assertThatThrownBy(() -> ranks.endpoint(1).connect(addresses, TOKEN, LONG))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("address");
      }
      assertThatThrownBy(() -> ranks.endpoint(1).connect(ranks.addresses(), TOKEN, Duration.ZERO))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("timeout");
      assertThatThrownBy(() -> ranks.endpoint(1).connect(ranks.addresses(), new byte[0], LONG))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("token");
    }
  }

  @Test
  void address_ofIpVersion6_isReadAsWritten() throws IOException {
    Address address = Address.parse("test", "[2001:db8::5]:4711");
    assertThat(address).isEqualTo(new Address("2001:db8::5", 4711));
    assertThat(address).hasToString("[2001:db8::5]:4711");
    assertThat(address.resolve().getAddress().getAddress()).hasSize(16);
  }
}
