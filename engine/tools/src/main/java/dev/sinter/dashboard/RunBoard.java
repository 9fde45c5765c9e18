package dev.sinter.dashboard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.report.Progress;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What there is to show: the runs of a folder, the training in this process, or both. Looks at the
 * files while pages are open, and tells them what has changed.
 */
final class RunBoard {
  private static final long SCAN_NANOS = 500_000_000L;

  /** Epochs may be shorter than this; a page needs not see each. */
  private static final long TELL_NANOS = 250_000_000L;

  /** Looking at many files must not take more of the time than one part in so many. */
  private static final long SCAN_SHARE = 20;

  /** Runs shown; the newest. */
  private static final int MAX_RUNS = 500;

  private final String folderName;
  private final FolderScan folder; // null without a folder
  private final LiveRun live; // null without a training
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

  /** Looks for news and tells them; to be called again and again. */
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

  /** Tells what is new before the end. */
  synchronized void lastTick() {
    nextScanNanos = System.nanoTime();
    nextTellNanos = nextScanNanos;
    tick();
  }

  /** Returns all runs for the page, as new as half a second. */
  synchronized ObjectNode listing() {
    refresh();
    return listing;
  }

  /** Returns a run; a refusal where there is none of that name. */
  synchronized RunCard card(String id) {
    refresh();
    RunCard card = cards.get(id);
    if (card == null) {
      throw new Refusal(404, "there is no such run");
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
      // While it trains, the folder knows its machine and network, and the training is further.
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
