// Which accesses of memory nothing orders: races within a block and between the blocks of a launch.
// Two accesses of a word by different threads race if at least one is a plain one, at least one writes, and neither
// knows of the other. A thread knows of the accesses of its block before their last barrier, of those of its warp
// before the last __syncwarp, and of what it acquired. Knowledge passes between blocks as the PTX ISA defines
// it in "Memory Consistency Model": from a release, or a fence and a later atomic of the same thread, to an acquire that
// sees it, or an atomic and a later fence of the same thread; atomics in between carry it on. Of several threads of a
// block that release between two of its barriers only the last counts.
#include "simulator.h"

#include <memory>
#include <unordered_map>

namespace sinter {

namespace {

// What is known of the accesses of a block: those up to a moment by all its threads, by one warp and by one thread.
struct Known {
  uint32_t all = 0, by_warp = 0, by_thread = 0;
  uint16_t warp = 0, thread = 0;

  bool has(const Touch& touch) const {
    return touch.moment <= all || (touch.thread / 32 == warp && touch.moment <= by_warp)
        || (touch.thread == thread && touch.moment <= by_thread);
  }
  void join(const Known& other) {
    if (other.all > all) all = other.all;
    if (other.by_warp > by_warp) by_warp = other.by_warp, warp = other.warp;
    if (other.by_thread > by_thread) by_thread = other.by_thread, thread = other.thread;
  }
};

using Knowledge = std::shared_ptr<const std::vector<Known>>;  // by block; null: none

// What a thread can release.
struct Release {
  bool made = false;
  Knowledge of_block, of_thread;
  Known own;
};

struct Thread {
  Knowledge acquired;  // since the last barrier of the block
  Knowledge seen;      // by atomics since the last fence
  Release fenced;
};

struct BlockOrder {
  uint32_t number = 0;  // of the block
  uint32_t barrier = 0, warps[32] = {};  // their last moments
  Knowledge known;
  std::vector<Thread> threads;
  bool acquired = false;  // since the last barrier
};

bool tracked = false;
unsigned threads_of_block;
uint32_t moment;
std::vector<BlockOrder> orders;
BlockOrder* running;
std::unordered_map<uint64_t, Knowledge> released;  // by address

Knowledge join(const Knowledge& a, const Knowledge& b) {
  if (a == nullptr || a == b) return b;
  if (b == nullptr) return a;
  auto both = std::make_shared<std::vector<Known>>(*a);
  if (both->size() < b->size()) both->resize(b->size());
  for (size_t i = 0; i < b->size(); i++) (*both)[i].join((*b)[i]);
  return both;
}

bool knows(const Knowledge& knowledge, const Touch& touch) {
  return knowledge != nullptr && touch.block < knowledge->size() && (*knowledge)[touch.block].has(touch);
}

bool ordered(const Touch& earlier, const Touch& now, bool shared) {
  if (earlier.moment == 0) return true;
  if (earlier.block != now.block) {
    return shared || knows(running->known, earlier) || knows(running->threads[now.thread].acquired, earlier);
  }
  return earlier.thread == now.thread || earlier.moment <= running->barrier
      || (earlier.thread / 32 == now.thread / 32 && earlier.moment <= running->warps[now.thread / 32]);
}

Release release_of(unsigned thread) {
  Known own;
  own.all = running->barrier;
  own.warp = thread / 32;
  own.by_warp = running->warps[thread / 32];
  own.thread = thread;
  own.by_thread = moment++;
  return {true, running->known, running->threads[thread].acquired, own};
}

void publish(const Release& release, uint64_t counter) {
  auto own = std::make_shared<std::vector<Known>>(running->number + 1);
  own->back() = release.own;
  Knowledge& known = released[counter];
  known = join(join(known, own), join(release.of_block, release.of_thread));
}

}  // namespace

void begin_races(bool enabled, unsigned slots, unsigned threads) {
  tracked = enabled;
  threads_of_block = threads;
  moment = 1;
  orders.assign(enabled ? slots : 0, {});
  released.clear();
}

void begin_races_of(unsigned slot, uint32_t block) {
  if (!tracked) return;
  BlockOrder& order = orders[slot];
  order = BlockOrder();
  order.number = block;
  order.barrier = moment++;
  order.threads.resize(threads_of_block);
}

void run_races_of(unsigned slot) {
  if (tracked) running = &orders[slot];
}

void order_block() {
  if (!tracked) return;
  running->barrier = moment++;
  if (!running->acquired) return;
  for (Thread& thread : running->threads) {
    running->known = join(running->known, thread.acquired);
    thread.acquired = nullptr;
  }
  running->acquired = false;
}

void order_warp(unsigned warp, uint32_t lanes) {
  if (!tracked) return;
  running->warps[warp] = moment++;
  if (!running->acquired) return;
  Thread* threads = &running->threads[warp * 32];
  Knowledge all;
  for (unsigned l = 0; l < 32; l++) {
    if (lanes >> l & 1) all = join(all, threads[l].acquired);
  }
  for (unsigned l = 0; l < 32; l++) {
    if (lanes >> l & 1) threads[l].acquired = all;
  }
}

void order_fence(unsigned thread) {
  if (!tracked) return;
  Thread& mine = running->threads[thread];
  if (mine.seen != nullptr) {
    mine.acquired = join(mine.acquired, mine.seen);
    mine.seen = nullptr;
    running->acquired = true;
  }
  mine.fenced = release_of(thread);
}

void order_atomic(unsigned thread, uint64_t counter) {
  if (!tracked) return;
  Thread& mine = running->threads[thread];
  auto found = released.find(counter);
  if (found != released.end()) mine.seen = join(mine.seen, found->second);
  if (mine.fenced.made) publish(mine.fenced, counter);
}

void order_release(unsigned thread, uint64_t counter) {
  if (tracked) publish(release_of(thread), counter);
}

void order_acquire(unsigned thread, uint64_t counter) {
  if (!tracked) return;
  auto found = released.find(counter);
  if (found == released.end()) return;
  Knowledge& acquired = running->threads[thread].acquired;
  acquired = join(acquired, found->second);
  running->acquired = true;
}

// Records an access; returns what is wrong with it and the other access, or null.
const char* race(Word& word, unsigned thread, int kind, bool shared, Touch& other) {
  Touch now = {moment, running->number, uint16_t(thread)};
  auto conflict = [&](const Touch& touch) {
    other = touch;
    return !ordered(touch, now, shared);
  };
  if (conflict(word.writer)) return kind == 0 ? "one writes, the other reads" : "both write";
  if (kind != 2 && conflict(word.atomic)) return "one has an atomic, the other a plain access";
  if (kind == 0) {
    if (word.reader.block != now.block) {
      word.stranger = word.reader;
      word.fellow = Touch();
    } else if (word.reader.thread != now.thread) {
      word.fellow = word.reader;
    }
    word.reader = now;
    return nullptr;
  }
  if (conflict(word.reader) || conflict(word.fellow) || conflict(word.stranger)) return "one reads, the other writes";
  (kind == 1 ? word.writer : word.atomic) = now;
  return nullptr;
}

}  // namespace sinter
