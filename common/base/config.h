// Configuration of a program: TOML file, then conf.d/*.toml beside it (in name order), then the environment;
// a later one wins. Every key the program knows is read through a getter; finish() refuses the rest and names
// the nearest.
//
//   ECG_ASSIGN(auto config, ConfigReader::open("/etc/ecg/server.toml"));
//   options.port = config.integer("gateways.port", 7443, 1, 65535);
//   ECG_TRY(config.finish());
//
// Getters never fail by themselves: a value of the wrong type or outside its range yields the default, and
// finish() then returns kConfigInvalid naming file, line, key and what is allowed. One thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "common/base/result.h"

namespace ecg {

class ConfigReader {
 public:
  // nullptr when the variable is not set; std::getenv in production.
  using Environment = std::function<const char*(const char* name)>;

  // An empty path means no file: defaults and environment only.
  // Errors: kConfigUnreadable (no such file, no permission), kConfigInvalid (not TOML; names the line).
  static Result<ConfigReader> open(const std::filesystem::path& file);
  static Result<ConfigReader> open(const std::filesystem::path& file, Environment environment);

  // A key is dotted: "gateways.port" is port under [gateways], and ECG_GATEWAYS_PORT in the environment.
  std::string text(std::string_view key, std::string_view fallback, std::size_t bytes_max = 1024);
  std::string required_text(std::string_view key,
                            std::size_t bytes_max = 1024);  // absent or empty: kConfigInvalid
  std::string choice(std::string_view key, std::string_view fallback,
                     std::initializer_list<std::string_view> allowed);
  std::int64_t integer(std::string_view key, std::int64_t fallback, std::int64_t min,
                       std::int64_t max);  // both included
  double number(std::string_view key, double fallback, double min, double max);
  bool boolean(std::string_view key, bool fallback);
  // In the environment: separated by commas.
  std::vector<std::string> list(std::string_view key, std::vector<std::string> fallback);
  // Seconds in the file, whole or with a fraction; the key ends in "_s".
  std::chrono::microseconds seconds(std::string_view key, std::chrono::microseconds fallback,
                                    std::chrono::microseconds min, std::chrono::microseconds max);
  // A path, relative ones taken from the folder of the configuration file.
  std::filesystem::path path(std::string_view key, const std::filesystem::path& fallback);
  // The content of the file that the key (ending in "_file") names, without the final newline; empty when the
  // key is absent. The file must be no more than 64 KiB and closed to group and others, else kConfigInvalid.
  std::string secret(std::string_view key);
  // The names of the tables under a prefix: {"east", "west"} for [sites.east] and [sites.west].
  std::vector<std::string> tables(std::string_view prefix);

  // The first thing wrong, in file order: kConfigInvalid or kConfigUnknownKey.
  Result<void> finish();
  // What is in effect, one "key = value  # from where" a line, secrets masked; after finish().
  std::string effective() const;

 private:
  using Value = std::variant<std::string, std::int64_t, double, bool, std::vector<std::string>>;
  struct Entry {
    Value value;
    std::string file;  // name for messages; the variable's name when from the environment
    std::uint32_t line = 0;
  };
  struct Problem {
    std::uint64_t order;
    Error error;
  };
  struct Flattener;

  Result<void> load(const std::filesystem::path& file);
  const Entry* find(std::string_view key);
  void refuse(std::string_view key, const Entry* entry, const std::string& wanted);
  void note(std::string_view key, std::string value, const Entry* entry);
  static std::string place(const Entry& entry);
  std::string nearest(std::string_view key) const;

  Environment environment_;
  std::filesystem::path folder_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::set<std::string, std::less<>> known_;
  std::map<std::string, std::string> effective_;
  std::vector<Problem> problems_;
};

}  // namespace ecg
