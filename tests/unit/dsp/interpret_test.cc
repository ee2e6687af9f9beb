#include <algorithm>

#include <gtest/gtest.h>

#include "dsp/interpret/expression.h"
#include "dsp/interpret/findings.h"
#include "dsp/interpret/rules.h"
#include "dsp/interpret/statements.h"
#include "dsp/interpret/vocabulary.h"
#include "tests/unit/dsp/simulated.h"

namespace ecg::dsp {
namespace {

// Facts of twelve plain leads, to be changed lead by lead.
class RuleTest : public testing::Test {
 protected:
  RuleTest() {
    measurements_ = nothing();
    for (int i = 0; i < 12; ++i) {
      LeadFacts lead;
      lead.id = static_cast<LeadId>(i);
      lead.shape.r_uv = lead.shape.tallest_uv = lead.shape.peak_to_peak_uv = 800;
      lead.shape.t_pos_uv = lead.shape.t_uv = 300;
      facts_.leads.push_back(lead);
    }
    facts_.readable = true;
    facts_.measurements = &measurements_;
    set(measurements_.qrs_ms, 90);
    set(measurements_.qrs_axis_deg, 40);
    set(measurements_.ventricular_rate_bpm, 75);
  }
  static Measurements nothing() { return Measurements{}; }
  static void set(Measured& measured, double value) { measured = {value, {}}; }
  LeadShape& lead(LeadId id) { return facts_.leads[static_cast<std::size_t>(id)].shape; }
  Bounds value(std::string_view text) {
    const Expression expression(text, definitions());
    EXPECT_FALSE(expression.empty()) << expression.error();
    return expression.evaluate({&facts_, statements_, false});
  }
  void expect(std::string_view text, double low, double high) {
    EXPECT_EQ(value(text).low, low) << text;
    EXPECT_EQ(value(text).high, high) << text;
  }
  // The default where nothing of the kind was said.
  Statement statement_of(std::string_view code) {
    for (const Statement& s : statements_) {
      if (s.code == code) return s;
    }
    return {};
  }
  bool said(std::string_view code) { return !statement_of(code).code.empty(); }
  void infarction() {
    statements_.clear();
    apply_rules(facts_, infarction_rules(), statements_);
  }

  Measurements measurements_;
  Facts facts_;
  std::vector<Statement> statements_;
};

TEST_F(RuleTest, EveryRuleIsReadable) {
  EXPECT_EQ(first_broken_rule(), "");
}

TEST_F(RuleTest, EveryRuleHasItsOwnIdAVersionASourceAndAStatementInTheDictionary) {
  std::vector<std::string_view> ids;
  for (const auto rules : {conduction_rules(), hypertrophy_rules(), infarction_rules(),
                           repolarisation_rules(), overall_rules()}) {
    for (const Rule& rule : rules) {
      EXPECT_EQ(std::ranges::count(ids, rule.id), 0) << rule.id;
      ids.push_back(rule.id);
      EXPECT_FALSE(rule.version.empty()) << rule.id;
      EXPECT_FALSE(rule.source.empty()) << rule.id;
      EXPECT_NE(statement_text(rule.code), nullptr) << rule.code;
    }
  }
}

TEST_F(RuleTest, WhatIsMissingOrUnknownLeavesAComparisonOpen) {
  expect("qrs_ms > 80", 1, 1);
  expect("qrs_ms > 100", 0, 0);
  expect("pr_ms > 200", 0, 1);
  expect("not pr_ms > 200", 0, 1);
  expect("pr_ms > 200 and qrs_ms > 100", 0, 0);
  expect("pr_ms > 200 or qrs_ms > 80", 1, 1);
  expect("V8.st_j_uv >= 50", 0, 1);
  expect("age >= 40", 0, 1);
}

TEST_F(RuleTest, CountsAndRunsOverLeadsKeepWhatIsOpenApart) {
  lead(LeadId::kV2).st_j_uv = 200;
  lead(LeadId::kV3).st_j_uv = 200;
  lead(LeadId::kV5).st_j_uv = 200;
  expect("count(V1 V2 V3 V4 V5: .st_j_uv >= 100)", 3, 3);
  expect("run(V1 V2 V3 V4 V5: .st_j_uv >= 100)", 2, 2);
  expect("most(V1 V2: .st_j_uv)", 200, 200);
  std::erase_if(facts_.leads, [](const LeadFacts& l) { return l.id == LeadId::kV4; });
  expect("count(V1 V2 V3 V4 V5: .st_j_uv >= 100)", 3, 4);
  expect("run(V1 V2 V3 V4 V5: .st_j_uv >= 100)", 2, 4);
}

TEST_F(RuleTest, ArithmeticFollowsTheBounds) {
  expect("1 + 2 * 3 - 4 / 2", 5, 5);
  expect("-3", -3, -3);
  expect("max(qrs_ms, 100) - min(qrs_ms, 100)", 10, 10);
  expect("abs(0 - 7)", 7, 7);
  expect("2 * (qrs_ms > 80) + (pr_ms > 200)", 2, 3);
}

TEST_F(RuleTest, TextThatDoesNotFollowTheLanguageIsRefusedWithAReason) {
  for (const char* text : {"", "qrs_ms >", "V1.nothing > 3", "V77.r_uv > 3", "count(V1: .r_uv", "(qrs_ms",
                           "nobody", "qrs_ms > 3 )", "[LVH"}) {
    const Expression expression(text, definitions());
    EXPECT_TRUE(expression.empty()) << text;
    EXPECT_FALSE(expression.error().empty()) << text;
  }
}

TEST_F(RuleTest, LimitsFollowAgeAndSex) {
  expect("ste_v2v3_uv", 150, 250);
  facts_.options.sex = Sex::kFemale;
  expect("ste_v2v3_uv", 150, 150);
  facts_.options.sex = Sex::kMale;
  expect("ste_v2v3_uv", 200, 250);
  facts_.options.age_years = 39;
  expect("ste_v2v3_uv", 250, 250);
  facts_.options.age_years = 40;
  expect("ste_v2v3_uv", 200, 200);
}

TEST_F(RuleTest, WhatExchangedElectrodesConcernCannotBeTold) {
  facts_.exchange = Exchange::kV1V3;
  lead(LeadId::kV1).st_j_uv = lead(LeadId::kV2).st_j_uv = 200;
  expect("V1.st_j_uv > 100", 0, 1);
  expect("V2.st_j_uv > 100", 1, 1);
  expect("qrs_axis_deg > 0", 1, 1);
  facts_.exchange = Exchange::kRaLl;
  facts_.arms_swapped = true;
  expect("aVL.r_uv > 100", 0, 1);
  expect("V1.st_j_uv > 100", 1, 1);
  expect("qrs_axis_deg > 0", 0, 1);
  expect("qrs_peak_axis_deg > -100", 0, 1);
}

TEST_F(RuleTest, ExchangedElectrodesSilenceInfarctionAxisAndHypertrophyOfTheirLeads) {
  for (LeadId id : {LeadId::kV1, LeadId::kV2, LeadId::kV3}) {
    lead(id) = {};
    lead(id).q_uv = lead(id).deepest_uv = 3000;
    lead(id).q_ms = 60;
    lead(id).qs = 1;
  }
  lead(LeadId::kV2).deepest_uv = 500;
  set(measurements_.qrs_axis_deg, 120);
  lead(LeadId::kV5).tallest_uv = 3000;
  const auto everything = [this] {
    statements_.clear();
    for (const auto rules : {conduction_rules(), hypertrophy_rules(), infarction_rules()})
      apply_rules(facts_, rules, statements_);
  };
  everything();
  EXPECT_TRUE(said("ASMI"));
  EXPECT_TRUE(said("RAD"));
  EXPECT_TRUE(said("LVHV"));
  facts_.exchange = Exchange::kV1V3;
  everything();
  EXPECT_FALSE(said("ASMI"));
  EXPECT_TRUE(said("RAD"));
  EXPECT_FALSE(said("LVHV"));
  facts_.exchange = Exchange::kRaLa;
  facts_.arms_swapped = true;
  everything();
  EXPECT_TRUE(said("ASMI"));
  EXPECT_FALSE(said("RAD"));
}

TEST_F(RuleTest, ElevatedStUnderExchangedChestElectrodesIsPossibleAtMost) {
  for (LeadId id : {LeadId::kV1, LeadId::kV2, LeadId::kV3}) lead(id).st_j_uv = lead(id).st_j60_uv = 400;
  lead(LeadId::kAVF).st_j_uv = -80;
  infarction();
  EXPECT_EQ(statement_of("STEMI_ANT").certainty, Certainty::kProbable);
  facts_.exchange = Exchange::kV1V2;
  infarction();
  EXPECT_EQ(statement_of("STEMI_ANT").certainty, Certainty::kPossible);
}

TEST_F(RuleTest, AWarningWithUnknownAgeAndSexUsesTheLowestLimitAndIsOnlyPossible) {
  for (LeadId id : {LeadId::kV1, LeadId::kV2, LeadId::kV3}) lead(id).st_j_uv = lead(id).st_j60_uv = 170;
  lead(LeadId::kAVF).st_j_uv = -80;
  infarction();
  ASSERT_TRUE(said("STEMI_ANT"));
  EXPECT_EQ(statement_of("STEMI_ANT").certainty, Certainty::kPossible);
  facts_.options.sex = Sex::kFemale;
  infarction();
  ASSERT_TRUE(said("STEMI_ANT"));
  EXPECT_EQ(statement_of("STEMI_ANT").certainty, Certainty::kProbable);
  facts_.options.sex = Sex::kMale;
  facts_.options.age_years = 30;
  infarction();
  EXPECT_FALSE(said("STEMI_ANT"));
}

TEST_F(RuleTest, EvidenceNamesEveryLeadThatCounts) {
  for (LeadId id : {LeadId::kII, LeadId::kIII, LeadId::kAVF}) lead(id).st_j_uv = lead(id).st_j60_uv = 210;
  lead(LeadId::kAVL).st_j_uv = -90;
  infarction();
  const Statement stemi = statement_of("STEMI_INF");
  EXPECT_EQ(stemi.rule, "STEMI_INF-1");
  for (const char* name : {"II", "III", "aVF", "aVL"}) {
    EXPECT_TRUE(std::ranges::any_of(stemi.evidence, [name](const Evidence& e) {
      return e.lead == name && e.measure == "st_j_uv";
    })) << name;
  }
  ASSERT_FALSE(stemi.evidence.empty());
  EXPECT_EQ(stemi.evidence.front().value, 210);
  EXPECT_EQ(stemi.evidence.front().limit, 100);
}

TEST_F(RuleTest, RightVentricularInfarctionNeedsTheRightChestLeads) {
  for (LeadId id : {LeadId::kII, LeadId::kIII, LeadId::kAVF}) lead(id).st_j_uv = lead(id).st_j60_uv = 210;
  lead(LeadId::kAVL).st_j_uv = -90;
  facts_.options.sex = Sex::kFemale;
  infarction();
  EXPECT_FALSE(said("STEMI_RV"));
  LeadFacts right;
  right.id = LeadId::kV4R;
  right.shape.st_j_uv = 120;
  facts_.leads.push_back(right);
  infarction();
  EXPECT_TRUE(said("STEMI_RV"));
}

TEST_F(RuleTest, PosteriorInfarctionIsSeenInTheBackLeads) {
  infarction();
  EXPECT_FALSE(said("STEMI_POST"));
  for (LeadId id : {LeadId::kV7, LeadId::kV8, LeadId::kV9}) {
    LeadFacts back;
    back.id = id;
    back.shape.st_j_uv = 70;
    facts_.leads.push_back(back);
  }
  infarction();
  ASSERT_TRUE(said("STEMI_POST"));
  EXPECT_EQ(statement_of("STEMI_POST").certainty, Certainty::kPossible);
}

TEST_F(RuleTest, LeftBundleBranchBlockSilencesWhatItImitates) {
  EXPECT_TRUE(silences("CLBBB", "STEMI_ANT"));
  EXPECT_TRUE(silences("CLBBB", "LVHV"));
  EXPECT_FALSE(silences("CLBBB", "SGARBOSSA"));
  EXPECT_FALSE(silences("CRBBB", "STEMI_ANT"));
  EXPECT_FALSE(silences("LVH", "CLBBB"));
}

TEST(Suppressions, NameOnlyStatementsOfTheDictionaryAndNeverEachOther) {
  for (const Suppression& rule : suppressions()) {
    EXPECT_NE(statement_text(rule.code), nullptr) << rule.code;
    for (const Suppression& other : suppressions()) {
      EXPECT_FALSE(silences(rule.code, other.code) && silences(other.code, rule.code))
          << rule.code << " " << other.code;
    }
  }
}

struct ShapeCase {
  const char* scenario;
  const char* code;
};
class ShapeIsNamed : public testing::TestWithParam<ShapeCase> {};

// Each shape at several rates and with noise.
TEST_P(ShapeIsNamed, ByItsStatement) {
  for (const char* tail : {"", ",noise=15,seed=2", ",seed=3,leads=12"}) {
    for (const char* rate : {"sinus:66,", "sinus:82,"}) {
      const std::string text = std::string(rate) + GetParam().scenario + tail;
      const Analysis analysis = analyze(simulated(text).recording, {});
      std::string all;
      for (const Statement& s : analysis.statements) all += s.code + " ";
      EXPECT_TRUE(has_statement(analysis, GetParam().code)) << text << ": " << all;
      // Early repolarisation and incomplete right bundle branch block are found in the healthy.
      const std::string_view code = GetParam().code;
      EXPECT_FALSE(has_statement(analysis, "NORMAL") && code != "EREP" && code != "IRBBB") << text;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, ShapeIsNamed,
    testing::Values(ShapeCase{"ste=inferior", "STEMI_INF"}, ShapeCase{"ste=anterior", "STEMI_ANT"},
                    ShapeCase{"ste=septal", "STEMI_ANT"}, ShapeCase{"ste=lateral", "STEMI_LAT"},
                    ShapeCase{"ste=posterior", "STEMI_POST"}, ShapeCase{"shape=lbbb", "CLBBB"},
                    ShapeCase{"shape=dewinter", "DE_WINTER"}, ShapeCase{"shape=wellens", "WELLENS"},
                    ShapeCase{"shape=brugada", "BRUG"}, ShapeCase{"shape=pericarditis", "PERICARDITIS"},
                    ShapeCase{"shape=earlyrep", "EREP"}, ShapeCase{"shape=ischaemia", "ISCHEMIA"},
                    ShapeCase{"shape=old-inferior", "IMI"}, ShapeCase{"shape=old-anterior", "ASMI"},
                    ShapeCase{"shape=lvh", "LVH"}, ShapeCase{"shape=rvh", "RVH"},
                    ShapeCase{"shape=rbbb", "CRBBB"}, ShapeCase{"shape=irbbb", "IRBBB"},
                    ShapeCase{"shape=lafb", "LAFB"}, ShapeCase{"shape=lpfb", "LPFB"},
                    ShapeCase{"shape=lowv", "LOWV"}, ShapeCase{"shape=longqt", "LQT"},
                    ShapeCase{"shape=shortqt", "SQT"}));

}  // namespace
}  // namespace ecg::dsp
