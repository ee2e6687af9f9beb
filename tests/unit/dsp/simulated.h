// Recordings with known truth for the tests of dsp.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "dsp/analysis.h"
#include "gateway/simulator/simulator.h"

namespace ecg::dsp {

struct Simulated {
  Recording recording;
  std::vector<Beat> truth;
};

inline Simulated simulated(const std::string& text, double seconds = 10) {
  auto scenario = simulator::parse_scenario(text);
  EXPECT_TRUE(scenario.ok()) << text;
  Simulated out;
  out.recording = simulator::record(*scenario, seconds, &out.truth);
  return out;
}

inline bool has_statement(const Analysis& analysis, std::string_view code) {
  for (const Statement& s : analysis.statements) {
    if (s.code == code) return true;
  }
  return false;
}

inline const CriticalFinding* critical(const Analysis& analysis, std::string_view rule_id) {
  for (const CriticalFinding& f : analysis.critical) {
    if (f.rule_id == rule_id) return &f;
  }
  return nullptr;
}

inline bool has_reason(const LeadQuality& quality, QualityReason reason) {
  for (QualityReason r : quality.reasons) {
    if (r == reason) return true;
  }
  return false;
}

}  // namespace ecg::dsp
