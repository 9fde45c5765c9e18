package dev.sinter.dashboard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.report.Progress;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The runs to show: those of a folder, the training in this process, or both. While pages are open,
 * it checks the files and sends them the changes.
 */
final class RunBoard {
  private static final long SCAN_NANOS = 500_000_000L;

  /**
   * The least time between two messages; epochs may be shorter, and a page need not see every one.
   */
  private static final long TELL_NANOS = 250_000_000L;

  /** Scanning may take at most one part in this number of the time. */
  private static final long SCAN_SHARE = 20;

  /** The most runs shown, the newest ones. */
  private static final int MAX_RUNS = 500;

  private final String folderName;
  private final FolderScan folder; // null if there is no folder
  private final LiveRun live; // null if there is no training
  private final EventStream pages;

  // Guarded by this.
  private Map<String, RunCard> onDisk = Map.of();
  private int liveVersion = -1;
  private long nextTellNanos = System.nanoTime();
  private Map<String, RunCard> cards = Map.of();
  private ObjectNode listing = RunJson.listing("", List.of());
  private String versions = "";
  private long nextScanNanos = System.nanoTime();
  private Progress told;

  /**
   * Creates a board.
   *
   * @param runs a folder of run folders, or null
   * @param live a training in this process, or null
   */
  RunBoard(Path runs, LiveRun live, EventStream pages) {
    this.folderName = runs == null ? "" : runs.toString();
    this.folder = runs == null ? null : new FolderScan(runs);
    this.live = live;
    this.pages = pages;
  }

  /** Checks for news and sends it; call it repeatedly. */
  synchronized void tick() {
    if (pages.pages() == 0) {
      return;
    }
    refresh();
    Progress progress = live == null ? null : live.progress();
    if (progress != told) {
      told = progress;
      pages.tell("progress", RunJson.progress(live.id(), progress));
    }
  }

  /** Sends the last news before the end. */
  synchronized void lastTick() {
    nextScanNanos = System.nanoTime();
    nextTellNanos = nextScanNanos;
    tick();
  }

  /** Returns all runs for the page, at most half a second old. */
  synchronized ObjectNode listing() {
    refresh();
    return listing;
  }

  /** Returns a run; refuses an unknown id. */
  synchronized RunCard card(String id) {
    refresh();
    RunCard card = cards.get(id);
    if (card == null) {
      throw new HttpError(404, "there is no such run");
    }
    return card;
  }

  private void refresh() {
    long start = System.nanoTime();
    boolean scan = folder != null && start - nextScanNanos >= 0;
    boolean advanced = live != null && live.version() != liveVersion;
    if (!scan && (!advanced || start - nextTellNanos < 0)) {
      return;
    }
    if (scan) {
      onDisk = folder.scan();
      long now = System.nanoTime();
      nextScanNanos = now + Math.max(SCAN_NANOS, (now - start) * SCAN_SHARE);
    }
    nextTellNanos = start + TELL_NANOS;
    Map<String, RunCard> found = new TreeMap<>(onDisk);
    if (live != null) {
      liveVersion = live.version();
      // During training, the folder has the machine and the network, and the training has newer
      // numbers.
      found.merge(
          live.id(),
          live.card(),
          (card, own) ->
              "running".equals(card.summary().path("status").asText()) ? card.with(own) : card);
    }
    List<RunCard> newest =
        found.values().stream()
            .sorted(Comparator.comparingLong(card -> -card.summary().path("started").asLong()))
            .limit(MAX_RUNS)
            .toList();
    String stamps =
        newest.stream()
            .map(card -> card.id() + card.summary().get("version") + card.summary().get("weights"))
            .toList()
            .toString();
    if (!stamps.equals(versions)) {
      versions = stamps;
      cards = found;
      listing = RunJson.listing(folderName, newest);
      pages.tell("runs", listing);
    }
  }
}
