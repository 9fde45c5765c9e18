// Stacks, and switching between them.
#include "simulator.h"

#include <sys/mman.h>
#include <ucontext.h>

namespace sinter {

#if defined(__x86_64__)
// Like swapcontext, which makes a system call for the signal mask and takes 50 times as long: saves the registers that
// a called function must preserve on the current stack and restores those of the other.
extern "C" void sinter_switch(void** left, void* entered) __attribute__((visibility("hidden")));
asm(R"(
  .text
  .hidden sinter_switch
  .globl sinter_switch
  .type sinter_switch, @function
sinter_switch:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
  .size sinter_switch, . - sinter_switch
)");

struct Context {
  void* stack = nullptr;
};

void switch_context(Context& left, Context& entered) { sinter_switch(&left.stack, entered.stack); }

void start_context(Context& context, unsigned char* low, uint64_t bytes, void (*entry)()) {
  // Six registers, the entry to return to, and a null return address at a multiple of 16 plus 8.
  auto** top = reinterpret_cast<void**>((reinterpret_cast<uint64_t>(low) + bytes) / 16 * 16 - 16);
  top[1] = nullptr;
  top[0] = reinterpret_cast<void*>(entry);
  for (int i = 1; i <= 6; i++) top[-i] = nullptr;
  context.stack = top - 6;
}
#else
struct Context {
  ucontext_t state;
};

void switch_context(Context& left, Context& entered) { swapcontext(&left.state, &entered.state); }

void start_context(Context& context, unsigned char* low, uint64_t bytes, void (*entry)()) {
  getcontext(&context.state);
  context.state.uc_stack.ss_sp = low;
  context.state.uc_stack.ss_size = bytes;
  context.state.uc_link = nullptr;
  makecontext(&context.state, entry, 0);
}
#endif

// Returns the low end of a new stack; if guarded, the page below it is protected. A process can have 65530 ranges of
// pages, so the threads of a cooperative launch cannot all have one.
unsigned char* new_stack(uint64_t bytes, bool guarded) {
  uint64_t guard = guarded ? 4096 : 0;
  void* stack = mmap(nullptr, bytes + guard, PROT_READ | PROT_WRITE,
      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (stack == MAP_FAILED) throw Failure("the simulated device found no memory for a thread's stack");
  if (guarded) mprotect(stack, guard, PROT_NONE);
  return static_cast<unsigned char*>(stack) + guard;
}

}  // namespace sinter
