#include "rows.cu"
#include "generated.cu" // LANES, ACCURACY

extern "C" __global__ void __launch_bounds__(256) countCorrect(const CountCorrectArguments a) {
  countCorrectOf<LANES, ACCURACY>(a);
}
