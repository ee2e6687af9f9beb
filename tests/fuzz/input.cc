#include "tests/fuzz/input.h"

#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace ecg::fuzz {
namespace {

constexpr std::size_t kFramesMost = 6000, kLeadsMost = 15, kSamplesMost = 40000;
constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();

double rate_from(Bytes& bytes) {
  constexpr std::array kRates = {0.0,   -500.0, 1.0,   99.0,   100.0,  125.0, 250.0,  257.3, 300.0,
                                 360.0, 500.0,  500.0, 1000.0, 2000.0, 1e9,   1e-300, kNaN};
  return kRates[bytes.below(kRates.size())];
}

double sensitivity_from(Bytes& bytes) {
  constexpr std::array kSensitivities = {0.0, -1.0, 1e-30, 0.5, 1.0, 2.5, 4.88, 5.0, 1000.0, 1e30, kNaN};
  return kSensitivities[bytes.below(kSensitivities.size())];
}

// Ways in which a lead may look.
enum class Kind : std::uint8_t {
  kFlat,
  kBytes,
  kExtremes,
  kBeats,
  kNoisyBeats,
  kSine,
  kSteps,
  kNoise,
  kCount
};

// Beats of one shape every rr frames: a narrow spike and a round hump after it.
double beat_at(std::size_t i, std::size_t rr, double hz) {
  const double t = static_cast<double>(i % rr) / hz;
  return 1000 * std::exp(-std::pow((t - 0.2) / 0.015, 2)) + 200 * std::exp(-std::pow((t - 0.48) / 0.06, 2));
}

std::int32_t clipped(double value) {
  constexpr double kMost = 2147483647.0;
  return static_cast<std::int32_t>(std::fmax(-kMost, std::fmin(kMost, value)));
}

std::vector<std::int32_t> samples_from(Bytes& bytes, std::size_t frames, double hz) {
  const auto kind = static_cast<Kind>(bytes.below(static_cast<std::size_t>(Kind::kCount)));
  const double scale =
      std::pow(10.0, static_cast<double>(bytes.below(5)) - 2) * (bytes.below(2) == 0 ? 1 : -1);
  const double safe_hz = hz >= 50 && hz <= 4000 ? hz : 500;
  const std::size_t rr = 20 + bytes.below(static_cast<std::size_t>(2 * safe_hz));
  const double cycle = 1 + 100 * bytes.unit();
  std::vector<std::int32_t> out(frames);
  double level = 0;
  for (std::size_t i = 0; i < frames; ++i) {
    double v = 0;
    switch (kind) {
      case Kind::kFlat:
      case Kind::kCount:
        break;
      case Kind::kBytes:
        v = static_cast<double>(static_cast<std::int16_t>(bytes.word()));
        break;
      case Kind::kExtremes:
        out[i] = bytes.below(2) == 0 ? std::numeric_limits<std::int32_t>::min()
                                     : std::numeric_limits<std::int32_t>::max();
        continue;
      case Kind::kBeats:
        v = beat_at(i, rr, safe_hz);
        break;
      case Kind::kNoisyBeats:
        v = beat_at(i, rr, safe_hz) + 100 * (bytes.unit() - 0.5);
        break;
      case Kind::kSine:
        v = 500 * std::sin(2 * std::numbers::pi * cycle * static_cast<double>(i) / safe_hz);
        break;
      case Kind::kSteps:
        if (bytes.below(200) == 0) level = 4000 * (bytes.unit() - 0.5);
        v = level;
        break;
      case Kind::kNoise:
        v = 2000 * (bytes.unit() - 0.5);
        break;
    }
    out[i] = clipped(v * scale);
  }
  return out;
}

std::vector<dsp::Interval> gaps_from(Bytes& bytes, std::size_t frames) {
  std::vector<dsp::Interval> out;
  if (bytes.below(4) != 0) return out;
  std::size_t at = 0;
  for (std::size_t g = 0; g < 8 && at < frames; ++g) {
    const std::size_t begin = at + bytes.below(frames - at + 1);
    const std::size_t end = begin + bytes.below(frames - begin + 1);
    if (begin < end)
      out.push_back({static_cast<dsp::SampleIndex>(begin), static_cast<dsp::SampleIndex>(end)});
    at = end + 1;
  }
  return out;
}

}  // namespace

Bytes::Bytes(std::span<const std::uint8_t> bytes) : bytes_(bytes), state_(0x9E3779B97F4A7C15U) {
  for (const std::uint8_t b : bytes) state_ = (state_ ^ b) * 0x100000001B3U;
}

std::uint8_t Bytes::byte() {
  if (at_ < bytes_.size()) return bytes_[at_++];
  state_ ^= state_ << 13;
  state_ ^= state_ >> 7;
  state_ ^= state_ << 17;
  return static_cast<std::uint8_t>(state_ >> 32);
}

std::uint32_t Bytes::word() {
  std::uint32_t out = 0;
  for (int i = 0; i < 4; ++i) out = out << 8 | byte();
  return out;
}

std::size_t Bytes::below(std::size_t limit) {
  if (limit <= 1) return 0;
  return (limit <= 256 ? byte() : word()) % limit;
}

double Bytes::unit() {
  return static_cast<double>(byte()) / 255;
}

dsp::Recording recording_from(Bytes& bytes) {
  dsp::Recording out;
  out.sampling_frequency = {rate_from(bytes)};
  const std::size_t leads = bytes.below(kLeadsMost + 1);
  const std::size_t frames = bytes.below(std::min(kFramesMost, kSamplesMost / (leads + 1)));
  const bool standard_leads = bytes.below(2) == 0;
  const double common = sensitivity_from(bytes);
  for (std::size_t i = 0; i < leads; ++i) {
    dsp::Lead lead;
    lead.id = standard_leads
                  ? static_cast<dsp::LeadId>(i)
                  : static_cast<dsp::LeadId>(bytes.below(static_cast<std::size_t>(dsp::LeadId::kOther) + 1));
    lead.uv_per_lsb = bytes.below(4) == 0 ? sensitivity_from(bytes) : common;
    lead.baseline = bytes.below(4) == 0 ? static_cast<std::int32_t>(bytes.word()) : 0;
    const bool shorter = i > 0 && bytes.below(16) == 0;
    const std::size_t length = shorter ? bytes.below(frames + 1) : frames;
    lead.samples = samples_from(bytes, length, out.sampling_frequency.value);
    lead.gaps = gaps_from(bytes, length);
    out.leads.push_back(std::move(lead));
  }
  return out;
}

dsp::Options options_from(Bytes& bytes) {
  dsp::Options out;
  out.sex = static_cast<dsp::Sex>(bytes.below(3));
  constexpr std::array kAges = {0.0, 0.01, 5.0, 30.0, 70.0, 150.0, -3.0, 1e300, kNaN};
  if (bytes.below(2) == 0) out.age_years = kAges[bytes.below(kAges.size())];
  constexpr std::array kMains = {50.0, 60.0, 0.0, -1.0, 1e9, kNaN};
  out.mains_hz = kMains[bytes.below(kMains.size())];
  return out;
}

}  // namespace ecg::fuzz
