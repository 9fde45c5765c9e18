// Launches: the threads of a block are fibers of one OS thread, switched at barriers and at
// operations of a warp.
// A warp runs until all its lanes wait at the barrier of the block or have ended, then the next warp runs; lanes run
// one after another. So without a barrier, thread 0 (or the last one) is far ahead of the others, and code that lacks a
// barrier reads poison or old values in one of the two orders.
#include "simulator.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <random>

namespace sinter {

namespace {

constexpr size_t STACK = 256 * 1024;  // virtual; only used pages cost memory
constexpr unsigned LANES = 32;

enum State { READY, AT_BARRIER, IN_WARP, ENDED };

struct Fiber {
  Context context;
  unsigned char* stack = nullptr;
  bool running = false;  // whether the context may be switched to
  State state = ENDED;
  int line = 0;
  sinter_warp* lane = nullptr;
};

// One launch at a time in the process: kernels are few and small, and cores too.
std::mutex one_launch;
std::vector<std::unique_ptr<Fiber>> fibers;
Context scheduler;
unsigned current;
unsigned block_size;
unsigned at_barrier;
const Function* function;
void** arguments;
Access* access_state;
std::string failure;

void yield() { switch_context(fibers[current]->context, scheduler); }

[[noreturn]] void fail(const std::string& what) {
  if (failure.empty()) failure = what;
  fibers[current]->running = false;  // its stack is abandoned
  yield();
  __builtin_unreachable();
}

// Never returns: between kernels a fiber waits here for the next one, so that it is created only once.
void run_fiber() {
  for (;;) {
    function->call(arguments);
    fibers[current]->state = ENDED;
    yield();
  }
}

void resume(unsigned thread) {
  Fiber& fiber = *fibers[thread];
  current = thread;
  function->module->exports->thread->x = thread;
  access_state->thread = thread;
  if (fiber.stack == nullptr) fiber.stack = new_stack(STACK);
  access_state->stack = reinterpret_cast<uint64_t>(fiber.stack);
  access_state->stack_bytes = STACK;
  if (!fiber.running) {
    // Stack tops at different offsets in a page; otherwise all would compete for the same few cache lines.
    start_context(fiber.context, fiber.stack, STACK - thread % 16 * 256, run_fiber);
    fiber.running = true;
  }
  switch_context(scheduler, fiber.context);
}

std::string here(int line) { return format(" (thread %u, line %d)", current, line); }

void barrier(int line) {
  Fiber& fiber = *fibers[current];
  fiber.state = AT_BARRIER;
  fiber.line = line;
  if (++at_barrier == block_size) {
    for (unsigned t = 0; t < block_size; t++) {
      if (fibers[t]->line != line) {
        fail(format("threads of a block wait at different barriers: thread %u at line %d, "
            "thread %u at line %d", t, fibers[t]->line, current, line));
      }
    }
    for (unsigned t = 0; t < block_size; t++) fibers[t]->state = READY;
    at_barrier = 0;
    access_state->time++;
  }
  yield();
}

void warp(sinter_warp* lane) {
  Fiber& fiber = *fibers[current];
  unsigned first = current / LANES * LANES;
  if ((lane->mask >> (current - first) & 1) == 0) {
    fail(format("mask 0x%x lacks the lane that uses it", lane->mask) + here(lane->line));
  }
  fiber.state = IN_WARP;
  fiber.line = lane->line;
  fiber.lane = lane;
  sinter_warp* lanes[LANES] = {};
  bool complete = true;
  for (unsigned l = 0; l < LANES; l++) {
    if ((lane->mask >> l & 1) == 0) continue;
    Fiber& other = *fibers[first + l];
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
    access_state->warp_time[first / LANES]++;
    for (unsigned l = 0; l < LANES; l++) {
      if (lanes[l] != nullptr) fibers[first + l]->state = READY;
    }
  }
  yield();
}

void trap(const char* what, int line) { fail(what + here(line)); }

void index(unsigned long index, int line) {
  fail(format("index %ld is outside its array", long(index)) + here(line));
}

std::string deadlock() {
  std::string text = "deadlock, no thread of the block can go on:";
  static const char* const states[] = {"ready", "waits at __syncthreads()", "waits for its warp", "has ended"};
  for (unsigned t = 0, start = 0; t < block_size; t++) {
    Fiber& a = *fibers[t];
    if (t + 1 < block_size && fibers[t + 1]->state == a.state
        && (a.state == ENDED || fibers[t + 1]->line == a.line)) continue;
    text += start == t ? format(" thread %u ", t) : format(" threads %u to %u: ", start, t);
    text += states[a.state];
    if (a.state != ENDED) text += format(" at line %d", a.line);
    text += ";";
    start = t + 1;
    if (text.size() > 700 && t + 1 < block_size) return text + " and so on";
  }
  text.pop_back();
  return text;
}

// Runs all fibers of a block; the order is that of warps and of lanes in each.
void run_block(const std::vector<unsigned>& order) {
  at_barrier = 0;
  access_state->time++;
  for (unsigned t = 0; t < block_size; t++) fibers[t]->state = READY;
  for (bool progress = true; progress;) {
    progress = false;
    for (unsigned w = 0; w < block_size; w += LANES) {
      for (bool moved = true; moved; progress |= moved) {
        moved = false;
        for (unsigned l = 0; l < LANES; l++) {
          unsigned thread = order[w + l];
          if (fibers[thread]->state != READY) continue;
          resume(thread);
          if (!failure.empty()) return;
          moved = true;
        }
        if (!moved) break;
      }
    }
  }
  for (unsigned t = 0; t < block_size; t++) {
    if (fibers[t]->state != ENDED) {
      failure = deadlock();
      return;
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

void check_guard(const sinter_exports& module, unsigned shared) {
  static const std::vector<unsigned char> poison(module.dynamic_guard, 0xff);
  if (memcmp(module.dynamic - module.dynamic_guard, poison.data(), poison.size()) != 0) {
    failure = "dynamic shared memory was written to before its start";
  } else if (memcmp(module.dynamic + shared, poison.data(), poison.size()) != 0) {
    failure = format("dynamic shared memory was written to past its %u bytes", shared);
  }
}

}  // namespace

const sinter_runtime runtime = {barrier, warp, trap, index, check_access};

void stop(const std::string& what) { fail(what + format(" (thread %u)", current)); }

void launch(const Memory& memory, const Function& f, Launch& l, Order order,
    uint64_t seed, bool races) {
  std::lock_guard<std::mutex> lock(one_launch);
  const sinter_exports& module = *f.module->exports;
  function = &f;
  arguments = l.arguments.data();
  access_state = &begin_access(memory, *f.module, l.shared, races);
  block_size = l.block;
  failure.clear();
  while (fibers.size() < block_size) fibers.push_back(std::make_unique<Fiber>());
  *module.block_size = {l.block, 1, 1};
  *module.grid_size = {l.grid[0], l.grid[1], l.grid[2]};
  *module.thread = {0, 0, 0};
  memset(module.dynamic - module.dynamic_guard, 0xff, l.shared + 2 * module.dynamic_guard);
  std::mt19937_64 random(seed);
  std::vector<unsigned> in_order = threads(l.block, order, random);
  uint64_t plane = static_cast<uint64_t>(l.grid[0]) * l.grid[1];
  uint64_t blocks = plane * l.grid[2];
  for (uint64_t i = 0; i < blocks && failure.empty(); i++) {
    uint64_t b = order == DESCENDING ? blocks - 1 - i : i;
    *module.block = {
        unsigned(b % l.grid[0]), unsigned(b / l.grid[0] % l.grid[1]), unsigned(b / plane)};
    for (auto& variable : f.module->shared) memset(variable.address, 0xff, variable.bytes);
    memset(module.dynamic, 0xff, l.shared);
    run_block(in_order);
    if (failure.empty()) check_guard(module, l.shared);
    if (!failure.empty()) failure += format(" [block %u, %u, %u]", module.block->x, module.block->y, module.block->z);
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
