#include "common/base/log.h"

#include <atomic>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <utility>

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "common/base/clock.h"
#include "common/base/json_text.h"

namespace ecg::log {
namespace {

struct Facts {
  std::string_view name;
  std::string_view journal_priority;
  spdlog::level::level_enum spdlog_level;
};

Facts facts_of(Level level) {
  switch (level) {
    case Level::kDebug:
      return {"debug", "<7>", spdlog::level::debug};
    case Level::kInfo:
      return {"info", "<6>", spdlog::level::info};
    case Level::kWarning:
      return {"warning", "<4>", spdlog::level::warn};
    default:
      return {"error", "<3>", spdlog::level::err};
  }
}

std::shared_ptr<spdlog::logger> make_logger() {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>("ecg", std::move(sink));
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v"));
  logger->set_level(spdlog::level::debug);
  logger->flush_on(spdlog::level::debug);
  return logger;
}

struct State {
  std::atomic<Level> level{Level::kInfo};
  bool to_journal = std::getenv("JOURNAL_STREAM") != nullptr;
  std::shared_ptr<spdlog::logger> logger = make_logger();
  std::mutex mutex;
  std::string process;                         // guarded by mutex
  std::function<void(std::string_view)> sink;  // guarded by mutex
};

// Never destroyed: threads may log while the process ends.
State& state() {
  static State* const kState = new State;
  return *kState;
}

void append_number(std::string& out, double value) {
  if (!std::isfinite(value)) {
    out += "null";
    return;
  }
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value).ptr;
  out.append(text, end);
}

std::string_view cut(std::string_view text) {
  if (text.size() <= kValueBytesMax) return text;
  std::size_t end = kValueBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return text.substr(0, end);
}

struct Appender {
  std::string& out;
  void operator()(std::string_view text) const {
    const auto shown = cut(text);
    append_json_string(out, shown);
    if (shown.size() < text.size()) out.insert(out.size() - 1, "…");
  }
  void operator()(std::int64_t value) const { out += std::to_string(value); }
  void operator()(std::uint64_t value) const { out += std::to_string(value); }
  void operator()(double value) const { append_number(out, value); }
  void operator()(bool value) const { out += value ? "true" : "false"; }
};

void append_field(std::string& out, const Field& field) {
  out += ',';
  append_json_string(out, field.key);
  out += ':';
  std::visit(Appender{out}, field.value);
}

void write(Level level, std::string_view event, Fields fields, const Error* cause) {
  auto& s = state();
  if (level < s.level.load(std::memory_order_relaxed)) return;
  const auto f = facts_of(level);
  std::string line;
  line.reserve(256);
  line += R"({"time":")" + to_iso8601(SystemClock().now()) + R"(","level":")";
  line += f.name;
  line += '"';
  std::unique_lock lock(s.mutex);
  if (!s.process.empty()) append_field(line, {"process", s.process});
  lock.unlock();
  append_field(line, {"event", event});
  if (cause != nullptr) {
    append_field(line, {"code", "E" + std::to_string(facts(cause->code).catalogue)});
    append_field(line, {"error", facts(cause->code).name});
    if (!cause->subject.empty()) append_field(line, {"subject", cause->subject});
    if (!cause->detail.empty()) append_field(line, {"detail", cause->detail});
  }
  for (const auto& field : fields) append_field(line, field);
  line += '}';
  lock.lock();
  if (s.sink) {
    s.sink(line);
    return;
  }
  lock.unlock();
  if (s.to_journal) line.insert(0, f.journal_priority);
  s.logger->log(f.spdlog_level, spdlog::string_view_t(line.data(), line.size()));
}

}  // namespace

void set_process(std::string name) {
  const std::scoped_lock lock(state().mutex);
  state().process = std::move(name);
}

void set_level(Level level) {
  state().level = level;
}

bool parse_level(std::string_view text, Level* level) {
  for (const auto candidate : {Level::kDebug, Level::kInfo, Level::kWarning, Level::kError}) {
    if (text != facts_of(candidate).name) continue;
    *level = candidate;
    return true;
  }
  return false;
}

void debug(std::string_view event, Fields fields) {
  write(Level::kDebug, event, fields, nullptr);
}
void info(std::string_view event, Fields fields) {
  write(Level::kInfo, event, fields, nullptr);
}
void warning(std::string_view event, Fields fields) {
  write(Level::kWarning, event, fields, nullptr);
}
void error(std::string_view event, Fields fields) {
  write(Level::kError, event, fields, nullptr);
}
void warning(std::string_view event, const Error& cause, Fields fields) {
  write(Level::kWarning, event, fields, &cause);
}
void error(std::string_view event, const Error& cause, Fields fields) {
  write(Level::kError, event, fields, &cause);
}

void set_sink(std::function<void(std::string_view)> sink) {
  const std::scoped_lock lock(state().mutex);
  state().sink = std::move(sink);
}

}  // namespace ecg::log
