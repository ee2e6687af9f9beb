#include "dsp/interpret/statements.h"

#include <set>

#include <gtest/gtest.h>

#include "dsp/interpret/standard_codes.h"
#include "tests/unit/dsp/simulated.h"

namespace ecg::dsp {
namespace {

TEST(Statements, EachHasACodeOnceAndATextInBothLanguages) {
  std::set<std::string_view> codes;
  for (const StatementText& s : statement_texts()) {
    EXPECT_TRUE(codes.insert(s.code).second) << s.code;
    EXPECT_FALSE(s.zh.empty()) << s.code;
    EXPECT_FALSE(s.en.empty()) << s.code;
    EXPECT_FALSE(s.pinyin.empty()) << s.code;
    for (char c : s.pinyin) EXPECT_TRUE(c >= 'a' && c <= 'z') << s.code;
  }
  EXPECT_GE(codes.size(), 70U);
}

TEST(Statements, ACodeFindsItsTextAndAnUnknownOneNone) {
  ASSERT_NE(statement_text("SR"), nullptr);
  EXPECT_EQ(statement_text("SR")->zh, "窦性心律");
  EXPECT_EQ(statement_text("SR")->pinyin, "dxxl");
  EXPECT_EQ(statement_text("NO_SUCH"), nullptr);
}

TEST(Statements, StandardCodesAreOfStatementsThatExistAndWellFormed) {
  std::set<std::string_view> codes;
  for (const StandardCodes& s : standard_codes()) {
    EXPECT_NE(statement_text(s.code), nullptr) << s.code;
    EXPECT_TRUE(codes.insert(s.code).second) << s.code;
    EXPECT_FALSE(s.scp.empty() && s.snomed.empty()) << s.code;
    for (char c : s.snomed) EXPECT_TRUE(c >= '0' && c <= '9') << s.code;
  }
  ASSERT_NE(standard_codes_of("AFIB"), nullptr);
  EXPECT_EQ(standard_codes_of("AFIB")->snomed, "164889003");
  EXPECT_EQ(standard_codes_of("ARTEFACT"), nullptr);
}

TEST(Statements, WhateverAnAnalysisSaysIsInTheDictionary) {
  for (const simulator::Preset& preset : simulator::presets()) {
    const Analysis analysis = analyze(simulated(std::string(preset.name)).recording, {});
    EXPECT_FALSE(analysis.statements.empty()) << preset.name;
    for (const Statement& s : analysis.statements) EXPECT_NE(statement_text(s.code), nullptr) << s.code;
    for (const CriticalFinding& f : analysis.critical) {
      EXPECT_NE(statement_text(f.what), nullptr) << f.what;
      if (!f.caveat.empty()) {
        EXPECT_NE(phrase(f.caveat), nullptr) << f.caveat;
      }
    }
    for (const Measured* m :
         {&analysis.measurements.pr_ms, &analysis.measurements.qt_ms, &analysis.measurements.t_axis_deg}) {
      if (!m->reason.empty()) {
        EXPECT_NE(phrase(m->reason), nullptr) << m->reason;
      }
    }
  }
}

}  // namespace
}  // namespace ecg::dsp
