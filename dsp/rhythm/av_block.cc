#include <algorithm>
#include <array>
#include <cmath>

#include "dsp/filter/basic.h"
#include "dsp/rhythm/atrial.h"
#include "dsp/rhythm/p_train.h"

namespace ecg::dsp {
namespace {

constexpr double kStripMostS = 60, kRateHz = 125;
constexpr double kMostIrregularBpm = 110, kMostRegularBpm = 65;
// Where P conducts, every second P wave of a faster rhythm would lie within T.
constexpr double kMostTwoToOneBpm = 52;
constexpr double kIrregular = 0.06;  // spread of RR over its mean
constexpr double kLeastPrS = 0.08;   // from the middle of P to R
constexpr double kMostPrS = 0.48;
constexpr double kLeastAtrialBpm = 50;
constexpr float kAlike = 0.6F;
constexpr float kMostlyAlike = 0.75F;
constexpr double kUnexplainedShare = 0.4;

// What lies between two beats, the end included.
struct Gap {
  double rr_s = 0;
  double pr_s = 0;  // from the last P; 0: none
  int p = 0;
  int not_conducted_alike = 0, not_conducted_unlike = 0;
  bool of_ectopic = false;  // a ventricular beat on either side
};

std::vector<Gap> gaps_of(const PTrain& train, std::span<const Beat> beats, Hertz fs) {
  std::vector<Gap> gaps;
  for (std::size_t b = 1; b < beats.size(); ++b) {
    const double begin = static_cast<double>(beats[b - 1].r_peak) / fs.value;
    const double end = static_cast<double>(beats[b].r_peak) / fs.value;
    Gap gap;
    gap.rr_s = end - begin;
    gap.of_ectopic =
        beats[b - 1].beat_class == BeatClass::kVentricular || beats[b].beat_class == BeatClass::kVentricular;
    float last_like = -2;
    for (std::size_t i = 0; i < train.at_s.size(); ++i) {
      if (train.at_s[i] <= begin - kLeastPrS || train.at_s[i] > end - kLeastPrS) continue;
      if (gap.p > 0 && last_like > -1)
        ++(last_like >= kAlike ? gap.not_conducted_alike : gap.not_conducted_unlike);
      last_like = train.like[i];
      gap.pr_s = end - train.at_s[i];
      ++gap.p;
    }
    gaps.push_back(gap);
  }
  return gaps;
}

std::vector<float> seen_likeness(const PTrain& train) {
  std::vector<float> out;
  for (float like : train.like) {
    if (like > -1.5F) out.push_back(like);
  }
  return out;
}

double mean_of(std::span<const double> values) {
  double sum = 0;
  for (double v : values) sum += v;
  return values.empty() ? 0 : sum / static_cast<double>(values.size());
}

double spread(std::span<const double> values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (double v : values) squares += (v - mean) * (v - mean);
  return values.empty() ? 0 : std::sqrt(squares / static_cast<double>(values.size()));
}

// Pauses of nearly two atrial cycles with a P wave on time that is not conducted, among intervals of about
// one. PR longer before the pause than after it is Mobitz I.
std::string_view second_degree(std::span<const Gap> gaps, double cycle_s) {
  int conducted = 0, dropped = 0, odd = 0, longer = 0;
  for (std::size_t g = 0; g < gaps.size(); ++g) {
    const Gap& gap = gaps[g];
    if (gap.of_ectopic) continue;
    if (gap.p == 1 && gap.rr_s > 0.8 * cycle_s && gap.rr_s < 1.4 * cycle_s) {
      ++conducted;
    } else if (gap.p == 2 && gap.not_conducted_alike == 1 && gap.pr_s < kMostPrS &&
               gap.rr_s > 1.3 * cycle_s && gap.rr_s < 2.2 * cycle_s) {
      ++dropped;
      if (g > 0 && gaps[g - 1].pr_s > 0 && gap.pr_s > 0 && gaps[g - 1].pr_s - gap.pr_s > 0.04) ++longer;
    } else {
      ++odd;
    }
  }
  if (dropped == 0 || conducted < 2 || 6 * odd > conducted + dropped) return "";
  return 2 * longer >= dropped ? "2AVB1" : "2AVB2";
}

// Of a regular ventricular rhythm.
std::string_view block_of_regular(std::span<const Gap> gaps, double ratio, double bpm) {
  std::vector<double> pr;
  int alike = 0, unlike = 0;
  for (const Gap& gap : gaps) {
    if (gap.pr_s > 0) pr.push_back(gap.pr_s);
    alike += gap.not_conducted_alike;
    unlike += gap.not_conducted_unlike;
  }
  if (ratio < 1.15 || alike < 2 || alike < 3 * unlike) return "";
  const double whole = std::round(ratio);
  if (whole >= 2 && std::abs(ratio - whole) < 0.06 && spread(pr) < 0.03 && pr.size() == gaps.size() &&
      pr.front() < kMostPrS)
    return whole < 2.5 ? "2AVB21" : "AVB_HIGH";
  return bpm < kMostRegularBpm && spread(pr) > 0.05 ? "3AVB" : "";
}

// Where T has ended, after R; at slow rates a P wave in the middle of the interval comes later.
double t_end_ms(double rr_s) {
  return std::max(std::min(390.0, 450 * rr_s), std::min(480.0, 330 * rr_s));
}

bool worth_a_look(double bpm, double rr_spread, bool p_wave) {
  if (rr_spread > kIrregular) return bpm <= kMostIrregularBpm;
  return bpm <= (p_wave ? kMostTwoToOneBpm : kMostRegularBpm);
}

}  // namespace

AvConduction find_av_block(std::span<const Channel> channels, std::span<const Beat> beats, bool p_wave,
                           Hertz fs) {
  constexpr std::array kLeads = {LeadId::kII, LeadId::kV1, LeadId::kI};
  AvConduction out;
  if (beats.size() < 4 || channels.empty()) return out;
  if (static_cast<double>(channels.front().centered.size()) > kStripMostS * fs.value) return out;
  std::vector<double> rr;
  for (std::size_t b = 1; b < beats.size(); ++b)
    rr.push_back(static_cast<double>(beats[b].r_peak - beats[b - 1].r_peak) / fs.value);
  const double mean_rr = mean_of(rr), rr_spread = spread(rr) / mean_rr;
  if (!worth_a_look(60 / mean_rr, rr_spread, p_wave)) return out;
  std::vector<AtrialLead> leads = atrial_leads(channels, kLeads, fs, kRateHz);
  const std::vector<int> r_peaks = beats_at(beats, fs, leads.front().rate);
  for (AtrialLead& lead : leads) subtract_ventricles(lead, r_peaks, t_end_ms(mean_rr));
  const PTrain train = find_p_train(leads, r_peaks);
  if (train.cycle_s <= 0 || 60 / train.cycle_s < kLeastAtrialBpm) return out;
  if (train.unexplained > kUnexplainedShare * static_cast<double>(train.at_s.size())) return out;
  std::vector<float> like = seen_likeness(train);
  if (quantile(like, 0.5) < kMostlyAlike) return out;
  out.atrial_bpm = 60 / train.cycle_s;
  const std::vector<Gap> gaps = gaps_of(train, beats, fs);
  const double ratio = mean_rr / train.cycle_s;
  out.code = rr_spread > kIrregular ? second_degree(gaps, train.cycle_s)
                                    : block_of_regular(gaps, ratio, 60 / mean_rr);
  return out;
}

}  // namespace ecg::dsp
