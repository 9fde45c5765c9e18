// Each load and store of a kernel calls a check first; g++ inserts the calls, as for the address sanitizer of operating
// system kernels.
#define SINTER_HOOK __attribute__((visibility("hidden"), used)) SINTER_UNCHECKED void
#define SINTER_ACCESS(bytes) \
  SINTER_HOOK __asan_load##bytes##_noabort(unsigned long a) { sinter_module.runtime.access(a, bytes, 0); } \
  SINTER_HOOK __asan_store##bytes##_noabort(unsigned long a) { sinter_module.runtime.access(a, bytes, 1); }
extern "C" {
SINTER_ACCESS(1) SINTER_ACCESS(2) SINTER_ACCESS(4) SINTER_ACCESS(8) SINTER_ACCESS(16)
SINTER_HOOK __asan_loadN_noabort(unsigned long a, unsigned long n) { sinter_module.runtime.access(a, n, 0); }
SINTER_HOOK __asan_storeN_noabort(unsigned long a, unsigned long n) { sinter_module.runtime.access(a, n, 1); }
SINTER_HOOK __asan_handle_no_return() {}
// An index outside an array of known length; the location is the first argument from the compiler.
struct sinter_place { const char* file; unsigned line, column; };
SINTER_HOOK __ubsan_handle_out_of_bounds(sinter_place* place, unsigned long index) {
  sinter_module.runtime.index(index, place->line);
}
}
