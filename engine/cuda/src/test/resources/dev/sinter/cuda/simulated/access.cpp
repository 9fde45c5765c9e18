// Checks of each load and store: bounds, alignment, and races. Accesses of less than 4 bytes are not tracked for races.
#include "simulator.h"

#include <link.h>

#include <cstring>
#include <memory>
#include <unordered_map>

namespace sinter {

namespace {

constexpr uint64_t ALIGNMENT = 1024, SHARED_GUARD = 4096;

Access state;
std::vector<BlockMemory> blocks;
uint64_t dynamic_bytes = 0;
std::unique_ptr<unsigned char, void (*)(void*)> arena(nullptr, free);  // the dynamic shared memory of all blocks
uint64_t arena_bytes = 0;
uint64_t hit = 0, hit_bytes = 0;  // the last allocation found

// The words of global memory that were accessed in this launch.
constexpr uint64_t PAGE = 4096;
struct Page {
  Word words[PAGE / 4];
};
std::unordered_map<uint64_t, std::unique_ptr<Page>> pages;
struct Recent {
  uint64_t number = ~0ul;
  Page* page = nullptr;
};
Recent recent[256];

Word& global_word(uint64_t address) {
  uint64_t number = address / PAGE;
  Recent& entry = recent[number % 256];
  if (entry.number != number) {
    auto& page = pages[number];
    if (page == nullptr) page = std::make_unique<Page>();
    entry = {number, page.get()};
  }
  return entry.page->words[address % PAGE / 4];
}

std::string block_index(uint32_t number) {
  const sinter_dim& grid = *state.module->exports->grid_size;
  return format("[%u, %u, %u]", number % grid.x, number / grid.x % grid.y, number / grid.x / grid.y);
}

// Fails if the access races with an earlier one.
void check_order(Word& word, int kind, bool in_shared, uint64_t offset, uint64_t bytes) {
  Touch other;
  const char* what = race(word, state.thread, kind, in_shared, other);
  if (what == nullptr) return;
  stop(format("race on %s memory, byte %lu of %lu: thread %u of block %s, then thread %u of this block with no "
      "order between, %s", in_shared ? "shared" : "global", offset, bytes, other.thread,
      block_index(other.block).c_str(), state.thread, what));
}

void check_global_order(uint64_t address, uint64_t bytes, int kind) {
  for (uint64_t a = address & ~3ul; state.races && bytes >= 4 && a < address + bytes; a += 4) {
    check_order(global_word(a), kind, false, a - hit, hit_bytes);
  }
}

// Whether the access is in a shared variable.
bool shared(uint64_t address, uint64_t bytes, int kind) {
  for (Shadow& shadow : state.block->shadows) {
    uint64_t offset = address - shadow.address;
    if (offset >= shadow.bytes) continue;
    if (bytes > shadow.bytes - offset) {
      stop(format("%lu bytes at byte %lu of a shared variable of %lu bytes", bytes, offset, shadow.bytes));
    }
    for (uint64_t w = offset / 4; state.races && bytes >= 4 && w * 4 < offset + bytes; w++) {
      check_order(shadow.words.get()[w], kind, true, w * 4, shadow.bytes);
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
  blocks.clear();
  blocks.resize(count);
  pages.clear();
  for (Recent& entry : recent) entry = Recent();
  state.block = nullptr;
  for (unsigned b = 0; b < count; b++) {
    BlockMemory& block = blocks[b];
    block.dynamic = arena.get() + b * stride + SHARED_GUARD;
    if (count > 1) block.variables.assign(module.shared_bytes, 0xff);
    auto add = [&](const unsigned char* address, uint64_t bytes) {
      void* words = state.races ? calloc((bytes + 7) / 4, sizeof(Word)) : nullptr;  // pages appear when they are used
      block.shadows.push_back({reinterpret_cast<uint64_t>(address), bytes, {static_cast<Word*>(words), free}});
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

bool check_access(unsigned long address, unsigned long bytes, int kind) {
  if (address - state.stack < state.stack_bytes) return false;
  uint64_t offset = address - hit;
  bool sized = bytes == 2 || bytes == 4 || bytes == 8 || bytes == 16;
  if (sized && address % bytes != 0) {
    stop(format("%s of %lu bytes at 0x%lx, which is not aligned", kind ? "store" : "load", bytes, address));
  }
  if (offset < hit_bytes && bytes <= hit_bytes - offset) {
    check_global_order(address, bytes, kind);
    return true;
  }
  if (shared(address, bytes, kind)) return false;
  const auto& module = *state.module;
  if (address - reinterpret_cast<uint64_t>(arena.get()) < arena_bytes) {
    stop(format("%s at byte %ld of dynamic shared memory, which is out of bounds", kind ? "store" : "load",
        long(address - reinterpret_cast<uint64_t>(state.block->dynamic))));
  }
  if (address - reinterpret_cast<uint64_t>(module.image.address) < module.image.bytes) return false;
  if (!state.memory->find(address, &hit, &hit_bytes) || address - hit >= hit_bytes
      || bytes > hit_bytes - (address - hit)) {
    hit_bytes = 0;
    stop(std::string(kind ? "store" : "load") + " out of bounds: "
        + state.memory->outside(address, bytes));
  }
  check_global_order(address, bytes, kind);
  return true;
}

}  // namespace sinter
