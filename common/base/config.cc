#include "common/base/config.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <sstream>
#include <utility>

#include <sys/stat.h>
#include <toml++/toml.h>

#include "common/base/file.h"
#include "common/base/nearest.h"

namespace ecg {
namespace {

constexpr std::size_t kFileBytesMax = 1024 * 1024;
constexpr std::size_t kSecretBytesMax = 64 * 1024;

std::string variable_name(std::string_view key) {
  std::string name = "ECG_";
  for (const char c : key)
    name += c == '.' || c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
  return name;
}

template <class T>
std::optional<T> parse_whole(std::string_view text) {
  T value{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const auto comma = std::min(text.find(','), text.size());
    if (comma > 0) parts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return parts;
}

std::string shown(double value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

}  // namespace

// Turns a TOML table into dotted keys with their lines.
struct ConfigReader::Flattener {
  ConfigReader& reader;
  std::string file;
  std::optional<Error> failed;

  void table(const toml::table& table, const std::string& prefix) {
    for (const auto& [name, node] : table) {
      const std::string key =
          prefix.empty() ? std::string(name.str()) : prefix + "." + std::string(name.str());
      if (const auto* inner = node.as_table()) {
        this->table(*inner, key);
        continue;
      }
      Entry entry{{}, file, node.source().begin.line};
      if (const auto text = node.value_exact<std::string>())
        entry.value = *text;
      else if (const auto whole = node.value_exact<std::int64_t>())
        entry.value = *whole;
      else if (const auto real = node.value_exact<double>())
        entry.value = *real;
      else if (const auto yes = node.value_exact<bool>())
        entry.value = *yes;
      else if (const auto* array = node.as_array(); array == nullptr || !strings(*array, entry)) {
        if (!failed)
          failed =
              Error{ErrorCode::kConfigInvalid,
                    place(entry) + ": " + key + ": dates and arrays of other things than text are not used"};
        continue;
      }
      reader.entries_.insert_or_assign(key, std::move(entry));
    }
  }

  static bool strings(const toml::array& array, Entry& entry) {
    std::vector<std::string> values;
    for (const auto& node : array) {
      const auto text = node.value_exact<std::string>();
      if (!text) return false;
      values.push_back(*text);
    }
    entry.value = std::move(values);
    return true;
  }
};

Result<ConfigReader> ConfigReader::open(const std::filesystem::path& file) {
  return open(file, [](const char* name) -> const char* { return std::getenv(name); });
}

Result<ConfigReader> ConfigReader::open(const std::filesystem::path& file, Environment environment) {
  ConfigReader reader;
  reader.environment_ = std::move(environment);
  if (file.empty()) return reader;
  reader.folder_ = file.parent_path();
  ECG_TRY(reader.load(file));
  std::error_code ignored;
  std::vector<std::filesystem::path> more;
  for (const auto& entry : std::filesystem::directory_iterator(reader.folder_ / "conf.d", ignored))
    if (entry.path().extension() == ".toml") more.push_back(entry.path());
  std::ranges::sort(more);
  for (const auto& path : more) ECG_TRY(reader.load(path));
  return reader;
}

Result<void> ConfigReader::load(const std::filesystem::path& file) {
  const auto text = read_file(file, kFileBytesMax);
  if (!text.ok()) return Error{ErrorCode::kConfigUnreadable, file.string(), text.error().detail};
  try {
    const auto table = toml::parse(*text, file.string());
    Flattener flattener{*this, file.filename().string(), std::nullopt};
    flattener.table(table, "");
    if (flattener.failed) return *flattener.failed;
  } catch (const toml::parse_error& e) {
    return Error{ErrorCode::kConfigInvalid, file.filename().string() + ":" +
                                                std::to_string(e.source().begin.line) + ": " +
                                                std::string(e.description())};
  }
  return {};
}

const ConfigReader::Entry* ConfigReader::find(std::string_view key) {
  known_.emplace(key);
  const std::string name = variable_name(key);
  if (const char* value = environment_ ? environment_(name.c_str()) : nullptr)
    entries_.insert_or_assign(std::string(key), Entry{std::string(value), name, 0});
  const auto it = entries_.find(key);
  return it == entries_.end() ? nullptr : &it->second;
}

std::string ConfigReader::place(const Entry& entry) {
  return entry.line == 0 ? entry.file : entry.file + ":" + std::to_string(entry.line);
}

void ConfigReader::refuse(std::string_view key, const Entry* entry, const std::string& wanted) {
  const std::string where = entry == nullptr ? std::string() : place(*entry) + ": ";
  problems_.push_back({entry == nullptr ? ~0ull : entry->line,
                       Error{ErrorCode::kConfigInvalid, where + std::string(key) + " must be " + wanted}});
}

void ConfigReader::note(std::string_view key, std::string value, const Entry* entry) {
  effective_[std::string(key)] = std::move(value) + "  # " + (entry == nullptr ? "default" : place(*entry));
}

std::string ConfigReader::text(std::string_view key, std::string_view fallback, std::size_t bytes_max) {
  const Entry* entry = find(key);
  std::string value(fallback);
  if (entry != nullptr) {
    const auto* given = std::get_if<std::string>(&entry->value);
    if (given == nullptr || given->size() > bytes_max || given->find('\0') != std::string::npos)
      refuse(key, entry, "a text of at most " + std::to_string(bytes_max) + " bytes");
    else
      value = *given;
  }
  note(key, '"' + value + '"', entry);
  return value;
}

std::string ConfigReader::required_text(std::string_view key, std::size_t bytes_max) {
  std::string value = text(key, "", bytes_max);
  if (value.empty() && problems_.empty()) refuse(key, find(key), "given");
  return value;
}

std::string ConfigReader::choice(std::string_view key, std::string_view fallback,
                                 std::initializer_list<std::string_view> allowed) {
  std::string value = text(key, fallback);
  if (std::ranges::find(allowed, value) != allowed.end()) return value;
  std::string names;
  for (const auto name : allowed) names += (names.empty() ? "" : ", ") + std::string(name);
  refuse(key, find(key), "one of " + names);
  return std::string(fallback);
}

std::int64_t ConfigReader::integer(std::string_view key, std::int64_t fallback, std::int64_t min,
                                   std::int64_t max) {
  const Entry* entry = find(key);
  std::int64_t value = fallback;
  if (entry != nullptr) {
    std::optional<std::int64_t> given;
    if (const auto* whole = std::get_if<std::int64_t>(&entry->value))
      given = *whole;
    else if (entry->line == 0)
      given = parse_whole<std::int64_t>(std::get<std::string>(entry->value));
    if (!given || *given < min || *given > max)
      refuse(key, entry, "a whole number from " + std::to_string(min) + " to " + std::to_string(max));
    else
      value = *given;
  }
  note(key, std::to_string(value), entry);
  return value;
}

double ConfigReader::number(std::string_view key, double fallback, double min, double max) {
  const Entry* entry = find(key);
  double value = fallback;
  if (entry != nullptr) {
    std::optional<double> given;
    if (const auto* real = std::get_if<double>(&entry->value))
      given = *real;
    else if (const auto* whole = std::get_if<std::int64_t>(&entry->value))
      given = static_cast<double>(*whole);
    else if (entry->line == 0)
      given = parse_whole<double>(std::get<std::string>(entry->value));
    if (!given || !(*given >= min && *given <= max))
      refuse(key, entry, "a number from " + shown(min) + " to " + shown(max));
    else
      value = *given;
  }
  note(key, shown(value), entry);
  return value;
}

bool ConfigReader::boolean(std::string_view key, bool fallback) {
  const Entry* entry = find(key);
  bool value = fallback;
  if (entry != nullptr) {
    const auto* given = std::get_if<bool>(&entry->value);
    const auto* word = std::get_if<std::string>(&entry->value);
    if (given != nullptr)
      value = *given;
    else if (entry->line == 0 && word != nullptr && (*word == "true" || *word == "false"))
      value = *word == "true";
    else
      refuse(key, entry, "true or false");
  }
  note(key, value ? "true" : "false", entry);
  return value;
}

std::vector<std::string> ConfigReader::list(std::string_view key, std::vector<std::string> fallback) {
  const Entry* entry = find(key);
  std::vector<std::string> value = std::move(fallback);
  if (entry != nullptr) {
    if (const auto* given = std::get_if<std::vector<std::string>>(&entry->value))
      value = *given;
    else if (entry->line == 0)
      value = split_commas(std::get<std::string>(entry->value));
    else
      refuse(key, entry, "a list of texts");
  }
  std::string all;
  for (const auto& item : value) all += (all.empty() ? "\"" : ", \"") + item + '"';
  note(key, "[" + all + "]", entry);
  return value;
}

std::chrono::microseconds ConfigReader::seconds(std::string_view key, std::chrono::microseconds fallback,
                                                std::chrono::microseconds min,
                                                std::chrono::microseconds max) {
  const auto as_seconds = [](std::chrono::microseconds d) { return static_cast<double>(d.count()) / 1e6; };
  return std::chrono::microseconds(
      std::llround(number(key, as_seconds(fallback), as_seconds(min), as_seconds(max)) * 1e6));
}

std::filesystem::path ConfigReader::path(std::string_view key, const std::filesystem::path& fallback) {
  const std::filesystem::path given = text(key, fallback.string(), 4096);
  return given.empty() || given.is_absolute() || folder_.empty() ? given : folder_ / given;
}

std::string ConfigReader::secret(std::string_view key) {
  const auto file = path(key, {});
  if (file.empty()) return {};
  struct stat facts {};
  auto value = read_file(file, kSecretBytesMax);
  if (!value.ok() || ::stat(file.c_str(), &facts) != 0 || (facts.st_mode & 077u) != 0) {
    refuse(key, find(key), "a file of at most 64 KiB that its owner, and nobody else, can read (chmod 600)");
    return {};
  }
  if (value->ends_with('\n')) value->pop_back();
  return *value;
}

std::vector<std::string> ConfigReader::tables(std::string_view prefix) {
  std::set<std::string> names;
  const std::string start = std::string(prefix) + ".";
  for (const auto& [key, entry] : entries_) {
    if (!key.starts_with(start)) continue;
    const auto dot = key.find('.', start.size());
    if (dot != std::string::npos) names.insert(key.substr(start.size(), dot - start.size()));
  }
  return {names.begin(), names.end()};
}

std::string ConfigReader::nearest(std::string_view key) const {
  return nearest_name(key, std::vector<std::string>(known_.begin(), known_.end()));
}

Result<void> ConfigReader::finish() {
  for (const auto& [key, entry] : entries_) {
    if (known_.contains(key)) continue;
    problems_.push_back({entry.line, Error{ErrorCode::kConfigUnknownKey,
                                           place(entry) + ": " + key + " (nearest: " + nearest(key) + ")"}});
  }
  if (problems_.empty()) return {};
  return std::ranges::min_element(problems_, {}, &Problem::order)->error;
}

std::string ConfigReader::effective() const {
  std::string out;
  for (const auto& [key, value] : effective_) out += key + " = " + value + "\n";
  return out;
}

}  // namespace ecg
