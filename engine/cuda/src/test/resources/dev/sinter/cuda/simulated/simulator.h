// The parts of the simulated device: memory, launches, libraries. Failures are C++ exceptions that
// the JNI functions turn into RunExceptions.
#pragma once

#include "abi.h"

#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace sinter {

using Failure = std::runtime_error;

std::string format(const char* text, ...) __attribute__((format(printf, 1, 2)));

// Device memory: host memory with guard zones, so that a kernel can use addresses directly.
class Memory {
 public:
  ~Memory();
  uint64_t allocate(uint64_t bytes);
  void release(uint64_t address);
  // Fails unless the whole range lies inside one live allocation; returns it.
  void* range(uint64_t address, uint64_t bytes, const char* what) const;
  // Fails if a guard zone was written to.
  void check(const char* after) const;
  // The live allocation at or below an address.
  bool find(uint64_t address, uint64_t* start, uint64_t* bytes) const;
  // Describes the position of a range outside of all allocations.
  std::string outside(uint64_t address, uint64_t bytes) const;

 private:
  struct Block {
    unsigned char* raw;
    uint64_t bytes;
    uint64_t number;
  };
  std::string damage(uint64_t address, const Block& block) const;
  std::map<uint64_t, Block> blocks;
  uint64_t allocated = 0;
};

struct Module;

struct Function {
  std::string name;
  std::string signature;
  unsigned struct_bytes;  // of all structs, each a multiple of 8
  int bounds;  // the first number of __launch_bounds__; 0 if absent
  void (*call)(void**);
  Module* module;
};

// The shared object of a kernel.
struct Module {
  struct Range {
    unsigned char* address;
    uint64_t bytes;
  };
  explicit Module(const std::string& path);
  Module(const Module&) = delete;
  ~Module();
  void* symbol(const std::string& name) const;
  Function function(const std::string& name);

  void* library;
  sinter_exports* exports;
  std::vector<Range> shared;  // __shared__ variables
  uint64_t shared_bytes = 0;
  Range image = {};  // all of it in memory
};

struct Launch {
  unsigned grid[3];
  unsigned block;
  unsigned shared;
  bool cooperative;
  std::vector<void*> arguments;
  unsigned struct_bytes;
  int left_out;
};

enum Order { ASCENDING, DESCENDING, SHUFFLED };

// Runs all blocks; fails on deadlocks, wrong masks and accesses.
void launch(const Memory& memory, const Function& function, Launch& launch, Order order,
    uint64_t seed, bool races);

// An access of a word of memory.
struct Touch {
  uint32_t moment = 0;  // 0: none
  uint32_t block = 0;
  uint16_t thread = 0;
};

// The last accesses of a word.
struct Word {
  Touch writer, atomic, reader;
  Touch fellow;    // a reader, another thread of the block of the last one
  Touch stranger;  // a reader of another block
};

// The parts of races.cpp: the running block is that of a slot, `slots` blocks exist at the same time.
void begin_races(bool enabled, unsigned slots, unsigned threads);
void begin_races_of(unsigned slot, uint32_t block);
void run_races_of(unsigned slot);
void order_block();
void order_warp(unsigned warp, uint32_t lanes);
void order_fence(unsigned thread);
void order_atomic(unsigned thread, uint64_t counter);
void order_release(unsigned thread, uint64_t counter);
void order_acquire(unsigned thread, uint64_t counter);
const char* race(Word& word, unsigned thread, int kind, bool shared, Touch& other);

struct Shadow {
  uint64_t address, bytes;
  std::unique_ptr<Word, void (*)(void*)> words;
};

// The shared memory of a block, and the accesses of it. A block that has ended leaves it to the next one.
struct BlockMemory {
  unsigned char* dynamic = nullptr;
  std::vector<unsigned char> variables;  // the __shared__ variables while another block runs
  std::vector<Shadow> shadows;
};

// The data for the checks of loads and stores.
struct Access {
  const Memory* memory;
  Module* module;
  bool races;
  unsigned thread;
  uint64_t stack, stack_bytes;  // of the running thread
  BlockMemory* block;           // the running one
};
// `blocks` blocks of the launch exist at the same time.
Access& begin_access(const Memory& memory, Module& module, unsigned blocks, unsigned dynamic_bytes, bool races);
// Makes a block the running one.
void enter_block(unsigned block);
// Fills the shared memory of the running block with poison.
void poison_shared();
// Returns what was written to outside of the dynamic shared memory of the running block, or "".
std::string damaged_shared();
// Returns whether the access is one of global memory.
bool check_access(unsigned long address, unsigned long bytes, int kind);
// Ends the launch from within a fiber.
[[noreturn]] void stop(const std::string& what);

extern const sinter_runtime runtime;

struct Device {
  Memory memory;
  std::map<std::string, Module> modules;      // by path
  std::map<std::string, Function> functions;  // by path and name
  int left_out = -1;                          // the number of the wait or fence that launches leave out
};

// Computes the operation for the lanes of the mask.
void finish(sinter_warp** lanes);

// A matrix product and a neural operation; the numbers are listed in libraries.cpp.
void product(const Memory& memory, const int64_t* numbers);
void neural(const Memory& memory, const int64_t* numbers);

float to_tf32(float x);
float to_bf16(float x);

}  // namespace sinter
