// Lets a CPU compiler compile CUDA C++: the threads of all blocks are fibers of one OS thread. Includes nothing, because
// a test run compiles several hundred small kernels.

#define __global__
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(bytes) __attribute__((aligned(bytes)))
#define __launch_bounds__(...)
#define __grid_constant__
// A separate section, so that they can be filled with poison; used: no folding of "never written".
#define __shared__ static __attribute__((section("sinter_shared"), used))
#define warpSize 32

#define SINTER_UNCHECKED __attribute__((no_sanitize("thread")))

typedef __SIZE_TYPE__ size_t;

#define SINTER_VECTOR2(name, type, bytes) \
  struct __align__(bytes) name { type x, y; }; \
  static inline name make_##name(type x, type y) { name v; v.x = x; v.y = y; return v; }
#define SINTER_VECTOR4(name, type, bytes) \
  struct __align__(bytes) name { type x, y, z, w; }; \
  static inline name make_##name(type x, type y, type z, type w) { \
    name v; v.x = x; v.y = y; v.z = z; v.w = w; return v; }
SINTER_VECTOR2(float2, float, 8)
SINTER_VECTOR2(int2, int, 8)
SINTER_VECTOR2(uint2, unsigned, 8)
SINTER_VECTOR2(double2, double, 16)
SINTER_VECTOR2(uchar2, unsigned char, 2)
SINTER_VECTOR2(ushort2, unsigned short, 4)
SINTER_VECTOR4(float4, float, 16)
SINTER_VECTOR4(int4, int, 16)
SINTER_VECTOR4(uint4, unsigned, 16)
SINTER_VECTOR4(uchar4, unsigned char, 4)
SINTER_VECTOR4(char4, signed char, 4)
SINTER_VECTOR4(ushort4, unsigned short, 8)
struct float3 { float x, y, z; };
static inline float3 make_float3(float x, float y, float z) { float3 v = {x, y, z}; return v; }
typedef sinter_dim uint3;
typedef sinter_dim dim3;

static uint3 threadIdx, blockIdx;
static dim3 blockDim, gridDim;

extern "C" {
extern unsigned char __start_sinter_shared[] __attribute__((weak, visibility("hidden")));
extern unsigned char __stop_sinter_shared[] __attribute__((weak, visibility("hidden")));
__attribute__((visibility("default"))) sinter_exports sinter_module = {
    {}, &threadIdx, &blockIdx, &blockDim, &gridDim, __start_sinter_shared, __stop_sinter_shared, 0,
    SINTER_CHECKED, -1};
int printf(const char*, ...);
}
// Whether a numbered wait or fence happens, for tests that leave one out.
SINTER_UNCHECKED static inline bool sinter_kept(int number) { return sinter_module.left_out != number; }

// Unpacks the arguments of a launch; the letters are checked against those from Java.
template <class T> struct sinter_kind { static const char letter = __is_class(T) ? 'S' : sizeof(T) == 8 ? 'L' : sizeof(T) == 4 ? 'I' : '?'; };
template <> struct sinter_kind<float> { static const char letter = 'F'; };
template <> struct sinter_kind<double> { static const char letter = '?'; };
template <class... A> struct sinter_caller;
template <> struct sinter_caller<> {
  template <class F, class... B> SINTER_UNCHECKED static void call(F f, void**, B&... b) { f(b...); }
};
template <class T, class... A> struct sinter_caller<T, A...> {
  template <class F, class... B> SINTER_UNCHECKED static void call(F f, void** a, B&... b) {
    sinter_caller<A...>::call(f, a + 1, b..., *(T*)*a);
  }
};
template <class... A> SINTER_UNCHECKED static inline void sinter_call(void (*f)(A...), void** a) {
  sinter_caller<A...>::call(f, a);
}
template <class... A> struct sinter_letters { static const char text[sizeof...(A) + 1]; };
template <class... A> const char sinter_letters<A...>::text[] = {sinter_kind<A>::letter..., 0};
template <class... A> static inline const char* sinter_signature(void (*)(A...)) {
  return sinter_letters<A...>::text;
}

template <class... A> struct sinter_structs { static const unsigned bytes = 0; };
template <class T, class... A> struct sinter_structs<T, A...> {
  static const unsigned bytes = (__is_class(T) ? (sizeof(T) + 7) / 8 * 8 : 0) + sinter_structs<A...>::bytes;
};
template <class... A> SINTER_UNCHECKED static inline unsigned sinter_struct_bytes(void (*)(A...)) {
  return sinter_structs<A...>::bytes;
}

// Barriers and operations of a warp; each knows its line in the kernel source for messages.
#define SINTER_LINE int line = __builtin_LINE()
static inline void __syncthreads(SINTER_LINE) { sinter_module.runtime.barrier(line); }
static inline unsigned long long sinter_exchange(
    sinter_operation operation, unsigned mask, unsigned long long value, int source, int line) {
  sinter_warp lane = {operation, mask, line, value, source, 0, 0, 0};
  sinter_module.runtime.warp(&lane);
  return lane.value;
}
static inline void __syncwarp(unsigned mask = 0xffffffffu, SINTER_LINE) {
  sinter_exchange(SINTER_SYNC, mask, 0, 0, line);
}
static inline unsigned __ballot_sync(unsigned mask, int predicate, SINTER_LINE) {
  return (unsigned)sinter_exchange(SINTER_BALLOT, mask, predicate != 0, 0, line);
}
static inline int __any_sync(unsigned mask, int predicate, SINTER_LINE) {
  return __ballot_sync(mask, predicate, line) != 0;
}
static inline int __all_sync(unsigned mask, int predicate, SINTER_LINE) {
  return __ballot_sync(mask, predicate, line) == mask;
}
template <class T> static inline T sinter_shuffle(unsigned mask, T value, int source, int line) {
  static_assert(sizeof(T) == 4 || sizeof(T) == 8, "shuffles move 4 or 8 bytes");
  unsigned long long bits = 0;
  __builtin_memcpy(&bits, &value, sizeof(T));
  bits = sinter_exchange(SINTER_SHUFFLE, mask, bits, source, line);
  __builtin_memcpy(&value, &bits, sizeof(T));
  return value;
}
static inline int sinter_lane() { return threadIdx.x & 31; }
template <class T>
static inline T __shfl_sync(unsigned mask, T value, int source, int width = 32, SINTER_LINE) {
  return sinter_shuffle(mask, value, (sinter_lane() & -width) + (source & (width - 1)), line);
}
template <class T>
static inline T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, SINTER_LINE) {
  int source = sinter_lane() - (int)delta;
  return sinter_shuffle(mask, value, source < (sinter_lane() & -width) ? sinter_lane() : source, line);
}
template <class T>
static inline T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, SINTER_LINE) {
  int source = sinter_lane() + (int)delta;
  int end = (sinter_lane() & -width) + width;
  return sinter_shuffle(mask, value, source >= end ? sinter_lane() : source, line);
}
template <class T>
static inline T __shfl_xor_sync(unsigned mask, T value, int bits, int width = 32, SINTER_LINE) {
  int source = sinter_lane() ^ bits;
  int end = (sinter_lane() & -width) + width;
  return sinter_shuffle(mask, value, source >= end ? sinter_lane() : source, line);
}
static inline unsigned __activemask() { return 0xffffffffu; }
static inline void __threadfence() { sinter_module.runtime.fence(); }
static inline void __threadfence_block() {}
static inline void __trap(SINTER_LINE) { sinter_module.runtime.fail("__trap() was called", line); }

// Tensor cores. Fragments as in the PTX ISA; d = a * b + d over the whole warp.
static inline void sinter_mma(
    sinter_operation operation, float* d, const unsigned* a, const unsigned* b, int line) {
  sinter_warp lane = {operation, 0xffffffffu, line, 0, 0, d, a, b};
  sinter_module.runtime.warp(&lane);
}
// mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32
static inline void sinter_mma_tf32(float d[4], const unsigned a[4], const unsigned b[2], SINTER_LINE) {
  sinter_mma(SINTER_MMA_TF32, d, a, b, line);
}
// mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
static inline void sinter_mma_bf16(float d[4], const unsigned a[4], const unsigned b[2], SINTER_LINE) {
  sinter_mma(SINTER_MMA_BF16, d, a, b, line);
}
