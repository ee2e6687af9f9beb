// What the databases say of their 12-lead records.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/accuracy/data/library.h"
#include "tests/accuracy/score/statement_classes.h"

namespace ecg::accuracy {

struct ReferenceCodes {
  std::set<std::string> sure, unsure;
};

// By record name, of every record of ptbxl, ludb and cinc12 that has labels.
std::map<std::string, ReferenceCodes> reference_statements(Library& data);

// Whether any code matches any pattern of a list separated by '|'.
bool any_match(const std::set<std::string>& codes, std::string_view patterns);

// Empty where this source cannot tell.
std::optional<bool> truth(const StatementClass& wanted, std::string_view database,
                          const ReferenceCodes& codes);

}  // namespace ecg::accuracy
