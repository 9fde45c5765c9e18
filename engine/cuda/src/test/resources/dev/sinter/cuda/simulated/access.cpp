// Checks of each load and store: bounds, alignment, and races on shared memory.
// Two threads race if both access a word of shared memory, at least one writes, and there is no barrier of the block in
// between (or, for lanes of one warp, no operation of the warp). Atomics do not count, and accesses of less than 4
// bytes are not tracked.
#include "simulator.h"

#include <link.h>

#include <cstring>
#include <memory>

namespace sinter {

namespace {

constexpr uint64_t ALIGNMENT = 1024, SHARED_GUARD = 4096;

Access state;
std::vector<BlockMemory> blocks;
uint64_t dynamic_bytes = 0;
std::unique_ptr<unsigned char, void (*)(void*)> arena(nullptr, free);  // the dynamic shared memory of all blocks
uint64_t arena_bytes = 0;
uint64_t hit = 0, hit_bytes = 0;  // the last allocation found

bool conflicts(const Touch& earlier) {
  const BlockMemory& block = *state.block;
  if (earlier.thread == Touch::NOBODY || earlier.thread == state.thread || earlier.time != block.time) {
    return false;
  }
  unsigned warp = state.thread / 32;
  return earlier.thread / 32 != warp || earlier.warp_time == block.warp_time[warp];
}

const char* race(Word& word, bool write, Touch& other) {
  Touch now = {state.block->time, state.block->warp_time[state.thread / 32], uint16_t(state.thread)};
  if (conflicts(word.writer)) {
    other = word.writer;
    return write ? "two threads write" : "one thread writes and another reads";
  }
  if (!write) {
    Touch* readers = word.readers;
    if (readers[0].thread != now.thread) readers[1] = readers[0];
    readers[0] = now;
    return nullptr;
  }
  for (const Touch& reader : word.readers) {
    if (conflicts(reader)) {
      other = reader;
      return "one thread reads and another writes";
    }
  }
  word.writer = now;
  return nullptr;
}

// Whether the access is in a shared variable.
bool shared(uint64_t address, uint64_t bytes, int kind) {
  for (Shadow& shadow : state.block->shadows) {
    uint64_t offset = address - shadow.address;
    if (offset >= shadow.bytes) continue;
    if (bytes > shadow.bytes - offset) {
      stop(format("%lu bytes at byte %lu of a shared variable of %lu bytes", bytes, offset, shadow.bytes));
    }
    for (uint64_t w = offset / 4; state.races && kind < 2 && bytes >= 4 && w * 4 < offset + bytes; w++) {
      Touch other;
      const char* what = race(shadow.words[w], kind == 1, other);
      if (what != nullptr) {
        stop(format("race on shared memory, byte %lu of a variable of %lu bytes: %s with no barrier "
            "between, thread %u then thread %u", w * 4, shadow.bytes, what, other.thread, state.thread));
      }
    }
    return true;
  }
  return false;
}

int image_of(dl_phdr_info* info, size_t, void* data) {
  auto* module = static_cast<Module*>(data);
  auto target = reinterpret_cast<uint64_t>(module->exports);
  uint64_t low = ~0ul, high = 0;
  for (int i = 0; i < info->dlpi_phnum; i++) {
    if (info->dlpi_phdr[i].p_type != PT_LOAD) continue;
    uint64_t start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
    low = start < low ? start : low;
    high = start + info->dlpi_phdr[i].p_memsz > high ? start + info->dlpi_phdr[i].p_memsz : high;
  }
  if (target < low || target >= high) return 0;
  module->image = {reinterpret_cast<unsigned char*>(low), high - low};
  return 1;
}

}  // namespace

Access& begin_access(const Memory& memory, Module& module, unsigned count, unsigned bytes, bool races) {
  if (module.image.bytes == 0) dl_iterate_phdr(image_of, &module);
  state.memory = &memory;
  state.module = &module;
  state.races = races && module.exports->checked;
  hit_bytes = 0;
  dynamic_bytes = bytes;
  uint64_t stride = SHARED_GUARD + (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  uint64_t size = count * stride + SHARED_GUARD;
  if (size > arena_bytes) {
    arena.reset(static_cast<unsigned char*>(aligned_alloc(ALIGNMENT, size)));
    if (arena == nullptr) throw Failure("the simulated device found no host memory for shared memory");
    arena_bytes = size;
  }
  memset(arena.get(), 0xff, size);
  blocks.assign(count, {});
  state.block = nullptr;
  for (unsigned b = 0; b < count; b++) {
    BlockMemory& block = blocks[b];
    block.dynamic = arena.get() + b * stride + SHARED_GUARD;
    if (count > 1) block.variables.assign(module.shared_bytes, 0xff);
    auto add = [&](const unsigned char* address, uint64_t bytes) {
      uint64_t words = state.races ? (bytes + 7) / 4 : 0;
      block.shadows.push_back({reinterpret_cast<uint64_t>(address), bytes, std::vector<Word>(words)});
    };
    if (dynamic_bytes > 0) add(block.dynamic, dynamic_bytes);
    for (auto& variable : module.shared) add(variable.address, variable.bytes);
  }
  return state;
}

void enter_block(unsigned block) {
  BlockMemory* entered = &blocks[block];
  if (entered == state.block) return;
  if (blocks.size() > 1) {
    uint64_t at = 0;
    for (auto& variable : state.module->shared) {
      if (state.block != nullptr) memcpy(state.block->variables.data() + at, variable.address, variable.bytes);
      memcpy(variable.address, entered->variables.data() + at, variable.bytes);
      at += variable.bytes;
    }
  }
  state.block = entered;
  state.module->exports->dynamic = entered->dynamic;
}

void poison_shared() {
  for (auto& variable : state.module->shared) memset(variable.address, 0xff, variable.bytes);
  memset(state.block->dynamic, 0xff, dynamic_bytes);
}

std::string damaged_shared() {
  static const std::vector<unsigned char> poison(SHARED_GUARD, 0xff);
  const unsigned char* dynamic = state.block->dynamic;
  if (memcmp(dynamic - SHARED_GUARD, poison.data(), SHARED_GUARD) != 0) {
    return "dynamic shared memory was written to before its start";
  }
  if (memcmp(dynamic + dynamic_bytes, poison.data(), SHARED_GUARD) != 0) {
    return format("dynamic shared memory was written to past its %lu bytes", dynamic_bytes);
  }
  return "";
}

void check_access(unsigned long address, unsigned long bytes, int kind) {
  if (address - state.stack < state.stack_bytes) return;
  uint64_t offset = address - hit;
  bool sized = bytes == 2 || bytes == 4 || bytes == 8 || bytes == 16;
  if (sized && address % bytes != 0) {
    stop(format("%s of %lu bytes at 0x%lx, which is not aligned", kind ? "store" : "load", bytes, address));
  }
  if (offset < hit_bytes && bytes <= hit_bytes - offset) return;
  if (shared(address, bytes, kind)) return;
  const auto& module = *state.module;
  if (address - reinterpret_cast<uint64_t>(arena.get()) < arena_bytes) {
    stop(format("%s at byte %ld of dynamic shared memory, which is out of bounds", kind ? "store" : "load",
        long(address - reinterpret_cast<uint64_t>(state.block->dynamic))));
  }
  if (address - reinterpret_cast<uint64_t>(module.image.address) < module.image.bytes) return;
  if (!state.memory->find(address, &hit, &hit_bytes) || address - hit >= hit_bytes
      || bytes > hit_bytes - (address - hit)) {
    hit_bytes = 0;
    stop(std::string(kind ? "store" : "load") + " out of bounds: "
        + state.memory->outside(address, bytes));
  }
}

}  // namespace sinter
