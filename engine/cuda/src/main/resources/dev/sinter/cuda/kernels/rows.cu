// Operations on the rows of a matrix: G neighbouring lanes share a row, G a power of two up to 32.
// Grid (blocks, 1, R), blocks of 256; rows are assigned round-robin.

#include "common.cu"

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

// Returns the share of this lane in the correct count.
template <int G, Accuracy ACCURACY>
static __device__ __forceinline__ float right(const float *scores, const float *y, int columns, float threshold) {
  const int lane = threadIdx.x % G;
  if (ACCURACY == Accuracy::BINARY) {
    int count = 0;
    for (int c = lane; c < columns; c += G) count += (scores[c] > threshold ? 1.0f : 0.0f) == y[c];
    return (float)count;
  }
  const int predicted = argmax<G>(scores, columns);
  const float wanted = ACCURACY == Accuracy::SPARSE_CATEGORICAL ? y[0] : (float)argmax<G>(y, columns);
  return lane == 0 && (float)predicted == wanted ? 1.0f : 0.0f;
}

// Sums up to two numbers per thread over all blocks of a replica, in a fixed order: partial [R, blocks, 2].
static __device__ __forceinline__ void gridSum(
    float first, float second, float scale, float *firstTarget, float *secondTarget, float secondScale,
    const Workspace &workspace) {
  __shared__ float shared[32];
  first = blockSum(first, shared);
  second = blockSum(second, shared);
  const int blocks = gridDim.x;
  if (blocks > 1) {
    float *partial = workspace.partial + (long long)blockIdx.z * blocks * 2;
    if (threadIdx.x == 0) {
      partial[2 * blockIdx.x] = first;
      partial[2 * blockIdx.x + 1] = second;
    }
    if (!lastToArrive(workspace.counters + blockIdx.z, blocks)) return;
    // The sums of all blocks are known now to all threads of this one.
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
template <CrossEntropyKind KIND, Accuracy ACCURACY>
static __device__ __forceinline__ void gridLoss(
    float lossSum, float correctSum, const DeviceValue &loss, const DeviceValue &correct, int columns,
    const Workspace &workspace) {
  gridSum(lossSum, correctSum, KIND == CrossEntropyKind::SIGMOID ? 1.0f / columns : 1.0f, loss.of(blockIdx.z),
          ACCURACY == Accuracy::NONE ? nullptr : correct.of(blockIdx.z),
          ACCURACY == Accuracy::BINARY ? 1.0f / columns : 1.0f, workspace);
}

// The weight of a sample, and the divisor of the gradient of the mean loss: 1 and B if there are no weights.
static __device__ __forceinline__ float weightOf(const float *weight, int row) {
  return weight == nullptr ? 1.0f : weight[row];
}
static __device__ __forceinline__ float divisorOf(const float *count, int batch) {
  return count == nullptr ? (float)batch : *count;
}

// Activation and cross-entropy of one row by G lanes: each returns its share of the loss, and dz is written if it is
// not null, times weight / divisor.
template <int G, CrossEntropyKind KIND>
static __device__ __forceinline__ float rowLoss(
    const float *z, const float *y, float *dz, float weight, float divisor, int columns) {
  const int lane = threadIdx.x % G;
  float loss = 0;
  if (KIND == CrossEntropyKind::SIGMOID) {
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
      const float target = KIND == CrossEntropyKind::SOFTMAX_SPARSE ? (y[0] == (float)c ? 1.0f : 0.0f) : y[c];
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

struct CrossEntropyArguments {
  DeviceValue z, y, weight, count; // weight and count may be null
  DeviceValue dz, loss, correct;   // dz and correct may be null
  int batch;
  Workspace workspace;
};

template <int G, CrossEntropyKind KIND, Accuracy ACCURACY>
static __device__ __forceinline__ void crossEntropyOf(const CrossEntropyArguments &a) {
  const int replica = blockIdx.z, columns = a.z.columns;
  const int labels = KIND == CrossEntropyKind::SOFTMAX_SPARSE ? 1 : columns;
  const float *z = a.z.of(replica), *y = a.y.of(replica), *weight = a.weight.of(replica);
  float *dz = a.dz.of(replica);
  const float divisor = divisorOf(a.count.of(replica), a.batch);
  float lossSum = 0, correctSum = 0;
  eachRow<G>(a.batch, [&](int row, bool real) {
    const float *zRow = z + (long long)row * columns;
    const float *yRow = y + (long long)row * labels;
    float *dzRow = dz == nullptr ? nullptr : dz + (long long)row * columns;
    const float rowWeight = weightOf(weight, row);
    const float sampleLoss = rowLoss<G, KIND>(zRow, yRow, real ? dzRow : nullptr, rowWeight, divisor, columns);
    if (real) lossSum += sampleLoss;
    if (ACCURACY != Accuracy::NONE) {
      const float share = right<G, ACCURACY>(zRow, yRow, columns, 0.0f);
      if (real) correctSum += share * rowWeight;
    }
  });
  gridLoss<KIND, ACCURACY>(lossSum, correctSum, a.loss, a.correct, columns, a.workspace);
}

struct CountCorrectArguments {
  DeviceValue scores, y, weight; // weight may be null
  DeviceValue correct;
  float threshold;
  int batch;
  Workspace workspace;
};

template <int G, Accuracy ACCURACY>
static __device__ __forceinline__ void countCorrectOf(const CountCorrectArguments &a) {
  const int replica = blockIdx.z, columns = a.scores.columns;
  const int labels = ACCURACY == Accuracy::SPARSE_CATEGORICAL ? 1 : columns;
  const float *scores = a.scores.of(replica), *y = a.y.of(replica), *weight = a.weight.of(replica);
  float sum = 0;
  eachRow<G>(a.batch, [&](int row, bool real) {
    const float count =
        right<G, ACCURACY>(scores + (long long)row * columns, y + (long long)row * labels, columns, a.threshold);
    if (real) sum += count * weightOf(weight, row);
  });
  gridSum(sum, 0.0f, ACCURACY == Accuracy::BINARY ? 1.0f / columns : 1.0f, a.correct.of(replica), nullptr, 0.0f,
          a.workspace);
}

struct SoftmaxArguments {
  DeviceValue z, p;
  int batch;
};

template <int G>
static __device__ __forceinline__ void softmaxOf(const SoftmaxArguments &a) {
  const int lane = threadIdx.x % G, columns = a.z.columns;
  const float *z = a.z.of(blockIdx.z);
  float *p = a.p.of(blockIdx.z);
  eachRow<G>(a.batch, [&](int row, bool real) {
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
