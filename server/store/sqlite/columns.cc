#include "server/store/sqlite/columns.h"

namespace ecg::store {

std::string upsert(const std::string& table, const std::string& columns, const std::string& key) {
  std::string marks, sets;
  for (std::size_t begin = 0; begin <= columns.size();) {
    const std::size_t end = std::min(columns.find(',', begin), columns.size());
    const std::string column = columns.substr(begin, end - begin);
    marks += marks.empty() ? "?" : ",?";
    sets += (sets.empty() ? "" : ",") + column + "=excluded." + column;
    begin = end + 1;
  }
  return "INSERT INTO " + table + "(" + columns + ") VALUES(" + marks + ") ON CONFLICT(" + key +
         ") DO UPDATE SET " + sets;
}

}  // namespace ecg::store
