// The dictionary of coded statements: what each code is called in both languages, and how it is typed in
// Chinese. Codes never change their meaning; texts may be improved.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace ecg::dsp {

enum class StatementGroup : std::uint8_t {
  kOverall,
  kRhythm,
  kEctopy,
  kConduction,
  kAxis,
  kHypertrophy,
  kIschaemia,
  kRepolarisation,
  kPacing,
  kTechnical,
};

struct StatementText {
  std::string_view code;
  StatementGroup group;
  std::string_view zh, en;
  std::string_view pinyin;  // initials, lower case: 窦性心律 = "dxxl"
};

// All statements, in the order in which a report lists them.
std::span<const StatementText> statement_texts();

// nullptr for a code that is not in the dictionary.
const StatementText* statement_text(std::string_view code);

// Texts of reasons why a number is missing, of caveats of critical findings and of quality reasons, by code.
struct Phrase {
  std::string_view code;
  std::string_view zh, en;
};
std::span<const Phrase> phrases();
const Phrase* phrase(std::string_view code);

}  // namespace ecg::dsp
