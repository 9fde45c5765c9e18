// Asynchronous copies from global to shared memory: only those of the groups committed last are still running. If
// `inside` is false, nothing is read and the target becomes 0. From Ampere on; before, plain loads and stores.
#ifndef SINTER_HOST
template <int FLOATS>
static __device__ __forceinline__ void copyAsync(float *shared, const float *global, bool inside) {
#if __CUDA_ARCH__ >= 800
  const unsigned target = (unsigned)__cvta_generic_to_shared(shared);
  if (FLOATS == 4) {
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16, %2;" ::"r"(target), "l"(global), "r"(inside ? 16 : 0) : "memory");
  } else {
    asm volatile("cp.async.ca.shared.global [%0], [%1], 4, %2;" ::"r"(target), "l"(global), "r"(inside ? 4 : 0) : "memory");
  }
#else
  if (FLOATS == 4) *(float4 *)shared = inside ? *(const float4 *)global : make_float4(0, 0, 0, 0);
  else *shared = inside ? *global : 0.0f;
#endif
}
static __device__ __forceinline__ void commitCopies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.commit_group;" ::: "memory");
#endif
}
// Waits until at most GROUPS of the groups committed last are still running.
template <int GROUPS>
static __device__ __forceinline__ void awaitCopies() {
#if __CUDA_ARCH__ >= 800
  asm volatile("cp.async.wait_group %0;" ::"n"(GROUPS) : "memory");
#endif
}
#endif
