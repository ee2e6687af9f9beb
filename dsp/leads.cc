#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "dsp/signal.h"

namespace ecg::dsp {
namespace {

constexpr std::array<std::string_view, 19> kNames = {"I",  "II",  "III", "aVR", "aVL", "aVF", "V1",
                                                     "V2", "V3",  "V4",  "V5",  "V6",  "V7",  "V8",
                                                     "V9", "V3R", "V4R", "V5R", "?"};

constexpr double kLeastSample = std::numeric_limits<std::int32_t>::min();
constexpr double kMostSample = std::numeric_limits<std::int32_t>::max();

char upper(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

// Upper case without blanks, dots and underscores, and without the prefixes that devices add.
std::string canonical(std::string_view name) {
  std::string key;
  for (char c : name) {
    if (c != ' ' && c != '.' && c != '_' && c != '-') key.push_back(upper(c));
  }
  for (std::string_view prefix : {"MDCECGLEAD", "LEAD", "ECG"}) {
    if (key.size() > prefix.size() && key.starts_with(prefix)) key.erase(0, prefix.size());
  }
  return key;
}

std::vector<Interval> united(const std::vector<Interval>& a, const std::vector<Interval>& b) {
  std::vector<Interval> all = a;
  all.insert(all.end(), b.begin(), b.end());
  std::ranges::sort(all, {}, &Interval::begin);
  std::vector<Interval> merged;
  for (const Interval& gap : all) {
    if (!merged.empty() && gap.begin <= merged.back().end) {
      merged.back().end = std::max(merged.back().end, gap.end);
    } else {
      merged.push_back(gap);
    }
  }
  return merged;
}

// What lead I and lead II contribute to each derived lead.
struct Derivation {
  LeadId id;
  double of_i, of_ii;
};
constexpr std::array<Derivation, 4> kDerivations = {
    {{LeadId::kIII, -1, 1}, {LeadId::kAVR, -0.5, -0.5}, {LeadId::kAVL, 1, -0.5}, {LeadId::kAVF, -0.5, 1}}};

}  // namespace

std::string_view lead_name(LeadId lead) {
  const auto at = static_cast<std::size_t>(lead);
  return at < kNames.size() ? kNames[at] : kNames.back();
}

LeadId lead_from_name(std::string_view name) {
  const std::string key = canonical(name);
  for (std::size_t i = 0; i + 1 < kNames.size(); ++i) {
    if (key == canonical(kNames[i])) return static_cast<LeadId>(i);
  }
  // Lead I, II, III with the letter D (derivation), and the chest leads with the letter C.
  if (key == "DI" || key == "D1") return LeadId::kI;
  if (key == "DII" || key == "D2") return LeadId::kII;
  if (key == "DIII" || key == "D3") return LeadId::kIII;
  if (key.size() >= 2 && key[0] == 'C') return lead_from_name("V" + key.substr(1));
  return LeadId::kOther;
}

int Recording::find(LeadId id) const {
  for (std::size_t i = 0; i < leads.size(); ++i) {
    if (leads[i].id == id) return static_cast<int>(i);
  }
  return -1;
}

bool is_sensitivity(double uv_per_lsb) {
  return uv_per_lsb >= 1e-6 && uv_per_lsb <= 1e6;
}

Recording with_derived_limb_leads(Recording recording) {
  const int at_i = recording.find(LeadId::kI);
  const int at_ii = recording.find(LeadId::kII);
  if (at_i < 0 || at_ii < 0) return recording;
  recording.leads.reserve(recording.leads.size() + kDerivations.size());
  const Lead& one = recording.leads[static_cast<std::size_t>(at_i)];
  const Lead& two = recording.leads[static_cast<std::size_t>(at_ii)];
  if (!is_sensitivity(one.uv_per_lsb) || !is_sensitivity(two.uv_per_lsb)) return recording;
  if (one.samples.size() != two.samples.size()) return recording;
  for (const Derivation& rule : kDerivations) {
    if (recording.find(rule.id) >= 0) continue;
    Lead lead;
    lead.id = rule.id;
    lead.label = lead_name(rule.id);
    lead.uv_per_lsb = one.uv_per_lsb;
    lead.derived = true;
    lead.gaps = united(one.gaps, two.gaps);
    lead.samples.resize(one.samples.size());
    for (std::size_t s = 0; s < lead.samples.size(); ++s) {
      const auto i = static_cast<SampleIndex>(s);
      const double uv = rule.of_i * one.microvolts(i) + rule.of_ii * two.microvolts(i);
      const double lsb = std::round(uv / lead.uv_per_lsb);
      lead.samples[s] = static_cast<std::int32_t>(std::clamp(lsb, kLeastSample, kMostSample));
    }
    recording.leads.push_back(std::move(lead));
  }
  return recording;
}

}  // namespace ecg::dsp
