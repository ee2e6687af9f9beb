#pragma once

namespace ecg::dsp {

// What is known of a value: it lies between low and high.
struct Bounds {
  double low = 0, high = 0;
};

}  // namespace ecg::dsp
