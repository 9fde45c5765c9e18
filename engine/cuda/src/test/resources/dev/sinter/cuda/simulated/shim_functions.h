// The built-in functions of CUDA for numbers and memory; the rest of the shim.

// Bits.
static inline unsigned __float_as_uint(float x) { unsigned u; __builtin_memcpy(&u, &x, 4); return u; }
static inline int __float_as_int(float x) { int i; __builtin_memcpy(&i, &x, 4); return i; }
static inline float __uint_as_float(unsigned u) { float x; __builtin_memcpy(&x, &u, 4); return x; }
static inline float __int_as_float(int i) { float x; __builtin_memcpy(&x, &i, 4); return x; }
static inline long long __double_as_longlong(double x) { long long l; __builtin_memcpy(&l, &x, 8); return l; }
static inline double __longlong_as_double(long long l) { double x; __builtin_memcpy(&x, &l, 8); return x; }
static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz(x); }
static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline unsigned __umulhi(unsigned a, unsigned b) { return (unsigned)((unsigned long long)a * b >> 32); }
static inline int __mulhi(int a, int b) { return (int)((long long)a * b >> 32); }
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
  return (unsigned long long)((unsigned __int128)a * b >> 64);
}

// Rounded to nearest, never fused: plain C++, because the compiler is told not to contract.
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fsub_rn(float a, float b) { return a - b; }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __frcp_rn(float a) { return 1.0f / a; }
static inline float __fsqrt_rn(float a) { return __builtin_sqrtf(a); }
static inline float __fmaf_rn(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline float __fdividef(float a, float b) { return a / b; }
static inline double __dmul_rn(double a, double b) { return a * b; }
static inline double __dadd_rn(double a, double b) { return a + b; }
static inline double __dsub_rn(double a, double b) { return a - b; }
static inline double __ddiv_rn(double a, double b) { return a / b; }
static inline double __fma_rn(double a, double b, double c) { return __builtin_fma(a, b, c); }
static inline float __int2float_rn(int x) { return (float)x; }
static inline float __uint2float_rn(unsigned x) { return (float)x; }
static inline int __float2int_rn(float x) { return (int)__builtin_rintf(x); }
static inline int __float2int_rz(float x) { return (int)x; }
static inline unsigned __float2uint_rz(float x) { return (unsigned)x; }
static inline float __double2float_rn(double x) { return (float)x; }

// Functions of the C library, without its headers.
extern "C" {
#define SINTER_MATH1(name) double name(double) noexcept; float name##f(float) noexcept;
#define SINTER_MATH2(name) double name(double, double) noexcept; float name##f(float, float) noexcept;
SINTER_MATH1(exp) SINTER_MATH1(expm1) SINTER_MATH1(exp2) SINTER_MATH1(log) SINTER_MATH1(log1p)
SINTER_MATH1(log2) SINTER_MATH1(log10) SINTER_MATH1(tanh) SINTER_MATH1(sinh) SINTER_MATH1(cosh)
SINTER_MATH1(sin) SINTER_MATH1(cos) SINTER_MATH1(tan) SINTER_MATH1(atan) SINTER_MATH1(erf)
SINTER_MATH1(erfc) SINTER_MATH1(sqrt) SINTER_MATH1(cbrt) SINTER_MATH1(fabs) SINTER_MATH1(floor)
SINTER_MATH1(ceil) SINTER_MATH1(rint) SINTER_MATH1(round) SINTER_MATH1(trunc)
SINTER_MATH2(pow) SINTER_MATH2(fmax) SINTER_MATH2(fmin) SINTER_MATH2(fmod)
SINTER_MATH2(copysign) SINTER_MATH2(hypot) SINTER_MATH2(atan2)
double fma(double, double, double) noexcept;
float fmaf(float, float, float) noexcept;
int abs(int) noexcept;
}
// CUDA overloads the plain names for float; without these, float would silently become double.
#define SINTER_FLOAT1(name) static inline float name(float x) { return name##f(x); }
SINTER_FLOAT1(exp) SINTER_FLOAT1(log) SINTER_FLOAT1(log1p) SINTER_FLOAT1(tanh) SINTER_FLOAT1(sqrt)
SINTER_FLOAT1(fabs) SINTER_FLOAT1(floor) SINTER_FLOAT1(ceil) SINTER_FLOAT1(sin) SINTER_FLOAT1(cos)
static inline float pow(float x, float y) { return powf(x, y); }
static inline float abs(float x) { return __builtin_fabsf(x); }
static inline float rsqrtf(float x) { return 1.0f / __builtin_sqrtf(x); }
static inline float __frsqrt_rn(float x) { return (float)(1.0 / __builtin_sqrt((double)x)); }
static inline float __expf(float x) { return expf(x); }
static inline float __logf(float x) { return logf(x); }
static inline float __powf(float x, float y) { return powf(x, y); }
static inline float __sinf(float x) { return sinf(x); }
static inline float __cosf(float x) { return cosf(x); }
static inline float __saturatef(float x) { return x > 0.0f ? (x < 1.0f ? x : 1.0f) : 0.0f; }
static inline bool isnan(float x) { return __builtin_isnan(x); }
static inline bool isnan(double x) { return __builtin_isnan(x); }
static inline bool isinf(float x) { return __builtin_isinf(x); }
static inline bool isinf(double x) { return __builtin_isinf(x); }
static inline bool isfinite(float x) { return __builtin_isfinite(x); }
static inline bool isfinite(double x) { return __builtin_isfinite(x); }
static inline bool signbit(float x) { return __builtin_signbit(x); }

#define SINTER_MINMAX(type) \
  static inline type min(type a, type b) { return b < a ? b : a; } \
  static inline type max(type a, type b) { return a < b ? b : a; }
SINTER_MINMAX(int) SINTER_MINMAX(unsigned) SINTER_MINMAX(long) SINTER_MINMAX(unsigned long)
SINTER_MINMAX(long long) SINTER_MINMAX(unsigned long long)
static inline float min(float a, float b) { return __builtin_fminf(a, b); }
static inline float max(float a, float b) { return __builtin_fmaxf(a, b); }
static inline double min(double a, double b) { return __builtin_fmin(a, b); }
static inline double max(double a, double b) { return __builtin_fmax(a, b); }

// Atomics: fibers are never interrupted, so plain C++.
#define SINTER_ATOMIC(name, type, next) \
  SINTER_UNCHECKED static inline type name(type* p, type v) { \
    sinter_module.runtime.access((unsigned long)p, sizeof(type), 2); type old = *p; *p = next; return old; }
SINTER_ATOMIC(atomicAdd, int, old + v) SINTER_ATOMIC(atomicAdd, unsigned, old + v)
SINTER_ATOMIC(atomicAdd, unsigned long long, old + v) SINTER_ATOMIC(atomicAdd, float, old + v)
SINTER_ATOMIC(atomicAdd, double, old + v) SINTER_ATOMIC(atomicSub, int, old - v)
SINTER_ATOMIC(atomicSub, unsigned, old - v) SINTER_ATOMIC(atomicInc, unsigned, old >= v ? 0 : old + 1)
SINTER_ATOMIC(atomicExch, int, v) SINTER_ATOMIC(atomicExch, unsigned, v)
SINTER_ATOMIC(atomicExch, float, v) SINTER_ATOMIC(atomicMax, int, old < v ? v : old)
SINTER_ATOMIC(atomicMax, unsigned, old < v ? v : old) SINTER_ATOMIC(atomicMin, int, v < old ? v : old)
SINTER_ATOMIC(atomicMin, unsigned, v < old ? v : old) SINTER_ATOMIC(atomicOr, unsigned, old | v)
SINTER_ATOMIC(atomicOr, int, old | v) SINTER_ATOMIC(atomicAnd, unsigned, old & v)
#define SINTER_CAS(type) \
  SINTER_UNCHECKED static inline type atomicCAS(type* p, type compare, type v) { \
    sinter_module.runtime.access((unsigned long)p, sizeof(type), 2); \
    type old = *p; if (old == compare) *p = v; return old; }
SINTER_CAS(int) SINTER_CAS(unsigned) SINTER_CAS(unsigned long long)

// Loads and stores with cache hints.
template <class T> static inline T __ldg(const T* p) { return *p; }
template <class T> static inline T __ldcg(const T* p) { return *p; }
template <class T> static inline T loadL2(const T* p, SINTER_LINE) {
  if ((unsigned long)p % sizeof(T) != 0) sinter_module.runtime.fail("a load through L2 is not aligned", line);
  return *p;
}
static inline void addRelease(unsigned* counter, unsigned value) { sinter_module.runtime.release(counter, value); }
static inline unsigned loadAcquire(const unsigned* counter, SINTER_LINE) {
  return sinter_module.runtime.load(counter, true, line);
}
static inline unsigned loadRelaxed(const unsigned* counter, SINTER_LINE) {
  return sinter_module.runtime.load(counter, false, line);
}
template <class T> static inline T __ldcs(const T* p) { return *p; }
template <class T> static inline void __stcg(T* p, T v) { *p = v; }
template <class T> static inline void __stcs(T* p, T v) { *p = v; }
static inline long long clock64() { static long long ticks; return ticks += 100; }

// cvt.rna.tf32.f32: to 10 bits of fraction, ties away from zero.
static inline unsigned sinter_to_tf32(float x) {
  unsigned u = __float_as_uint(x);
  return (u & 0x7f800000u) == 0x7f800000u ? u : (u + 0x1000u) & 0xffffe000u;
}
// cvt.rn.bf16x2.f32: to 7 bits of fraction, ties to even; any NaN gives 0x7fff.
static inline unsigned sinter_bf16(float x) {
  unsigned u = __float_as_uint(x);
  return x != x ? 0x7fffu : (u + 0x7fffu + ((u >> 16) & 1u)) >> 16;
}
static inline unsigned sinter_pack_bf16(float low, float high) {
  return sinter_bf16(low) | sinter_bf16(high) << 16;
}
