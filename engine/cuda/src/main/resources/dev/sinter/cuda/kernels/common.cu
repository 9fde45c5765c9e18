// Shared by all kernels. A kernel takes one struct; the Java code that launches it writes the same fields in the same
// order, with Struct.java. KernelSource.java expands the includes: generated.cu is what Java writes for one kernel.
// The tests compile the same text as C++ for the CPU, with SINTER_HOST defined.

#include "enums.cu" // CrossEntropyKind, Accuracy, Reduction, Pooling, Precision: the names of Java

typedef unsigned char byte;

// A value of the program, row-major float32. If there is none, data is null and stride 0. DeviceValue.java writes it.
struct DeviceValue {
  float *data;
  int stride; // floats from one replica to the next
  int columns;

  __device__ __forceinline__ float *of(int replica) const { return data + (long long)replica * stride; }
};

// Memory for one kernel at a time. Workspace.java writes it.
struct Workspace {
  float *partial;     // sums of blocks
  unsigned *counters; // 0 between kernels
};

// The position of a run of steps: written by the host before the first graph, advanced by the last node of each graph.
// DeviceDataset.java writes it.
struct Position {
  const void *x;        // [N, I] samples, or the rows of this run in order when they are streamed
  const void *y;        // [N, K] labels
  const int *order;     // [R, orderStride] rows of x
  const float *scalars; // [steps, R, S] of the optimizer
  float *results;       // [steps, resultFloats]
  int xIsBytes;
  int yIsBytes;
  int orderStride;
  int step; // of the run: the first step of the running graph
  float scale;
  float offset;
  const float *weights;            // [N] of the samples, or null if all are 1
  const unsigned long long *seeds; // [R] of random numbers
  long long iteration;             // number of updates before this run
};

// As Math.max and Math.min: NaN if either is NaN.
static __device__ __forceinline__ float maximum(float a, float b) { return a > b || isnan(a) ? a : b; }
static __device__ __forceinline__ float minimum(float a, float b) { return a < b || isnan(a) ? a : b; }
static __device__ __forceinline__ float square(float x) { return x * x; }
static __device__ __forceinline__ float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }

#define MINUS_INFINITY __int_as_float((int)0xff800000)
static const unsigned ALL_LANES = 0xffffffffu;

#ifndef SINTER_HOST
// Loads values that other blocks of this launch wrote, once, and so not into the cache of the multiprocessor. A weak load:
// an acquire has to come before it. After one, a plain load returns the same values.
static __device__ __forceinline__ float loadL2(const float *from) {
  float value;
  asm volatile("ld.global.cg.f32 %0, [%1];" : "=f"(value) : "l"(from) : "memory");
  return value;
}
static __device__ __forceinline__ float2 loadL2(const float2 *from) {
  float2 value;
  asm volatile("ld.global.cg.v2.f32 {%0, %1}, [%2];" : "=f"(value.x), "=f"(value.y) : "l"(from) : "memory");
  return value;
}
static __device__ __forceinline__ float4 loadL2(const float4 *from) {
  float4 value;
  asm volatile("ld.global.cg.v4.f32 {%0, %1, %2, %3}, [%4];"
               : "=f"(value.x), "=f"(value.y), "=f"(value.z), "=f"(value.w) : "l"(from) : "memory");
  return value;
}

// What this thread wrote or knows before addRelease is known to a thread of any block whose loadAcquire sees the sum.
static __device__ __forceinline__ void addRelease(unsigned *counter, unsigned value) {
  asm volatile("red.release.gpu.global.add.u32 [%0], %1;" :: "l"(counter), "r"(value) : "memory");
}
static __device__ __forceinline__ unsigned loadAcquire(const unsigned *counter) {
  unsigned value;
  asm volatile("ld.acquire.gpu.global.u32 %0, [%1];" : "=r"(value) : "l"(counter) : "memory");
  return value;
}
#endif

// Sums over groups of G neighbouring lanes; every lane gets the result.
template <int G>
static __device__ __forceinline__ float groupSum(float value) {
  for (int lane = G / 2; lane > 0; lane /= 2) value += __shfl_xor_sync(ALL_LANES, value, lane, 32);
  return value;
}

template <int G>
static __device__ __forceinline__ float groupMaximum(float value) {
  for (int lane = G / 2; lane > 0; lane /= 2) value = maximum(value, __shfl_xor_sync(ALL_LANES, value, lane, 32));
  return value;
}

// Returns the sum over the threads of the block in thread 0; the order of additions is fixed. shared: 32 floats.
static __device__ __forceinline__ float blockSum(float value, float *shared) {
  value = groupSum<32>(value);
  __syncthreads(); // shared may still be read
  if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = value;
  __syncthreads();
  float sum = 0;
  if (threadIdx.x == 0) {
    for (int warp = 0; warp < (int)blockDim.x / 32; warp++) sum += shared[warp];
  }
  return sum;
}

// Tells all threads of a block whether it is the last block to arrive; the counter is 0 before and after. What the
// threads of all blocks wrote before is then known to those of the last one. In the words of the PTX ISA, "Memory
// Consistency Model": fence and atomic are a release pattern, atomic and fence an acquire pattern, each of one thread,
// so thread 0 has both fences; the barriers of the block put the writes of its threads before, and their reads after.
static __device__ __forceinline__ bool lastToArrive(unsigned *counter, int count) {
  __shared__ int last;
  __syncthreads();
  if (threadIdx.x == 0) {
    __threadfence();
    last = atomicInc(counter, count - 1) == (unsigned)(count - 1);
    __threadfence();
  }
  __syncthreads();
  return last != 0;
}

// Waits for all blocks of a cooperative launch that share a counter. It counts up to `arrivals`: their number times
// the barriers so far. The barriers of the block put the writes of its threads before the release of thread 0, and
// the acquire of thread 0 before their reads. Additions continue a release, so the last value carries all of them.
static __device__ __forceinline__ void gridBarrier(unsigned *counter, unsigned arrivals) {
  __syncthreads();
  if (threadIdx.x == 0) {
    addRelease(counter, 1);
    while ((int)(loadAcquire(counter) - arrivals) < 0) {
    }
  }
  __syncthreads();
}
