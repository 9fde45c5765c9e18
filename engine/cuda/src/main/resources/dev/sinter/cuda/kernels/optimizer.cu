// The optimizer: one pass over the flat state, four elements per thread.

#include "common.cu"
#include "generated.cu" // SCALARS, REGIONS, GRADIENT, updateElement

// Applies the optimizer to a stretch of the state with the given threads. set: the index of the scalars; parameters,
// gradients and slots are one region apart. If there are 0 REGIONS, nothing is updated.
static __device__ __forceinline__ void updateState(
    const Position *position, int set, float *state, int region, int length, int thread, int threads) {
  float scalars[SCALARS > 0 ? SCALARS : 1];
#pragma unroll
  for (int i = 0; i < SCALARS; i++) scalars[i] = position->scalars[(long long)set * SCALARS + i];
  for (int i = 4 * thread; i < length; i += 4 * threads) {
    float values[4][REGIONS > 0 ? REGIONS : 1];
#pragma unroll
    for (int r = 0; r < REGIONS; r++) {
      const float4 four = *(const float4 *)(state + i + (long long)r * region);
      values[0][r] = four.x;
      values[1][r] = four.y;
      values[2][r] = four.z;
      values[3][r] = four.w;
    }
#pragma unroll
    for (int e = 0; e < 4; e++) updateElement(values[e], scalars);
#pragma unroll
    for (int r = 0; r < REGIONS; r++) {
      if (r != GRADIENT) {
        *(float4 *)(state + i + (long long)r * region) =
            make_float4(values[0][r], values[1][r], values[2][r], values[3][r]);
      }
    }
  }
}
