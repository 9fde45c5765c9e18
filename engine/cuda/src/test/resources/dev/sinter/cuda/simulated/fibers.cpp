// Launches: the threads of a block are fibers of one OS thread, switched at barriers and at
// operations of a warp.
// A warp runs until all its lanes wait at the barrier of the block or have ended, then the next warp runs; lanes run
// one after another. So without a barrier, thread 0 (or the last one) is far ahead of the others, and code that lacks a
// barrier reads poison or old values in one of the two orders.
// Blocks run one after another. Those of a cooperative launch exist at the same time: a block runs until its threads
// have ended or wait for another block, then the first one in order that can go on runs. So the first block gets as far
// ahead as it can, and the last one runs only when no other can. Shuffled blocks also stop where they need not wait.
#include "simulator.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <random>

namespace sinter {

namespace {

constexpr size_t STACK = 64 * 1024;  // virtual; only used pages cost memory
constexpr unsigned LANES = 32;
constexpr unsigned MOST_THREADS = 1024;  // of a block
constexpr int VAIN_ROUNDS = 64;

enum State { READY, AT_BARRIER, IN_WARP, WAITING, ENDED };

struct Fiber {
  Context context;
  unsigned char* stack = nullptr;
  bool running = false;  // whether the context may be switched to
  State state = ENDED;
  int line = 0;
  sinter_warp* lane = nullptr;
  const unsigned* counter = nullptr;  // of the last load of a counter, and its value
  unsigned value = 0;
  std::vector<unsigned char> local;

  // Whether a thread that waits for another block has seen a change, or has not looked.
  bool may_go_on() const { return counter == nullptr || *counter != value; }
};

struct Block {
  uint32_t number;
  sinter_dim index;
  unsigned first;  // of its fibers
  bool begun = false, ended = false;
  unsigned at_barrier = 0;
  std::vector<Fiber*> waiting = {};  // for other blocks
};

// One launch at a time in the process: kernels are few and small, and cores too.
std::mutex one_launch;
std::vector<std::unique_ptr<Fiber>> fibers;
std::vector<Block> blocks_alive;  // those that exist at the same time
unsigned first_fiber;             // of the running block
Context scheduler;
unsigned current;
unsigned block_size;
std::mt19937_64* pauses;  // decides where blocks stop without need; null: nowhere
uint64_t changes;         // atomics, and threads that ended
unsigned at_barrier;
const Function* function;
void** arguments;
Access* access_state;
std::string failure;

// A thread of the running block.
Fiber& fiber(unsigned thread) { return *fibers[first_fiber + thread]; }

void yield() { switch_context(fiber(current).context, scheduler); }

[[noreturn]] void fail(const std::string& what) {
  if (failure.empty()) failure = what;
  fiber(current).running = false;  // its stack is abandoned
  yield();
  __builtin_unreachable();
}

// Never returns: between kernels a fiber waits here for the next one, so that it is created only once.
void run_fiber() {
  for (;;) {
    function->call(arguments);
    fiber(current).state = ENDED;
    changes++;
    yield();
  }
}

void resume(unsigned thread) {
  Fiber& entered = fiber(thread);
  current = thread;
  function->module->exports->thread->x = thread;
  access_state->thread = thread;
  if (entered.stack == nullptr) entered.stack = new_stack(STACK, first_fiber + thread < MOST_THREADS);
  access_state->stack = reinterpret_cast<uint64_t>(entered.stack);
  access_state->stack_bytes = STACK;
  if (!entered.running) {
    // Stack tops at different offsets in a page; otherwise all would compete for the same few cache lines.
    start_context(entered.context, entered.stack, STACK - thread % 16 * 256, run_fiber);
    entered.running = true;
  }
  switch_context(scheduler, entered.context);
}

std::string here(int line) { return format(" (thread %u, line %d)", current, line); }

void barrier(int line) {
  fiber(current).state = AT_BARRIER;
  fiber(current).line = line;
  if (++at_barrier == block_size) {
    for (unsigned t = 0; t < block_size; t++) {
      if (fiber(t).line != line) {
        fail(format("threads of a block wait at different barriers: thread %u at line %d, "
            "thread %u at line %d", t, fiber(t).line, current, line));
      }
    }
    for (unsigned t = 0; t < block_size; t++) fiber(t).state = READY;
    at_barrier = 0;
    order_block();
  }
  yield();
}

void warp(sinter_warp* lane) {
  Fiber& mine = fiber(current);
  unsigned first = current / LANES * LANES;
  if ((lane->mask >> (current - first) & 1) == 0) {
    fail(format("mask 0x%x lacks the lane that uses it", lane->mask) + here(lane->line));
  }
  mine.state = IN_WARP;
  mine.line = lane->line;
  mine.lane = lane;
  sinter_warp* lanes[LANES] = {};
  bool complete = true;
  for (unsigned l = 0; l < LANES; l++) {
    if ((lane->mask >> l & 1) == 0) continue;
    Fiber& other = fiber(first + l);
    if (other.state != IN_WARP) {
      complete = false;
      continue;
    }
    if (other.lane->operation != lane->operation || other.lane->mask != lane->mask) {
      fail(format("lanes of a warp wait at different operations or with different masks: thread %u "
          "at line %d, thread %u at line %d", first + l, other.line, current, lane->line));
    }
    lanes[l] = other.lane;
  }
  if (complete) {
    if (lane->operation == SINTER_SHUFFLE) {
      for (unsigned l = 0; l < LANES; l++) {
        if (lanes[l] != nullptr && (lanes[l]->source < 0 || lanes[l]->source >= (int)LANES
            || lanes[lanes[l]->source] == nullptr)) {
          fail(format("lane %u reads lane %d, which is not in mask 0x%x", l, lanes[l]->source,
              lane->mask) + here(lane->line));
        }
      }
    }
    finish(lanes);
    // The other operations order no memory: CUDA C++ Programming Guide, "Warp Shuffle Functions".
    if (lane->operation == SINTER_SYNC) order_warp(first / LANES, lane->mask);
    for (unsigned l = 0; l < LANES; l++) {
      if (lanes[l] != nullptr) fiber(first + l).state = READY;
    }
  }
  yield();
}

void trap(const char* what, int line) { fail(what + here(line)); }

void index(unsigned long index, int line) {
  fail(format("index %ld is outside its array", long(index)) + here(line));
}

// Threads of the running block that wait or have ended.
std::string describe() {
  std::string text;
  static const char* const states[] = {
      "ready", "waits at __syncthreads()", "waits for its warp", "waits for another block", "has ended"};
  for (unsigned t = 0, start = 0; t < block_size; t++) {
    Fiber& a = fiber(t);
    if (t + 1 < block_size && fiber(t + 1).state == a.state
        && (a.state == ENDED || fiber(t + 1).line == a.line)) continue;
    text += start == t ? format(" thread %u ", t) : format(" threads %u to %u: ", start, t);
    text += states[a.state];
    if (a.state != ENDED) text += format(" at line %d", a.line);
    if (a.state == WAITING && a.counter != nullptr) text += format(", the counter is %u", *a.counter);
    text += ";";
    start = t + 1;
    if (text.size() > 700 && t + 1 < block_size) return text + " and so on";
  }
  text.pop_back();
  return text;
}

// Runs the fibers of the running block as far as they get; the order is that of warps and of lanes in each.
void run_block(const std::vector<unsigned>& order) {
  for (bool progress = true; progress;) {
    progress = false;
    for (unsigned w = 0; w < block_size; w += LANES) {
      for (bool moved = true; moved; progress |= moved) {
        moved = false;
        for (unsigned l = 0; l < LANES; l++) {
          unsigned thread = order[w + l];
          if (fiber(thread).state != READY) continue;
          resume(thread);
          if (!failure.empty()) return;
          moved = true;
        }
        if (!moved) break;
      }
    }
  }
}

std::vector<unsigned> sequence(unsigned count, Order order, std::mt19937_64& random) {
  std::vector<unsigned> result(count);
  for (unsigned i = 0; i < count; i++) result[i] = order == DESCENDING ? count - 1 - i : i;
  if (order == SHUFFLED) std::shuffle(result.begin(), result.end(), random);
  return result;
}

// Threads in order; warps stay together.
std::vector<unsigned> threads(unsigned count, Order order, std::mt19937_64& random) {
  std::vector<unsigned> result;
  for (unsigned warp : sequence(count / LANES, order, random)) {
    for (unsigned lane : sequence(LANES, order, random)) result.push_back(warp * LANES + lane);
  }
  return result;
}

void enter(unsigned slot) {
  Block& block = blocks_alive[slot];
  enter_block(slot);
  run_races_of(slot);
  *function->module->exports->block = block.index;
  first_fiber = block.first;
}

// Runs a block until its threads have ended or wait for another block.
void run(unsigned slot, const std::vector<unsigned>& order) {
  Block& block = blocks_alive[slot];
  enter(slot);
  if (!block.begun) {
    block.begun = true;
    begin_races_of(slot, block.number);
    poison_shared();
  }
  for (Fiber* thread : block.waiting) {
    if (thread->may_go_on()) thread->state = READY;
  }
  at_barrier = block.at_barrier;
  run_block(order);
  block.at_barrier = at_barrier;
  block.waiting.clear();
  block.ended = true;
  for (unsigned t = 0; t < block_size; t++) {
    if (fiber(t).state == WAITING) block.waiting.push_back(&fiber(t));
    block.ended &= fiber(t).state == ENDED;
  }
  if (failure.empty() && block.ended) failure = damaged_shared();
  else if (failure.empty() && block.waiting.empty()) failure = "deadlock, no thread of the block can go on:" + describe();
  if (!failure.empty()) failure += format(" [block %u, %u, %u]", block.index.x, block.index.y, block.index.z);
}

bool can_run(const Block& block) {
  auto may_go_on = [](const Fiber* thread) { return thread->may_go_on(); };
  return !block.begun || std::any_of(block.waiting.begin(), block.waiting.end(), may_go_on);
}

std::string grid_deadlock() {
  std::string text = "deadlock, no block of the grid can go on", last;
  for (unsigned slot = 0; slot < blocks_alive.size() && text.size() < 1000; slot++) {
    enter(slot);
    std::string threads = describe();
    const sinter_dim& index = blocks_alive[slot].index;
    if (threads != last) text += format("; from block [%u, %u, %u] on:", index.x, index.y, index.z) + threads;
    last = threads;
  }
  return text;
}

// Lets the waiting threads look again, which matters only to those that do not wait but look twice.
void wake_all() {
  for (Block& block : blocks_alive) {
    for (Fiber* thread : block.waiting) thread->counter = nullptr;
  }
}

// Runs the blocks that exist at the same time to their ends.
void run_together(const std::vector<unsigned>& slots, const std::vector<unsigned>& order) {
  uint64_t before = changes;
  int vain = 0;
  for (std::vector<unsigned> ready;; ready.clear()) {
    bool ended = true;
    for (unsigned slot : slots) {
      ended &= blocks_alive[slot].ended;
      if (!can_run(blocks_alive[slot])) continue;
      ready.push_back(slot);
      if (pauses == nullptr) break;
    }
    if (!ready.empty()) {
      run(ready[pauses == nullptr ? 0 : (*pauses)() % ready.size()], order);
      if (!failure.empty()) return;
      continue;
    }
    if (ended) return;
    vain = changes == before ? vain + 1 : 0;
    before = changes;
    if (vain == VAIN_ROUNDS) {
      failure = grid_deadlock();
      return;
    }
    wake_all();
  }
}

// Makes a block and its fibers.
Block new_block(unsigned slot, uint64_t number, const unsigned* grid) {
  uint64_t plane = static_cast<uint64_t>(grid[0]) * grid[1];
  Block block = {uint32_t(number),
      {unsigned(number % grid[0]), unsigned(number / grid[0] % grid[1]), unsigned(number / plane)},
      slot * block_size};
  while (fibers.size() < block.first + block_size) fibers.push_back(std::make_unique<Fiber>());
  for (unsigned t = 0; t < block_size; t++) {
    Fiber& thread = *fibers[block.first + t];
    thread.state = READY;
    thread.line = 0;  // of the last wait
    thread.counter = nullptr;
    thread.local.clear();
  }
  return block;
}

void access(unsigned long address, unsigned long bytes, int kind) {
  bool global = check_access(address, bytes, kind);
  if (kind != 2) return;
  changes++;
  if (global) order_atomic(current, address);
}

void release(unsigned* counter, unsigned value) {
  auto address = reinterpret_cast<uint64_t>(counter);
  check_access(address, sizeof *counter, 2);
  changes++;
  order_release(current, address);
  *counter += value;
}

void fence() { order_fence(current); }

// A thread that gets the same value twice waits until the counter changes.
unsigned load(const unsigned* counter, bool acquire, int line) {
  auto address = reinterpret_cast<uint64_t>(counter);
  check_access(address, sizeof *counter, 2);
  Fiber& mine = fiber(current);
  bool again = mine.counter == counter && mine.value == *counter;
  if (again || (pauses != nullptr && (*pauses)() % 2 == 0)) {
    if (!again) mine.counter = nullptr;
    mine.state = WAITING;
    mine.line = line;
    yield();
  }
  if (acquire) order_acquire(current, address);
  mine.counter = counter;
  mine.value = *counter;
  return mine.value;
}

void* local(unsigned long bytes) {
  auto& memory = fiber(current).local;
  if (memory.empty()) memory.resize(bytes);
  return memory.data();
}

}  // namespace

const sinter_runtime runtime = {barrier, warp, trap, index, access, release, load, fence, local};

void stop(const std::string& what) {
  int line = fiber(current).line;
  fail(what + format(" (thread %u, ", current) + (line == 0 ? "before its first wait)" : format("after line %d)", line)));
}

void launch(const Memory& memory, const Function& f, Launch& l, Order order,
    uint64_t seed, bool races) {
  std::lock_guard<std::mutex> lock(one_launch);
  const sinter_exports& module = *f.module->exports;
  uint64_t count = static_cast<uint64_t>(l.grid[0]) * l.grid[1] * l.grid[2];
  uint64_t together = l.cooperative ? count : 1;
  function = &f;
  arguments = l.arguments.data();
  access_state = &begin_access(memory, *f.module, together, l.shared, races);
  begin_races(access_state->races, together, l.block);
  block_size = l.block;
  failure.clear();
  *module.block_size = {l.block, 1, 1};
  *module.grid_size = {l.grid[0], l.grid[1], l.grid[2]};
  *module.thread = {0, 0, 0};
  f.module->exports->left_out = l.left_out;
  std::mt19937_64 random(seed);
  pauses = l.cooperative && order == SHUFFLED ? &random : nullptr;
  std::vector<unsigned> in_order = threads(l.block, order, random);
  std::vector<unsigned> blocks = sequence(count, order, random);
  for (uint64_t i = 0; i < count && failure.empty(); i += together) {
    blocks_alive.clear();
    for (unsigned slot = 0; slot < together; slot++) {
      blocks_alive.push_back(new_block(slot, l.cooperative ? slot : blocks[i], l.grid));
    }
    run_together(l.cooperative ? blocks : std::vector<unsigned>{0}, in_order);
  }
  // Fibers that a failure stopped in the middle of a kernel start again.
  for (auto& fiber : fibers) {
    if (fiber->state != ENDED) {
      fiber->running = false;
      fiber->state = ENDED;
    }
  }
  std::string where = "kernel " + f.name;
  if (!failure.empty()) throw Failure(where + ": " + failure);
  memory.check(where.c_str());
}

}  // namespace sinter
