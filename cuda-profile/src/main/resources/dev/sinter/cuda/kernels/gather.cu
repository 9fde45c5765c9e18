// x = source * scale + offset, y = labels, for the rows of one step's batch. Grid (B, 1, R).

// Two roundings, as every backend does it: a fused multiply-add would differ in the last bit.
static __device__ __forceinline__ float scaled(float value, float scale, float offset) {
  return __fadd_rn(__fmul_rn(value, scale), offset);
}

extern "C" __global__ void __launch_bounds__(256) gather(
    const Position *position, int step, float *x, int inputs, int xStride, float *y, int labels, int yStride) {
  const int replica = blockIdx.z;
  const int row = blockIdx.x; // of the batch
  const int batch = gridDim.x;
  const long long source = position->order[(long long)replica * position->orderStride +
                                           (long long)(position->step + step) * batch + row];
  const float scale = position->scale, offset = position->offset;
  x += (long long)replica * xStride + (long long)row * inputs;
  if (!position->xIsBytes) {
    const float *from = (const float *)position->x + source * inputs;
    for (int i = threadIdx.x; i < inputs; i += blockDim.x) x[i] = scaled(from[i], scale, offset);
  } else {
    const byte *from = (const byte *)position->x + source * inputs;
    if (inputs % 4 == 0) { // then each row starts at a multiple of 4 bytes
      for (int i = 4 * threadIdx.x; i < inputs; i += 4 * blockDim.x) {
        const uchar4 four = *(const uchar4 *)(from + i);
        *(float4 *)(x + i) = make_float4(scaled(four.x, scale, offset), scaled(four.y, scale, offset),
                                         scaled(four.z, scale, offset), scaled(four.w, scale, offset));
      }
    } else {
      for (int i = threadIdx.x; i < inputs; i += blockDim.x) x[i] = scaled(from[i], scale, offset);
    }
  }
  if (y != nullptr) {
    y += (long long)replica * yStride + (long long)row * labels;
    for (int i = threadIdx.x; i < labels; i += blockDim.x) {
      const long long at = source * labels + i;
      y[i] = position->yIsBytes ? (float)((const byte *)position->y)[at] : ((const float *)position->y)[at];
    }
  }
}
