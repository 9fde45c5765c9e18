// Each load and store of a kernel calls a check first; g++ inserts the calls, as for its thread sanitizer. (Its address
// sanitizer leaves out the call for a store after a load of the same address.)
#define SINTER_HOOK __attribute__((visibility("hidden"), used)) SINTER_UNCHECKED void
#define SINTER_ACCESS(name, bytes) \
  SINTER_HOOK __tsan_##name##read##bytes(void* a) { sinter_module.runtime.access((unsigned long)a, bytes, 0); } \
  SINTER_HOOK __tsan_##name##write##bytes(void* a) { sinter_module.runtime.access((unsigned long)a, bytes, 1); }
extern "C" {
SINTER_ACCESS(, 1) SINTER_ACCESS(, 2) SINTER_ACCESS(, 4) SINTER_ACCESS(, 8) SINTER_ACCESS(, 16)
SINTER_ACCESS(unaligned_, 2) SINTER_ACCESS(unaligned_, 4) SINTER_ACCESS(unaligned_, 8) SINTER_ACCESS(unaligned_, 16)
SINTER_HOOK __tsan_read_range(void* a, unsigned long n) { sinter_module.runtime.access((unsigned long)a, n, 0); }
SINTER_HOOK __tsan_write_range(void* a, unsigned long n) { sinter_module.runtime.access((unsigned long)a, n, 1); }
SINTER_HOOK __tsan_init() {}
SINTER_HOOK __tsan_func_entry(void*) {}
SINTER_HOOK __tsan_func_exit(void*) {}
// An index outside an array of known length; the location is the first argument from the compiler.
struct sinter_place { const char* file; unsigned line, column; };
SINTER_HOOK __ubsan_handle_out_of_bounds(sinter_place* place, unsigned long index) {
  sinter_module.runtime.index(index, place->line);
}
}
