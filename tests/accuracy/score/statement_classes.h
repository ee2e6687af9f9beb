// How each source spells the classes that 12-lead statements are scored in.
#pragma once

#include <span>
#include <string_view>

namespace ecg::accuracy {

// Codes separated by '|'; '*' and '?' are wildcards, case does not matter. An empty list: that source cannot
// judge the class. unsure: codes that make a record neither positive nor negative, unless a sure one is
// there.
struct StatementClass {
  std::string_view name, meaning;
  std::string_view ours;    // codes of dsp::Statement
  std::string_view ptbxl;   // SCP codes
  std::string_view ludb;    // lines of ludb.csv
  std::string_view cinc12;  // SNOMED CT codes of "#Dx:"
  std::string_view unsure_ptbxl, unsure_ludb, unsure_cinc12;
};

std::span<const StatementClass> statement_classes();

}  // namespace ecg::accuracy
