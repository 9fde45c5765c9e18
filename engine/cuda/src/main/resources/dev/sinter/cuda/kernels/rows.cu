// Operations on the rows of a matrix: G neighbouring lanes share a row, G a power of two up to 32.
// Grid (blocks, 1, R), blocks of 256; rows are assigned round-robin.

// The better of two candidates for argmax: the larger score, or the first column if they are equal.
template <int G>
static __device__ __forceinline__ int argmax(const float *row, int columns) {
  const int lane = threadIdx.x % G;
  float best = MINUS_INFINITY;
  int column = 0x7fffffff;
  for (int c = lane; c < columns; c += G) {
    float score = row[c];
    // A scan from the left keeps a NaN in the first column and skips all others.
    if (isnan(score)) score = c == 0 ? -MINUS_INFINITY : MINUS_INFINITY;
    if (score > best || (score == best && c < column)) {
      best = score;
      column = c;
    }
  }
  for (int other = G / 2; other > 0; other /= 2) {
    const float score = __shfl_xor_sync(ALL_LANES, best, other, 32);
    const int c = __shfl_xor_sync(ALL_LANES, column, other, 32);
    if (score > best || (score == best && c < column)) {
      best = score;
      column = c;
    }
  }
  return column;
}

// ACCURACY: 0 sparse categorical, 1 categorical, 2 binary. Returns the share of this lane in the correct count.
template <int G, int ACCURACY>
static __device__ __forceinline__ float right(const float *scores, const float *y, int columns, float threshold) {
  const int lane = threadIdx.x % G;
  if (ACCURACY == 2) {
    int count = 0;
    for (int c = lane; c < columns; c += G) count += (scores[c] > threshold ? 1.0f : 0.0f) == y[c];
    return (float)count;
  }
  const int predicted = argmax<G>(scores, columns);
  const float wanted = ACCURACY == 0 ? y[0] : (float)argmax<G>(y, columns);
  return lane == 0 && (float)predicted == wanted ? 1.0f : 0.0f;
}

// Sums up to two numbers per thread over all blocks of a replica, in a fixed order: partial [R, blocks, 2].
static __device__ __forceinline__ void gridSum(
    float first, float second, float scale, float *firstTarget, float *secondTarget, float secondScale,
    float *partial, unsigned *counters) {
  __shared__ float shared[32];
  first = blockSum(first, shared);
  second = blockSum(second, shared);
  const int blocks = gridDim.x;
  if (blocks > 1) {
    partial += (long long)blockIdx.z * blocks * 2;
    if (threadIdx.x == 0) {
      partial[2 * blockIdx.x] = first;
      partial[2 * blockIdx.x + 1] = second;
    }
    if (!lastToArrive(counters + blockIdx.z, blocks)) return;
    first = second = 0;
    for (int b = threadIdx.x; b < blocks; b += blockDim.x) {
      const float2 both = loadL2((const float2 *)partial + b);
      first += both.x;
      second += both.y;
    }
    first = blockSum(first, shared);
    second = blockSum(second, shared);
  }
  if (threadIdx.x == 0) {
    if (firstTarget != nullptr) *firstTarget = first * scale;
    if (secondTarget != nullptr) *secondTarget = second * secondScale;
  }
}

// The loss and the count of a batch from the share of each thread.
template <int KIND, int ACCURACY>
static __device__ __forceinline__ void gridLoss(
    float lossSum, float correctSum, float *loss, int lossStride, float *correct, int correctStride, int columns,
    float *partial, unsigned *counters) {
  const int replica = blockIdx.z;
  gridSum(lossSum, correctSum, KIND == 2 ? 1.0f / columns : 1.0f, loss + (long long)replica * lossStride,
          ACCURACY < 0 ? nullptr : correct + (long long)replica * correctStride,
          ACCURACY == 2 ? 1.0f / columns : 1.0f, partial, counters);
}

// The weight of a sample, and the divisor of the gradient of the mean loss: 1 and B if there are no weights.
static __device__ __forceinline__ float weightOf(const float *weight, int row) {
  return weight == nullptr ? 1.0f : weight[row];
}
static __device__ __forceinline__ float divisorOf(const float *count, int batch) {
  return count == nullptr ? (float)batch : *count;
}

// Activation and cross-entropy of one row by G lanes: each returns its share of the loss, and dz is written if it is
// not null, times weight / divisor. KIND: 0 softmax with class indices, 1 softmax with probabilities, 2 sigmoid.
template <int G, int KIND>
static __device__ __forceinline__ float rowLoss(const float *z, const float *y, float *dz, float weight, float divisor, int columns) {
  const int lane = threadIdx.x % G;
  float loss = 0;
  if (KIND == 2) {
    divisor *= (float)columns;
    for (int c = lane; c < columns; c += G) {
      const float logit = z[c], target = y[c];
      loss += maximum(logit, 0.0f) - logit * target + log1pf(expf(-fabsf(logit)));
      if (dz != nullptr) dz[c] = (sigmoid(logit) - target) * weight / divisor;
    }
  } else {
    float largest = MINUS_INFINITY, sum = 0;
    for (int c = lane; c < columns; c += G) largest = maximum(largest, z[c]);
    largest = groupMaximum<G>(largest);
    for (int c = lane; c < columns; c += G) sum += expf(z[c] - largest);
    sum = groupSum<G>(sum);
    const float logSum = logf(sum);
    for (int c = lane; c < columns; c += G) {
      const float target = KIND == 0 ? (y[0] == (float)c ? 1.0f : 0.0f) : y[c];
      const float shifted = z[c] - largest;
      if (target != 0) loss += target * (logSum - shifted);
      if (dz != nullptr) dz[c] = (expf(shifted) / sum - target) * weight / divisor;
    }
  }
  return loss * weight;
}

// Calls each(row, real) for the rows of this group of lanes, the same number of times on all lanes, because shuffles
// need all of them. If no row is left, row is the last one and real is false.
template <int G, class Each>
static __device__ __forceinline__ void eachRow(int batch, Each each) {
  const int groups = gridDim.x * (blockDim.x / G);
  const int group = blockIdx.x * (blockDim.x / G) + threadIdx.x / G;
  for (int first = 0; first < batch; first += groups) {
    const bool real = first + group < batch;
    each(real ? first + group : batch - 1, real);
  }
}

// ACCURACY: -1 for none.
template <int G, int KIND, int ACCURACY>
static __device__ void crossEntropy(
    const float *z, int zStride, const float *y, int yStride, const float *weight, int weightStride,
    const float *count, int countStride, float *dz, int dzStride, float *loss, int lossStride, float *correct,
    int correctStride, int batch, int columns, float *partial, unsigned *counters) {
  const int replica = blockIdx.z;
  const int labels = KIND == 0 ? 1 : columns;
  z += (long long)replica * zStride;
  y += (long long)replica * yStride;
  if (dz != nullptr) dz += (long long)replica * dzStride;
  if (weight != nullptr) weight += (long long)replica * weightStride;
  if (count != nullptr) count += (long long)replica * countStride;
  const float divisor = divisorOf(count, batch);
  float lossSum = 0, correctSum = 0;
  eachRow<G>(batch, [&](int row, bool real) {
    const float *zRow = z + (long long)row * columns;
    const float *yRow = y + (long long)row * labels;
    float *dzRow = dz == nullptr ? nullptr : dz + (long long)row * columns;
    const float rowWeight = weightOf(weight, row);
    const float sampleLoss = rowLoss<G, KIND>(zRow, yRow, real ? dzRow : nullptr, rowWeight, divisor, columns);
    if (real) lossSum += sampleLoss;
    if (ACCURACY >= 0) {
      const float share = right<G, ACCURACY < 0 ? 0 : ACCURACY>(zRow, yRow, columns, 0.0f);
      if (real) correctSum += share * rowWeight;
    }
  });
  gridLoss<KIND, ACCURACY>(lossSum, correctSum, loss, lossStride, correct, correctStride, columns, partial, counters);
}

template <int G, int ACCURACY>
static __device__ void countCorrect(
    const float *scores, int scoreStride, const float *y, int yStride, const float *weight, int weightStride,
    float threshold, float *correct, int correctStride, int batch, int columns, float *partial, unsigned *counters) {
  const int replica = blockIdx.z;
  const int labels = ACCURACY == 0 ? 1 : columns;
  scores += (long long)replica * scoreStride;
  y += (long long)replica * yStride;
  if (weight != nullptr) weight += (long long)replica * weightStride;
  float sum = 0;
  eachRow<G>(batch, [&](int row, bool real) {
    const float count =
        right<G, ACCURACY>(scores + (long long)row * columns, y + (long long)row * labels, columns, threshold);
    if (real) sum += count * weightOf(weight, row);
  });
  gridSum(sum, 0.0f, ACCURACY == 2 ? 1.0f / columns : 1.0f, correct + (long long)replica * correctStride, nullptr, 0.0f,
          partial, counters);
}

template <int G>
static __device__ void softmax(const float *z, int zStride, float *p, int pStride, int batch, int columns) {
  const int replica = blockIdx.z, lane = threadIdx.x % G;
  z += (long long)replica * zStride;
  p += (long long)replica * pStride;
  eachRow<G>(batch, [&](int row, bool real) {
    const float *zRow = z + (long long)row * columns;
    float largest = MINUS_INFINITY, sum = 0;
    for (int c = lane; c < columns; c += G) largest = maximum(largest, zRow[c]);
    largest = groupMaximum<G>(largest);
    for (int c = lane; c < columns; c += G) sum += expf(zRow[c] - largest);
    sum = groupSum<G>(sum);
    if (real) {
      for (int c = lane; c < columns; c += G) p[(long long)row * columns + c] = expf(zRow[c] - largest) / sum;
    }
  });
}

// Reduces each of `groups` stretches of `length` floats to one number, one block per stretch. Grid (groups, 1, R).
template <bool MAXIMUM>
static __device__ void reduce(const float *x, int xStride, float *output, int outputStride, int length) {
  __shared__ float shared[32];
  x += (long long)blockIdx.z * xStride + (long long)blockIdx.x * length;
  float value = MAXIMUM ? MINUS_INFINITY : 0.0f;
  for (int i = threadIdx.x; i < length; i += blockDim.x) value = MAXIMUM ? maximum(value, x[i]) : value + x[i];
  if (MAXIMUM) {
    value = groupMaximum<32>(value);
    if (threadIdx.x % 32 == 0) shared[threadIdx.x / 32] = value;
    __syncthreads();
    if (threadIdx.x == 0) {
      for (int warp = 1; warp < (int)blockDim.x / 32; warp++) value = maximum(value, shared[warp]);
    }
  } else {
    value = blockSum(value, shared);
  }
  if (threadIdx.x == 0) output[(long long)blockIdx.z * outputStride + blockIdx.x] = value;
}

// Reduces each column over the rows: 32 columns per block of 256, each by eight threads, in a fixed order.
template <bool MAXIMUM>
static __device__ void reduceColumns(const float *x, int xStride, float *output, int outputStride, int rows, int columns) {
  __shared__ float parts[8][32];
  const int column = blockIdx.x * 32 + threadIdx.x % 32, part = threadIdx.x / 32;
  x += (long long)blockIdx.z * xStride;
  float value = MAXIMUM ? MINUS_INFINITY : 0.0f;
  for (int row = part; row < rows && column < columns; row += 8) {
    const float element = x[(long long)row * columns + column];
    value = MAXIMUM ? maximum(value, element) : value + element;
  }
  parts[part][threadIdx.x % 32] = value;
  __syncthreads();
  if (part == 0 && column < columns) {
    for (int other = 1; other < 8; other++) {
      value = MAXIMUM ? maximum(value, parts[other][threadIdx.x]) : value + parts[other][threadIdx.x];
    }
    output[(long long)blockIdx.z * outputStride + column] = value;
  }
}
