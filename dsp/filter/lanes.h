// Four floats that one instruction of any x86-64 or ARM64 processor works on. The compiler's vector types, so
// that sums over a lane keep one fixed order on every machine.
#pragma once

#include <cstring>

namespace ecg::dsp {

inline constexpr int kLanes = 4;
using Lanes = float __attribute__((vector_size(16)));
using LaneMask = int __attribute__((vector_size(16)));

inline Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}
inline void store(float* to, Lanes lanes) {
  std::memcpy(to, &lanes, sizeof lanes);
}
inline Lanes all(float value) {
  return Lanes{value, value, value, value};
}
inline float sum(Lanes lanes) {
  return (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
}
inline Lanes smaller(Lanes a, Lanes b) {
  return a < b ? a : b;
}
inline Lanes greater(Lanes a, Lanes b) {
  return a > b ? a : b;
}

}  // namespace ecg::dsp
