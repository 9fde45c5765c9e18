// Device memory with guard zones and poison.
#include "simulator.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace sinter {

namespace {
constexpr uint64_t GUARD = 2048;
constexpr int POISON = 0xff;  // NaN as a float, -1 as an int

// The first byte that is no longer poison, or bytes.
uint64_t first_change(const unsigned char* p, uint64_t bytes) {
  static const std::vector<unsigned char> poison(GUARD + 512, POISON);
  if (memcmp(p, poison.data(), bytes) == 0) return bytes;
  uint64_t i = 0;
  while (p[i] == POISON) i++;
  return i;
}
}  // namespace

std::string format(const char* text, ...) {
  char buffer[1024];
  va_list arguments;
  va_start(arguments, text);
  vsnprintf(buffer, sizeof buffer, text, arguments);
  va_end(arguments);
  return buffer;
}

Memory::~Memory() {
  for (auto& [address, block] : blocks) free(block.raw);
}

uint64_t Memory::allocate(uint64_t bytes) {
  // The address is a multiple of 256 but not of 512: code that assumes more fails here.
  uint64_t size = (GUARD + 256 + bytes + GUARD + 511) / 512 * 512;
  auto* raw = static_cast<unsigned char*>(aligned_alloc(512, size));
  if (raw == nullptr) throw Failure("the simulated device found no host memory");
  memset(raw, POISON, size);
  uint64_t address = reinterpret_cast<uint64_t>(raw) + GUARD + 256;
  blocks[address] = {raw, bytes, ++allocated};
  return address;
}

void Memory::release(uint64_t address) {
  auto found = blocks.find(address);
  if (found == blocks.end()) {
    throw Failure(format("free of 0x%lx, which is not the address of a live allocation", address));
  }
  std::string damaged = damage(found->first, found->second);
  free(found->second.raw);
  blocks.erase(found);
  if (!damaged.empty()) throw Failure("found on free: " + damaged);
}

bool Memory::find(uint64_t address, uint64_t* start, uint64_t* bytes) const {
  auto next = blocks.upper_bound(address);
  if (next == blocks.begin()) return false;
  --next;
  *start = next->first;
  *bytes = next->second.bytes;
  return true;
}

void* Memory::range(uint64_t address, uint64_t bytes, const char* what) const {
  uint64_t start, size;
  if (find(address, &start, &size) && address - start <= size && bytes <= size - (address - start)) {
    return reinterpret_cast<void*>(address);
  }
  throw Failure(std::string(what) + ": " + outside(address, bytes));
}

std::string Memory::outside(uint64_t address, uint64_t bytes) const {
  std::string near = "no allocation lies below it";
  auto next = blocks.upper_bound(address);
  if (next != blocks.begin()) {
    auto& [start, block] = *--next;
    near = format("the nearest below, allocation number %lu, has %lu bytes, and they start at its byte %lu",
        block.number, block.bytes, address - start);
  }
  return format("%lu bytes at 0x%lx lie outside any live allocation; %s", bytes, address, near.c_str());
}

std::string Memory::damage(uint64_t address, const Block& block) const {
  uint64_t change = first_change(block.raw, GUARD + 256);
  if (change < GUARD + 256) {
    return format(
        "allocation number %lu of %lu bytes was written to %lu bytes before its start",
        block.number, block.bytes, GUARD + 256 - change);
  }
  change = first_change(reinterpret_cast<unsigned char*>(address) + block.bytes, GUARD);
  if (change < GUARD) {
    return format(
        "allocation number %lu of %lu bytes was written to %lu bytes past its end",
        block.number, block.bytes, change);
  }
  return "";
}

void Memory::check(const char* after) const {
  for (auto& [address, block] : blocks) {
    std::string damaged = damage(address, block);
    if (!damaged.empty()) throw Failure(format("%s: out of bounds: %s", after, damaged.c_str()));
  }
}

}  // namespace sinter
