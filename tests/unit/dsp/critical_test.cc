#include "dsp/interpret/critical.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "dsp/interpret/findings.h"
#include "dsp/interpret/statements.h"

namespace ecg::dsp {
namespace {

class CriticalTest : public testing::Test {
 protected:
  CriticalTest() {
    critical_.readable = true;
    critical_.mean_rate_bpm = 75;
    critical_.longest_rr_s = 0.9;
    facts_.measurements = &measurements_;
  }
  void say(std::string_view code, Certainty certainty) { statements_.push_back(statement(code, certainty)); }
  std::vector<CriticalFinding> found() {
    critical_.statements = statements_;
    return evaluate_critical(critical_, facts_);
  }
  // The one finding with this id; its id is empty where there is none.
  CriticalFinding finding(std::string_view id) {
    CriticalFinding out;
    int n = 0;
    for (const CriticalFinding& f : found()) {
      if (f.rule_id != id) continue;
      out = f;
      ++n;
    }
    EXPECT_LE(n, 1) << id;
    return out;
  }
  void expect_none(std::string_view id) { EXPECT_EQ(finding(id).rule_id, "") << id; }
  void expect(std::string_view id, Urgency tier, std::string_view what) {
    const CriticalFinding f = finding(id);
    EXPECT_EQ(f.rule_id, id);
    EXPECT_EQ(f.tier, tier) << id;
    EXPECT_EQ(f.what, what) << id;
    EXPECT_NE(statement_text(f.what), nullptr) << f.what;
    if (!f.caveat.empty()) {
      EXPECT_NE(phrase(f.caveat), nullptr) << f.caveat;
    }
  }

  Measurements measurements_;
  Facts facts_;
  CriticalFacts critical_;
  std::vector<Statement> statements_;
};

TEST_F(CriticalTest, EveryRuleIsReadable) {
  EXPECT_EQ(first_broken_critical_rule(), "");
}

TEST_F(CriticalTest, NothingIsFoundWhereNothingIs) {
  EXPECT_TRUE(found().empty());
  EXPECT_EQ(urgency_of({}, true), Urgency::kNothingCriticalFound);
  EXPECT_EQ(urgency_of({}, false), Urgency::kUnreadable);
}

TEST_F(CriticalTest, AnUnreadableTracingHasNoFindingsAndIsNotHarmless) {
  say("STEMI_INF", Certainty::kProbable);
  critical_.readable = false;
  EXPECT_TRUE(found().empty());
  EXPECT_EQ(urgency_of(found(), false), Urgency::kUnreadable);
}

TEST_F(CriticalTest, InfarctionIsCriticalWhenProbableAndMajorWhenPossible) {
  say("STEMI_ANT", Certainty::kPossible);
  expect("CV-101", Urgency::kMajorPositive, "STEMI_ANT");
  say("STEMI_INF", Certainty::kProbable);
  expect("CV-101", Urgency::kCritical, "STEMI_INF");
  EXPECT_EQ(urgency_of(found(), true), Urgency::kCritical);
}

TEST_F(CriticalTest, EquivalentsOfInfarctionCount) {
  for (const char* code : {"SGARBOSSA", "DE_WINTER", "STEMI_POST"}) {
    statements_.clear();
    say(code, Certainty::kProbable);
    expect("CV-101", Urgency::kCritical, code);
  }
  statements_.clear();
  say("WELLENS", Certainty::kPossible);
  expect("CV-102", Urgency::kMajorPositive, "WELLENS");
}

TEST_F(CriticalTest, VentricularTachycardiaIsJudgedByRateAndLength) {
  critical_.vt_rate_bpm = 149;
  critical_.vt_s = 8;
  expect_none("CV-202");
  critical_.vt_rate_bpm = 150;
  expect("CV-202", Urgency::kCritical, "VT");
  EXPECT_EQ(finding("CV-202").caveat, "duration_unproven");
  critical_.vt_s = 2;
  expect("CV-202", Urgency::kMajorPositive, "VT");
  critical_.vt_polymorphic = true;
  expect("CV-203", Urgency::kCritical, "PVT");
}

TEST_F(CriticalTest, RatesAreRoundedToWholeBeats) {
  critical_.mean_rate_bpm = 199.4;
  expect_none("CV-204");
  critical_.mean_rate_bpm = 199.6;
  expect("CV-204", Urgency::kCritical, "EXTREME_TACHY");
  say("SVT", Certainty::kPossible);
  expect("CV-204", Urgency::kCritical, "SVT");
  critical_.mean_rate_bpm = 35.4;
  expect("CV-301", Urgency::kCritical, "EXTREME_BRADY");
  critical_.mean_rate_bpm = 35.6;
  expect_none("CV-301");
}

TEST_F(CriticalTest, ALongPauseSaysWhatIsNotKnown) {
  critical_.longest_rr_s = 2.9;
  expect_none("CV-302");
  critical_.longest_rr_s = 3;
  EXPECT_EQ(finding("CV-302").caveat, "symptoms_unknown");
  critical_.longest_rr_s = 5;
  EXPECT_EQ(finding("CV-302").caveat, "strip_only");
  critical_.asystole = true;
  expect("CV-302", Urgency::kCritical, "ASYS");
}

TEST_F(CriticalTest, FibrillationLeavesNoRoomForRates) {
  critical_.vf = true;
  critical_.mean_rate_bpm = 300;
  critical_.longest_rr_s = 4;
  expect("CV-201", Urgency::kCritical, "VF");
  EXPECT_EQ(found().size(), 1U);
}

TEST_F(CriticalTest, AnUnknownQtIsNotCriticalAndAnExtremeOneIs) {
  expect_none("CV-404");
  critical_.qtc_ms = 549;
  expect_none("CV-404");
  critical_.qtc_ms = 550;
  expect("CV-404", Urgency::kCritical, "LQT");
}

TEST_F(CriticalTest, FastWideIrregularRhythmIsMajor) {
  say("AFIB", Certainty::kProbable);
  measurements_.qrs_ms = {140, {}};
  measurements_.rr_min_ms = {240, {}};
  expect("CV-205", Urgency::kMajorPositive, "AFIB");
  measurements_.rr_min_ms = {260, {}};
  expect_none("CV-205");
}

TEST_F(CriticalTest, WeakPatternsAreOnlyMajor) {
  for (const auto& [code, id] : {std::pair{"HYPERK", "CV-402"}, std::pair{"HYPOK", "CV-401"},
                                 std::pair{"PE", "CV-403"}, std::pair{"TALT", "CV-405"}}) {
    statements_.clear();
    say(code, Certainty::kProbable);
    expect(id, Urgency::kMajorPositive, code);
  }
}

}  // namespace
}  // namespace ecg::dsp
