package dev.sinter.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.datasets.LoopbackServer.Reply;
import dev.sinter.datasets.LoopbackServer.Request;
import dev.sinter.testkit.IdxFiles;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Talks to 127.0.0.1 only. */
@Timeout(20)
class DownloadTest {
  static final Download.Limits QUICK =
      new Download.Limits(
          Duration.ofMillis(500),
          Duration.ofMillis(300),
          Duration.ofMillis(1500),
          Duration.ofSeconds(10),
          Duration.ofMillis(5),
          3);

  @TempDir Path folder;
  private byte[] zipped;
  private RemoteFile file;
  private Path target;
  private final List<LoopbackServer> servers = new ArrayList<>();

  @BeforeEach
  void makeFile() throws IOException {
    byte[] content = new byte[100_000];
    new SplittableRandom(1).nextBytes(content);
    zipped = IdxFiles.gzip(content);
    var digest = RemoteFile.newDigest();
    file =
        new RemoteFile("digits", content.length, HexFormat.of().formatHex(digest.digest(content)));
    target = folder.resolve("digits.gz");
  }

  @AfterEach
  void stopServers() throws IOException {
    for (LoopbackServer server : servers) {
      server.close();
    }
  }

  @Test
  void mirror_thatWorks_givesTheFileAlone() throws IOException {
    LoopbackServer server = server(request -> Reply.whole(zipped));
    fetch(server.folder());
    assertFetched();
    assertThat(server.requests()).containsExactly(new Request("/mnist/digits.gz", -1, 0));
  }

  @Test
  void body_truncated_resumedWithARange() throws IOException {
    LoopbackServer server =
        server(
            request -> {
              Reply reply = Reply.ranged(zipped, request);
              return request.number() == 0 ? reply.cutAt(40_000) : reply;
            });
    fetch(server.folder());
    assertFetched();
    assertThat(server.requests()).hasSize(2);
    assertThat(server.requests().get(1).from()).isEqualTo(40_000);
  }

  @Test
  void body_truncatedByServerWithoutRanges_fetchedAnew() throws IOException {
    LoopbackServer server =
        server(
            request ->
                request.number() == 0 ? Reply.whole(zipped).cutAt(40_000) : Reply.whole(zipped));
    fetch(server.folder());
    assertFetched();
  }

  @Test
  void body_alwaysTruncated_nextMirrorStartsAnew() throws IOException {
    LoopbackServer bad = server(request -> Reply.whole(zipped).cutAt(10));
    LoopbackServer good = server(request -> Reply.ranged(zipped, request));
    fetch(bad.folder(), good.folder());
    assertFetched();
    assertThat(bad.requests()).hasSize(QUICK.attempts());
    assertThat(good.requests()).containsExactly(new Request("/mnist/digits.gz", -1, 0));
  }

  @Test
  void part_fromAnEarlierRun_resumed() throws IOException {
    Files.write(part(), Arrays.copyOf(zipped, 30_000));
    LoopbackServer server = server(request -> Reply.ranged(zipped, request));
    fetch(server.folder());
    assertFetched();
    assertThat(server.requests()).extracting(Request::from).containsExactly(30_000);
  }

  @Test
  void part_ofAnotherFile_droppedAndFetchedAnew() throws IOException {
    Files.write(part(), new byte[30_000]);
    LoopbackServer server = server(request -> Reply.ranged(zipped, request));
    fetch(server.folder());
    assertFetched();
    assertThat(server.requests()).extracting(Request::from).containsExactly(30_000, -1);
  }

  @Test
  void part_asLongAsTheFileButOther_droppedAndFetchedAnew() throws IOException {
    Files.write(part(), new byte[zipped.length]);
    LoopbackServer server = server(request -> Reply.ranged(zipped, request));
    fetch(server.folder());
    assertFetched();
    assertThat(server.requests()).extracting(Request::from).containsExactly(zipped.length, -1);
  }

  @Test
  void part_ofTheWholeFile_isMovedWithoutAsking() throws IOException {
    Files.write(part(), zipped);
    LoopbackServer server = server(request -> Reply.ranged(zipped, request));
    fetch(server.folder());
    assertFetched();
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void body_corrupted_nextMirrorAsked() throws IOException {
    byte[] damaged = zipped.clone();
    damaged[50_000] ^= 1;
    LoopbackServer bad = server(request -> Reply.whole(damaged));
    LoopbackServer page = server(request -> Reply.whole("<html>Log in".getBytes()));
    LoopbackServer good = server(request -> Reply.ranged(zipped, request));
    fetch(bad.folder(), page.folder(), good.folder());
    assertFetched();
    assertThat(bad.requests()).hasSize(1);
  }

  @Test
  void answer404_nextMirrorAsked() throws IOException {
    LoopbackServer bad = server(request -> Reply.status(404));
    LoopbackServer good = server(request -> Reply.whole(zipped));
    fetch(bad.folder(), good.folder());
    assertFetched();
    assertThat(bad.requests()).hasSize(1);
  }

  @Test
  void answer503_sameMirrorAskedAgain() throws IOException {
    LoopbackServer server =
        server(request -> request.number() < 2 ? Reply.status(503) : Reply.whole(zipped));
    fetch(server.folder());
    assertFetched();
  }

  @Test
  void body_stalled_resumed() throws IOException {
    LoopbackServer server =
        server(
            request -> {
              Reply reply = Reply.ranged(zipped, request);
              return request.number() == 0 ? reply.stallingAt(40_000) : reply;
            });
    fetch(server.folder());
    assertFetched();
    assertThat(server.requests().get(1).from()).isPositive();
  }

  @Test
  void mirrors_allFailing_namedWithTheirReasonsAndNothingMoved() throws IOException {
    URI missing = server(request -> Reply.status(404)).folder();
    URI busy = server(request -> Reply.status(503)).folder();
    assertThatThrownBy(() -> fetch(missing, busy, LoopbackServer.refusing()))
        .isInstanceOf(IOException.class)
        .hasMessage("127.0.0.1: HTTP 404; 127.0.0.1: HTTP 503; 127.0.0.1: no connection");
    assertThat(target).doesNotExist();
  }

  @Test
  void mirrors_thatNeverAnswer_givenUpWithinTheIdleLimit() throws IOException {
    URI silent = server(request -> null).folder();
    URI stalling = server(request -> Reply.whole(zipped).stallingAt(0)).folder();
    long start = System.nanoTime();
    assertThatThrownBy(() -> fetch(silent, stalling, silent)).hasMessageContaining("gave up");
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void mirror_thatCannotBeReached_isNotAskedForTheNextFile() throws IOException {
    LoopbackServer good = server(request -> Reply.whole(zipped));
    Download download = new Download(List.of(LoopbackServer.refusing(), good.folder()), QUICK);
    download.fetch(file, target);
    download.fetch(file, folder.resolve("again.gz"));
    assertThat(folder.resolve("again.gz")).hasBinaryContent(zipped);
  }

  @Test
  void disk_thatCannotBeWritten_failsWithItsReason() throws IOException {
    LoopbackServer good = server(request -> Reply.whole(zipped));
    Files.createDirectory(part());
    Files.createFile(part().resolve("a"));
    assertThatThrownBy(() -> fetch(good.folder())).isInstanceOf(IOException.class);
    assertThat(target).doesNotExist();
  }

  private void fetch(URI... mirrors) throws IOException {
    new Download(List.of(mirrors), QUICK).fetch(file, target);
  }

  private void assertFetched() {
    assertThat(target).hasBinaryContent(zipped);
    assertThat(part()).doesNotExist();
  }

  private Path part() {
    return folder.resolve("digits.gz.part");
  }

  private LoopbackServer server(Function<Request, Reply> replies) throws IOException {
    LoopbackServer server = new LoopbackServer(replies);
    servers.add(server);
    return server;
  }
}
