// Reading rows and writing upserts with less repetition, for this folder only.
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/sqlite/database.h"

namespace ecg::store {

// The columns of the present row, one after the other.
class Columns {
 public:
  explicit Columns(const sqlite::Statement& statement) : statement_(statement) {}

  std::int64_t integer() { return statement_.integer(at_++); }
  std::uint64_t natural() { return static_cast<std::uint64_t>(integer()); }
  int small() { return static_cast<int>(integer()); }
  double real() { return statement_.real(at_++); }
  bool flag() { return integer() != 0; }
  std::string text() { return statement_.text(at_++); }
  std::string blob() { return statement_.blob(at_++); }
  Timestamp time() { return statement_.time(at_++); }
  std::optional<Timestamp> optional_time() { return statement_.optional_time(at_++); }
  bool next_is_null() const { return statement_.is_null(at_); }
  template <class AnyId>
  AnyId id() {
    return AnyId(text());
  }
  // An enumeration kept as its number, 0 to last.
  template <class Enum>
  Enum number(Enum last) {
    const std::int64_t value = integer();
    if (value < 0 || value > static_cast<std::int64_t>(last)) damaged_ = true;
    return static_cast<Enum>(value);
  }
  // An enumeration kept by name.
  template <class Enum>
  Enum named(std::optional<Enum> (*parse)(std::string_view), Enum otherwise) {
    const auto value = parse(text());
    if (!value) damaged_ = true;
    return value.value_or(otherwise);
  }
  template <class Enum>
  std::optional<Enum> optional_named(std::optional<Enum> (*parse)(std::string_view)) {
    if (next_is_null()) {
      ++at_;
      return std::nullopt;
    }
    return named(parse, Enum{});
  }
  void damage() { damaged_ = true; }
  bool damaged() const { return damaged_; }  // a value was none that this program writes

 private:
  const sqlite::Statement& statement_;
  int at_ = 0;
  bool damaged_ = false;
};

template <class Record>
using ReadRow = Record (*)(Columns&);

template <class Record>
Result<Record> read_row(const sqlite::Statement& statement, ReadRow<Record> read, const char* what) {
  Columns columns(statement);
  Record record = read(columns);
  if (columns.damaged())
    return Error{ErrorCode::kStorageDamaged, std::string(what) + " " + statement.text(0)};
  return record;
}

// The first row, if any.
template <class Record>
Result<std::optional<Record>> find_row(sqlite::Statement& statement, ReadRow<Record> read, const char* what) {
  ECG_ASSIGN(const bool row, statement.step());
  if (!row) return std::optional<Record>();
  ECG_ASSIGN(auto record, read_row(statement, read, what));
  return std::optional<Record>(std::move(record));
}

template <class Record>
Result<std::vector<Record>> all_rows(sqlite::Statement& statement, ReadRow<Record> read, const char* what) {
  std::vector<Record> records;
  for (;;) {
    ECG_ASSIGN(const bool row, statement.step());
    if (!row) return records;
    ECG_ASSIGN(auto record, read_row(statement, read, what));
    records.push_back(std::move(record));
  }
}

// "INSERT INTO table(a,b) VALUES(?,?) ON CONFLICT(key) DO UPDATE SET a=excluded.a,..." for columns "a,b" and
// key "a".
std::string upsert(const std::string& table, const std::string& columns, const std::string& key);

}  // namespace ecg::store
