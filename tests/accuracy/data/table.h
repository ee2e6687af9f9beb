// Comma-separated reference tables with a header line and quoted cells, which may hold line ends.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ecg::accuracy {

using TableRow = std::map<std::string, std::string>;  // by column name

// Throws std::runtime_error when the file cannot be read.
std::vector<TableRow> read_table(const std::string& path);

// All rows, the first included, without names.
std::vector<std::vector<std::string>> read_rows(const std::string& path);

// "00123_hr" -> "123".
std::string ptbxl_number(const std::string& id);

}  // namespace ecg::accuracy
