// A prepared statement: bind by position from 1, step, read columns by position from 0.
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "common/base/result.h"

struct sqlite3_stmt;

namespace ecg::sqlite {

class Database;

// Bytes to bind or read as a BLOB. Binding does not copy: what it points to outlives the stepping.
struct Blob {
  std::string_view bytes;
};

// Prepared statements that nobody uses at the moment, by SQL text.
class StatementCache {
 public:
  StatementCache() = default;
  ~StatementCache();
  StatementCache(const StatementCache&) = delete;
  StatementCache& operator=(const StatementCache&) = delete;
  sqlite3_stmt* take(std::string_view sql);  // nullptr: none idle
  void give(std::string sql, sqlite3_stmt* statement);

 private:
  std::map<std::string, std::vector<sqlite3_stmt*>, std::less<>> idle_;
};

// Text and blobs are bound without copying: they outlive the stepping. A failure to prepare or bind is
// answered by the next step(). The destructor resets the statement and gives it back.
class Statement {
 public:
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;

  // Binds values in order, beginning after the last bound one.
  template <class... Values>
  Statement& bind(const Values&... values) {
    (put(values), ...);
    return *this;
  }

  // True: a row is there to read. False: done.
  Result<bool> step();
  // Steps to the end; rows are skipped.
  Result<void> run();
  // Back to before the first step, values unbound; for the next round of a loop.
  void reset();

  bool is_null(int column) const;
  std::int64_t integer(int column) const;  // NULL reads as 0
  double real(int column) const;
  bool flag(int column) const { return integer(column) != 0; }
  std::string text(int column) const;  // NULL reads as empty
  std::string blob(int column) const;
  std::string_view blob_view(int column) const;  // valid until the next step
  Timestamp time(int column) const { return from_micros(integer(column)); }
  std::optional<std::int64_t> optional_integer(int column) const;
  std::optional<Timestamp> optional_time(int column) const;
  template <class AnyId>
  AnyId id(int column) const {
    return AnyId(text(column));
  }

 private:
  friend class Database;
  Statement(Database& database, std::string_view sql);

  template <std::integral Number>
  void put(Number value) {
    put_integer(static_cast<std::int64_t>(value));
  }
  template <class Enum>
  requires std::is_enum_v<Enum>
  void put(Enum value) { put_integer(static_cast<std::int64_t>(value)); }
  template <class Value>
  void put(const std::optional<Value>& value) {
    if (value) {
      put(*value);
    } else {
      put(std::nullopt);
    }
  }
  template <class Tag>
  void put(const Id<Tag>& id) {
    put(std::string_view(id.value));
  }
  void put(Timestamp value) { put_integer(to_micros(value)); }
  void put(const std::string& value) { put(std::string_view(value)); }
  void put(const char* value) { put(std::string_view(value)); }
  void put(double value);
  void put(std::string_view text);
  void put(Blob blob);
  void put(std::nullopt_t);
  void put_integer(std::int64_t value);
  void note(int result_code);

  Database* database_;
  std::string sql_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
  int failed_ = 0;  // first SQLite result code that was not OK while preparing or binding
};

}  // namespace ecg::sqlite
