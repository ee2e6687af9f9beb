// Structured log: one JSON object a line on stderr. Fields are typed and escaped, so that no value can forge
// a line or a field. Values never hold patient data: ids of studies, sites, gateways and uploads only.
//   log::info("study_received", {{"study", id}, {"frames", n}});
//   {"time":"2026-11-21T14:02:31.123456Z","level":"info","process":"ecg-server","event":"study_received","study":..}
// Under systemd each line begins with its journal priority ("<6>"). Any thread.
#pragma once

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "common/base/error.h"

namespace ecg::log {

enum class Level : std::uint8_t { kDebug, kInfo, kWarning, kError, kOff };

// A key and a value; views are read before the call returns. Keys are literals of a-z, 0-9 and '_'.
struct Field {
  using Value = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;
  std::string_view key;
  Value value;

  Field(std::string_view k, std::string_view v) : key(k), value(v) {}
  Field(std::string_view k, const std::string& v) : key(k), value(std::string_view(v)) {}
  Field(std::string_view k, const char* v) : key(k), value(std::string_view(v)) {}
  Field(std::string_view k, bool v) : key(k), value(v) {}
  Field(std::string_view k, std::floating_point auto v) : key(k), value(static_cast<double>(v)) {}
  Field(std::string_view k, std::signed_integral auto v) : key(k), value(static_cast<std::int64_t>(v)) {}
  Field(std::string_view k, std::unsigned_integral auto v) : key(k), value(static_cast<std::uint64_t>(v)) {}
};
using Fields = std::initializer_list<Field>;

// Named in every line; called once by main, before threads start.
void set_process(std::string name);
void set_level(Level level);                            // default kInfo
bool parse_level(std::string_view text, Level* level);  // "debug" "info" "warning" "error"

void debug(std::string_view event, Fields fields = {});
void info(std::string_view event, Fields fields = {});
void warning(std::string_view event, Fields fields = {});
void error(std::string_view event, Fields fields = {});
// Adds "code", "subject" and "detail" of the error.
void warning(std::string_view event, const Error& cause, Fields fields = {});
void error(std::string_view event, const Error& cause, Fields fields = {});

// Values longer than this many bytes are cut, with "…" at the end.
inline constexpr std::size_t kValueBytesMax = 2048;

// For tests: lines go there instead of stderr; nullptr restores stderr.
void set_sink(std::function<void(std::string_view line)> sink);

}  // namespace ecg::log
