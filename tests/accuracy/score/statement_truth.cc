#include "tests/accuracy/score/statement_truth.h"

#include <cstdlib>

#include "common/formats/text.h"
#include "tests/accuracy/data/table.h"

namespace ecg::accuracy {
namespace {

// A diagnostic code of PTB-XL with a likelihood below this is doubtful; 0 stands for "not given".
constexpr double kLeastLikelihood = 50;

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool matches(std::string_view text, std::string_view pattern) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip)
      if (matches(text.substr(skip), pattern.substr(1))) return true;
    return false;
  }
  if (text.empty() || (pattern.front() != '?' && folded(pattern.front()) != folded(text.front())))
    return false;
  return matches(text.substr(1), pattern.substr(1));
}

// "{'NORM': 100.0, 'SR': 0.0}"
ReferenceCodes scp_codes(const std::string& text) {
  ReferenceCodes out;
  for (std::size_t at = text.find('\''); at != std::string::npos; at = text.find('\'', at)) {
    const std::size_t end = text.find('\'', at + 1);
    if (end == std::string::npos) break;
    const std::string code = text.substr(at + 1, end - at - 1);
    const double likelihood = std::atof(text.c_str() + text.find(':', end) + 1);
    (likelihood > 0 && likelihood < kLeastLikelihood ? out.unsure : out.sure).insert(code);
    at = end + 1;
  }
  return out;
}

void add_parts(const std::string& text, char separator, std::set<std::string>& out) {
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t to = std::min(text.find(separator, from), text.size());
    const auto part = formats::trim(std::string_view(text).substr(from, to - from));
    if (!part.empty()) out.emplace(part);
    from = to + 1;
  }
}

void add_ptbxl(Library& data, std::map<std::string, ReferenceCodes>& out) {
  std::map<std::string, ReferenceCodes> by_number;
  for (const TableRow& row : read_table(data.root() + "/ptbxl/ptbxl_database.csv"))
    by_number[row.at("ecg_id")] = scp_codes(row.at("scp_codes"));
  for (const std::string& name : data.names("ptbxl")) {
    const auto found = by_number.find(ptbxl_number(name.substr(name.rfind('/') + 1)));
    if (found != by_number.end()) out[name] = found->second;
  }
}

void add_ludb(Library& data, std::map<std::string, ReferenceCodes>& out) {
  std::map<std::string, ReferenceCodes> by_number;
  for (const TableRow& row : read_table(data.root() + "/ludb/ludb.csv")) {
    auto& codes = by_number[row.at("ID")];
    for (const auto& [column, text] : row)
      if (column != "ID") add_parts(text, '\n', codes.sure);
  }
  for (const std::string& name : data.names("ludb")) {
    const auto found = by_number.find(name.substr(name.rfind('/') + 1));
    if (found != by_number.end()) out[name] = found->second;
  }
}

void add_cinc12(Library& data, std::map<std::string, ReferenceCodes>& out) {
  for (const std::string& name : data.names("cinc12")) {
    for (const std::string& comment : data.load(name)->comments) {
      const auto colon = comment.find(':');
      if (colon == std::string::npos || formats::trim(std::string_view(comment).substr(0, colon)) != "Dx")
        continue;
      add_parts(comment.substr(colon + 1), ',', out[name].sure);
      break;
    }
  }
}

}  // namespace

std::map<std::string, ReferenceCodes> reference_statements(Library& data) {
  std::map<std::string, ReferenceCodes> out;
  add_ptbxl(data, out);
  add_ludb(data, out);
  add_cinc12(data, out);
  return out;
}

bool any_match(const std::set<std::string>& codes, std::string_view patterns) {
  while (!patterns.empty()) {
    const auto end = std::min(patterns.find('|'), patterns.size());
    for (const std::string& code : codes)
      if (matches(code, patterns.substr(0, end))) return true;
    patterns.remove_prefix(std::min(end + 1, patterns.size()));
  }
  return false;
}

std::optional<bool> truth(const StatementClass& wanted, std::string_view database,
                          const ReferenceCodes& codes) {
  const auto& positive = database == "ptbxl"  ? wanted.ptbxl
                         : database == "ludb" ? wanted.ludb
                                              : wanted.cinc12;
  const auto& unsure = database == "ptbxl"  ? wanted.unsure_ptbxl
                       : database == "ludb" ? wanted.unsure_ludb
                                            : wanted.unsure_cinc12;
  if (positive.empty()) return std::nullopt;
  if (any_match(codes.sure, positive)) return true;
  if (any_match(codes.unsure, positive) || any_match(codes.sure, unsure)) return std::nullopt;
  return false;
}

}  // namespace ecg::accuracy
