#include "dsp/measure/sensitivity.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace ecg::dsp {
namespace {

// Resolutions that electrocardiographs have, microvolts per LSB.
constexpr std::array<double, 6> kUsualUv = {1, 2, 2.5, 4.88, 5, 10};
// Declared sensitivities that differ by less are equal.
constexpr double kSameShare = 0.02;
// RMS of I + III - II over the RMS of the three.
constexpr double kBrokenShare = 0.03, kHoldsShare = 0.01;

bool declared(const Lead& lead) {
  return is_sensitivity(lead.uv_per_lsb);
}

double nearest_usual(const Recording& recording) {
  std::vector<double> logs;
  for (const Lead& lead : recording.leads) {
    if (declared(lead)) logs.push_back(std::log(lead.uv_per_lsb));
  }
  std::ranges::sort(logs);
  const double middle = logs[logs.size() / 2];
  return *std::ranges::min_element(kUsualUv, {},
                                   [middle](double uv) { return std::abs(std::log(uv) - middle); });
}

}  // namespace

std::optional<double> sensitivity_in_their_stead(const Recording& recording) {
  std::array<const Lead*, 3> limb{};
  constexpr std::array<LeadId, 3> kIds = {LeadId::kI, LeadId::kII, LeadId::kIII};
  for (std::size_t i = 0; i < kIds.size(); ++i) {
    const int at = recording.find(kIds[i]);
    if (at < 0) return std::nullopt;
    limb[i] = &recording.leads[static_cast<std::size_t>(at)];
    if (!declared(*limb[i]) || limb[i]->samples.size() != limb[0]->samples.size()) return std::nullopt;
  }
  const auto [least, most] = std::minmax({limb[0]->uv_per_lsb, limb[1]->uv_per_lsb, limb[2]->uv_per_lsb});
  if (most - least < kSameShare * most) return std::nullopt;
  // Of every fourth sample against the one before it, so that baselines do not matter.
  double broken = 0, size = 0, broken_raw = 0, size_raw = 0;
  for (std::size_t s = 1; s < limb[0]->samples.size(); s += 4) {
    std::array<double, 3> raw{};
    for (std::size_t i = 0; i < raw.size(); ++i)
      raw[i] = static_cast<double>(limb[i]->samples[s]) - limb[i]->samples[s - 1];
    const double rest_raw = raw[0] + raw[2] - raw[1];
    broken_raw += rest_raw * rest_raw;
    size_raw += raw[0] * raw[0] + raw[1] * raw[1] + raw[2] * raw[2];
    for (std::size_t i = 0; i < raw.size(); ++i) raw[i] *= limb[i]->uv_per_lsb;
    const double rest = raw[0] + raw[2] - raw[1];
    broken += rest * rest;
    size += raw[0] * raw[0] + raw[1] * raw[1] + raw[2] * raw[2];
  }
  const bool false_declaration =
      broken > kBrokenShare * kBrokenShare * size && broken_raw <= kHoldsShare * kHoldsShare * size_raw;
  if (!false_declaration || size_raw <= 0) return std::nullopt;
  return nearest_usual(recording);
}

}  // namespace ecg::dsp
