#include "server/main/health.h"

#include <utility>
#include <vector>

#include <sys/statvfs.h>

#include "common/base/json_text.h"
#include "common/base/log.h"

namespace ecg::server {
namespace {

constexpr int kRetryWhenFullMs = 30'000;

}  // namespace

net::PlainAnswer Health::ready() const {
  const std::vector<std::pair<std::string, std::string>> checks = {
      {"serving", serving_ ? "ok" : "starting or stopping"},
      {"database", database()},
      {"disk", disk()},
      {"certificate", certificate()}};
  bool ready = true;
  std::string body;
  for (const auto& [name, outcome] : checks) {
    ready = ready && outcome == "ok";
    body += body.empty() ? "" : ",";
    append_json_string(body, name);
    body += ':';
    append_json_string(body, outcome);
  }
  net::PlainAnswer answer;
  answer.status = ready ? 200 : 503;
  answer.content_type = "application/json";
  answer.body = std::string("{\"ready\":") + (ready ? "true" : "false") + ",\"checks\":{" + body + "}}\n";
  return answer;
}

Result<void> Health::room() const {
  struct statvfs facts {};
  if (::statvfs(state_.c_str(), &facts) != 0) return {};
  const std::uint64_t free_bytes = static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
  if (free_bytes >= reserve_bytes_) return {};
  return Error{ErrorCode::kStorageFull, "center", {}, kRetryWhenFullMs};
}

std::string Health::database() const {
  const auto read = store_.read([](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto last, snapshot.last_event());
    (void)last;
    return {};
  });
  if (read.ok()) return "ok";
  log::error("store_not_readable", read.error());  // whoever asks need not be signed in, and learns no more
  return "failed";
}

std::string Health::disk() const {
  return room().ok() ? "ok" : "less free space than the reserve";
}

std::string Health::certificate() const {
  return clock_.now() < certificate_expires_at_ ? "ok" : "the server's certificate has expired";
}

}  // namespace ecg::server
