// Philox4x32-10: the numbers of Philox.java. Salmon, Moraes, Dror, Shaw, SC 2011.

#include "common.cu"

// Overwrites a counter of four words with its block of random bits.
static __device__ __forceinline__ void philox(unsigned *counter, unsigned key0, unsigned key1) {
  for (int round = 0; round < 10; round++) {
    const unsigned long long product0 = 0xD2511F53ull * counter[0], product1 = 0xCD9E8D57ull * counter[2];
    const unsigned c1 = counter[1], c3 = counter[3];
    counter[0] = (unsigned)(product1 >> 32) ^ c1 ^ key0;
    counter[1] = (unsigned)product1;
    counter[2] = (unsigned)(product0 >> 32) ^ c3 ^ key1;
    counter[3] = (unsigned)product0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

struct RandomUniformArguments {
  const Position *position;
  int step;
  int stream; // counter word 1
  DeviceValue output;
  int size;
};

// Uniform random numbers from [0, 1), four per thread. Grid (any, 1, R).
extern "C" __global__ void __launch_bounds__(256) randomUniform(const RandomUniformArguments a) {
  const unsigned long long seed = a.position->seeds[blockIdx.z];
  const long long now = a.position->iteration + a.position->step + a.step + 1;
  const int size = a.size;
  float *output = a.output.of(blockIdx.z);
  for (int block = blockIdx.x * blockDim.x + threadIdx.x; 4 * block < size; block += gridDim.x * blockDim.x) {
    unsigned words[4] = {(unsigned)block, (unsigned)a.stream, (unsigned)now, (unsigned)(now >> 32)};
    philox(words, (unsigned)seed, (unsigned)(seed >> 32));
    for (int i = 0; i < 4 && 4 * block + i < size; i++) output[4 * block + i] = (float)(words[i] >> 8) * 0x1p-24f;
  }
}
