// The shapes that beats have had lately, all leads together, and how much a piece of signal resembles them.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "dsp/detect/qrs_signal.h"

namespace ecg::dsp {

inline constexpr int kQrsShapes = 6;
inline constexpr int kQrsShapeBefore = 16, kQrsShapeLength = 32;  // 107 ms before, 100 ms after
inline constexpr int kQrsShapeReach = 5;                          // shifts tried, samples either way

struct QrsMatch {
  int shape = -1;         // -1: there is none yet
  float correlation = 0;  // -1..1
  float scale = 0;        // size as a multiple of the shape's
  float shift = 0;        // samples to add to where it was looked for
  float beats = 0;        // that made the shape
};

class QrsTemplates {
 public:
  explicit QrsTemplates(std::size_t leads);

  // Its times are of another signal.
  void forget_times() {
    for (Shape& s : shapes_) s.last = 0;
  }

  // The best match of each shape around a sample, shapes[k] for shape k (shape = -1 where unused). weights:
  // per lead, already divided by the lead's own size. Returns the position of the best.
  int match(const QrsSignal& signal, SampleIndex at, std::span<const float> weights,
            std::array<QrsMatch, kQrsShapes>& matches) const;

  // A beat at a sample (rounded from its matched position). Returns the shape it has joined or begun.
  int learn(const QrsSignal& signal, SampleIndex at, const QrsMatch& best, std::span<const float> weights);

 private:
  struct Shape {
    float beats = 0;
    SampleIndex last = 0;
  };
  float* shape(int which, std::size_t lead) {
    return values_.data() + (static_cast<std::size_t>(which) * leads_ + lead) * kQrsShapeLength;
  }
  const float* shape(int which, std::size_t lead) const {
    return values_.data() + (static_cast<std::size_t>(which) * leads_ + lead) * kQrsShapeLength;
  }
  std::size_t leads_;
  std::vector<float> values_;
  std::array<Shape, kQrsShapes> shapes_;
};

}  // namespace ecg::dsp
