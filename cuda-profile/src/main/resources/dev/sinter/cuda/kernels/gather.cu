// x = source * scale + offset, y = labels, for the rows of one step's batch.

// Two roundings, as every backend does it: a fused multiply-add would differ in the last bit.
static __device__ __forceinline__ float scaled(float value, float scale, float offset) {
  return __fadd_rn(__fmul_rn(value, scale), offset);
}

// Row `row` of the batch, by threads `lane` of `lanes`; x and y are where it goes, y null without labels.
static __device__ __forceinline__ void gatherRow(
    const Position *position, int step, int replica, int batch, int row, float *x, int inputs, float *y, int labels,
    int lane, int lanes) {
  const long long source = position->order[(long long)replica * position->orderStride +
                                           (long long)(position->step + step) * batch + row];
  const float scale = position->scale, offset = position->offset;
  if (!position->xIsBytes) {
    const float *from = (const float *)position->x + source * inputs;
    for (int i = lane; i < inputs; i += lanes) x[i] = scaled(from[i], scale, offset);
  } else {
    const byte *from = (const byte *)position->x + source * inputs;
    if (inputs % 4 == 0) { // then each row starts at a multiple of 4 bytes
      for (int i = 4 * lane; i < inputs; i += 4 * lanes) {
        const uchar4 four = *(const uchar4 *)(from + i);
        *(float4 *)(x + i) = make_float4(scaled(four.x, scale, offset), scaled(four.y, scale, offset),
                                         scaled(four.z, scale, offset), scaled(four.w, scale, offset));
      }
    } else {
      for (int i = lane; i < inputs; i += lanes) x[i] = scaled(from[i], scale, offset);
    }
  }
  if (y != nullptr) {
    for (int i = lane; i < labels; i += lanes) {
      const long long at = source * labels + i;
      y[i] = position->yIsBytes ? (float)((const byte *)position->y)[at] : ((const float *)position->y)[at];
    }
  }
}
