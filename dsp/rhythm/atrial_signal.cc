#include "dsp/rhythm/atrial_signal.h"

#include <algorithm>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr double kBeforeRMs = 60;

AtrialLead thinned(const Channel& channel, Hertz fs, double rate_hz) {
  AtrialLead out;
  if (channel.centered.empty()) return out;
  const auto step = static_cast<std::size_t>(std::max(1, static_cast<int>(fs.value / rate_hz + 0.5)));
  out.rate = {fs.value / static_cast<double>(step)};
  const std::size_t count = channel.centered.size() / step;
  out.x = std::vector<float>(count, 0.0F);
  const float* in = channel.centered.data();
  const float share = 1 / static_cast<float>(step);
  for (std::size_t i = 0; i < count; ++i, in += step) {
    float sum = 0;
    for (std::size_t k = 0; k < step; ++k) sum += in[k];
    out.x[i] = sum * share;
  }
  return out;
}

}  // namespace

std::vector<AtrialLead> atrial_leads(std::span<const Channel> channels, std::span<const LeadId> wanted,
                                     Hertz fs, double rate_hz) {
  std::vector<AtrialLead> out;
  for (LeadId id : wanted) {
    for (const Channel& channel : channels) {
      if (channel.id == id && !channel.centered.empty()) out.push_back(thinned(channel, fs, rate_hz));
    }
  }
  if (out.empty() && !channels.empty()) out.push_back(thinned(channels.front(), fs, rate_hz));
  return out;
}

std::vector<int> beats_at(std::span<const Beat> beats, Hertz fs, Hertz rate) {
  std::vector<int> out;
  for (const Beat& beat : beats)
    out.push_back(static_cast<int>(static_cast<double>(beat.r_peak) * rate.value / fs.value));
  return out;
}

void subtract_ventricles(AtrialLead& lead, std::span<const int> r_peaks, double after_ms) {
  const int before = samples_of_ms(lead.rate, kBeforeRMs), after = samples_of_ms(lead.rate, after_ms);
  const int n = static_cast<int>(lead.x.size());
  if (before <= 0 || after <= 0 || n <= before + after) return;
  std::vector<float> usual(static_cast<std::size_t>(before + after), 0), piece;
  for (int k = -before; k < after; ++k) {
    piece.clear();
    for (int r : r_peaks) {
      if (r - before < 0 || r + after >= n) continue;
      piece.push_back(lead.x[static_cast<std::size_t>(r + k)] - lead.x[static_cast<std::size_t>(r - before)]);
    }
    usual[static_cast<std::size_t>(k + before)] = quantile(piece, 0.5);
  }
  for (int r : r_peaks) {
    const int end = std::min(after, n - r);
    for (int k = std::max(-before, -r); k < end; ++k)
      lead.x[static_cast<std::size_t>(r + k)] -= usual[static_cast<std::size_t>(k + before)];
  }
}

}  // namespace ecg::dsp
