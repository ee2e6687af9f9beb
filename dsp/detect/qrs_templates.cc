#include "dsp/detect/qrs_templates.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace ecg::dsp {
namespace {

constexpr float kSame = 0.85F;    // correlation from which a beat joins a shape
constexpr float kMostBeats = 16;  // memory of a shape, beats
constexpr int kShifts = 2 * kQrsShapeReach + 1;

using Four = float __attribute__((vector_size(16)));

Four load(const float* p) {
  Four v;
  std::memcpy(&v, p, sizeof v);
  return v;
}

float dot(const float* a, const float* b) {
  Four sum = load(a) * load(b);
  for (int i = 4; i < kQrsShapeLength; i += 4) sum += load(a + i) * load(b + i);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

}  // namespace

QrsTemplates::QrsTemplates(std::size_t leads)
    : leads_(leads), values_(static_cast<std::size_t>(kQrsShapes) * leads * kQrsShapeLength, 0.0F) {}

int QrsTemplates::match(const QrsSignal& signal, SampleIndex at, std::span<const float> weights,
                        std::array<QrsMatch, kQrsShapes>& matches) const {
  std::array<float, kShifts> own{};
  std::array<std::array<float, kShifts>, kQrsShapes> common{};
  std::array<float, kQrsShapes> power{};
  constexpr int kSpan = kQrsShapeLength + 2 * kQrsShapeReach;
  alignas(16) float y[kSpan];
  for (std::size_t lead = 0; lead < leads_; ++lead) {
    if (weights[lead] <= 0) continue;
    const float w2 = weights[lead] * weights[lead];
    const float* from = signal.smooth(lead, at - kQrsShapeBefore - kQrsShapeReach);
    const float level = from[kSpan / 2];
    for (int i = 0; i < kSpan; ++i) y[i] = from[i] - level;
    float sum = 0, squares = 0;
    for (int i = 0; i < kQrsShapeLength; ++i) sum += y[i], squares += y[i] * y[i];
    for (int s = 0; s < kShifts; ++s) {
      own[static_cast<std::size_t>(s)] += w2 * (squares - sum * sum / kQrsShapeLength);
      if (s + 1 == kShifts) break;
      const float in = y[s + kQrsShapeLength], out = y[s];
      sum += in - out;
      squares += in * in - out * out;
    }
    for (int k = 0; k < kQrsShapes; ++k) {
      const auto which = static_cast<std::size_t>(k);
      if (shapes_[which].beats <= 0) continue;
      const float* t = shape(k, lead);
      power[which] += w2 * dot(t, t);
      for (int s = 0; s < kShifts; ++s) common[which][static_cast<std::size_t>(s)] += w2 * dot(t, y + s);
    }
  }
  int best = -1;
  for (int k = 0; k < kQrsShapes; ++k) {
    const auto which = static_cast<std::size_t>(k);
    QrsMatch& match = matches[which];
    match = {};
    if (shapes_[which].beats <= 0 || power[which] <= 0) continue;
    int top = 0;
    float highest = -2;
    std::array<float, kShifts> r{};
    for (int s = 0; s < kShifts; ++s) {
      const auto shift = static_cast<std::size_t>(s);
      r[shift] = own[shift] > 0 ? common[which][shift] / std::sqrt(own[shift] * power[which]) : 0;
      if (r[shift] > highest) highest = r[shift], top = s;
    }
    match.shape = k;
    match.correlation = highest;
    match.scale = common[which][static_cast<std::size_t>(top)] / power[which];
    match.shift = static_cast<float>(top - kQrsShapeReach);
    if (top > 0 && top + 1 < kShifts) {
      const float a = r[static_cast<std::size_t>(top - 1)], c = r[static_cast<std::size_t>(top + 1)];
      const float bend = a - 2 * highest + c;
      if (bend < 0) match.shift += 0.5F * (a - c) / bend;
    }
    match.beats = shapes_[which].beats;
    if (best < 0 || match.correlation > matches[static_cast<std::size_t>(best)].correlation) best = k;
  }
  return best;
}

int QrsTemplates::learn(const QrsSignal& signal, SampleIndex at, const QrsMatch& best,
                        std::span<const float> weights) {
  int k = best.shape;
  if (k < 0 || best.correlation < kSame) {
    k = 0;
    for (int other = 1; other < kQrsShapes; ++other) {
      // An unused place, else the shape that is seen least and longest ago.
      const Shape &a = shapes_[static_cast<std::size_t>(other)], &b = shapes_[static_cast<std::size_t>(k)];
      const auto value = [at](const Shape& s) {
        return s.beats <= 0 ? -1.0F : s.beats / (1 + static_cast<float>(at - s.last) / 1500);
      };
      if (value(a) < value(b)) k = other;
    }
    shapes_[static_cast<std::size_t>(k)].beats = 0;
  }
  Shape& learnt = shapes_[static_cast<std::size_t>(k)];
  learnt.beats = std::min(learnt.beats + 1, kMostBeats);
  learnt.last = at;
  const float share = 1 / learnt.beats;
  for (std::size_t lead = 0; lead < leads_; ++lead) {
    const float* from = signal.smooth(lead, at - kQrsShapeBefore);
    float* t = shape(k, lead);
    float mean = 0;
    for (int i = 0; i < kQrsShapeLength; ++i) mean += from[i];
    mean /= kQrsShapeLength;
    // A lead that is off or unusable now keeps the shape it had.
    if (weights[lead] <= 0 && learnt.beats > 1) continue;
    for (int i = 0; i < kQrsShapeLength; ++i) t[i] += share * (from[i] - mean - t[i]);
  }
  return k;
}

}  // namespace ecg::dsp
