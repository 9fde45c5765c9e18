#include "rows.cu"
#include "generated.cu" // LANES, KIND, ACCURACY

extern "C" __global__ void __launch_bounds__(256) crossEntropy(const CrossEntropyArguments a) {
  crossEntropyOf<LANES, KIND, ACCURACY>(a);
}
