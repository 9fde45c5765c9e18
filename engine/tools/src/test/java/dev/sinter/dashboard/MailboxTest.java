package dev.sinter.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MailboxTest {
  @Test
  void messages_fewerThanRoom_comeInOrder() throws InterruptedException {
    Mailbox box = new Mailbox(2);
    box.put("a");
    box.put("b");
    assertThat(box.take(1000)).isEqualTo("a");
    assertThat(box.take(1000)).isEqualTo("b");
    assertThat(box.take(0)).isNull();
  }

  @Test
  void messages_moreThanRoom_loseTheOldestAndSaySo() throws InterruptedException {
    Mailbox box = new Mailbox(2);
    for (String message : new String[] {"a", "b", "c", "d"}) {
      box.put(message);
    }
    assertThat(box.take(1000)).isEqualTo(Mailbox.LOST);
    assertThat(box.take(1000)).isEqualTo("c");
    assertThat(box.take(1000)).isEqualTo("d");
    box.put("e");
    assertThat(box.take(1000)).isEqualTo("e");
  }

  @Test
  void take_waiting_endsWhenClosed() throws InterruptedException {
    Mailbox box = new Mailbox(2);
    Thread closer = new Thread(box::close);
    closer.start();
    assertThat(box.take(Long.MAX_VALUE)).isNull();
    assertThat(box.isClosed()).isTrue();
    closer.join();
  }
}
