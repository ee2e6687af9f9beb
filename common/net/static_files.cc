#include "common/net/static_files.h"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "common/base/file.h"
#include "common/net/gzip.h"

namespace ecg::net {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kFileBytesMax = 32 * 1024 * 1024;

struct Kind {
  std::string_view extension;
  std::string_view type;
  bool compressible;
};
constexpr std::array kKinds = {
    Kind{".html", "text/html; charset=utf-8", true},
    Kind{".js", "text/javascript; charset=utf-8", true},
    Kind{".css", "text/css; charset=utf-8", true},
    Kind{".json", "application/json", true},
    Kind{".svg", "image/svg+xml", true},
    Kind{".map", "application/json", true},
    Kind{".txt", "text/plain; charset=utf-8", true},
    Kind{".webmanifest", "application/manifest+json", true},
    Kind{".png", "image/png", false},
    Kind{".jpg", "image/jpeg", false},
    Kind{".ico", "image/x-icon", false},
    Kind{".woff2", "font/woff2", false},
    Kind{".wasm", "application/wasm", true},
    Kind{".pdf", "application/pdf", false},
    Kind{".mp3", "audio/mpeg", false},
    Kind{".wav", "audio/wav", false},
};

const Kind& kind_of(const fs::path& file) {
  static constexpr Kind kOther{"", "application/octet-stream", false};
  for (const auto& kind : kKinds)
    if (file.extension() == kind.extension) return kind;
  return kOther;
}

HttpResponse plain(int status) {
  return {status, {{"content-type", "text/plain"}}, std::string(reason_phrase(status)) + "\n"};
}

// Every segment is a plain name.
bool safe(std::string_view relative) {
  if (relative.find('\\') != std::string_view::npos || relative.starts_with('/')) return false;
  while (!relative.empty()) {
    const auto slash = relative.find('/');
    const auto segment = relative.substr(0, slash);
    if (segment.starts_with('.')) return false;
    if (slash == std::string_view::npos) break;
    relative.remove_prefix(slash + 1);
    if (relative.starts_with('/')) return false;
  }
  return true;
}

std::optional<fs::path> find_file(const fs::path& folder, const std::string& relative) {
  std::error_code failed;
  const auto root = fs::canonical(folder, failed);
  if (failed) return std::nullopt;
  for (const auto& candidate :
       {fs::path(relative), fs::path(relative + ".html"), fs::path(relative) / "index.html"}) {
    const auto file = fs::canonical(root / candidate, failed);
    if (failed || !fs::is_regular_file(file, failed)) continue;
    const auto inside = file.lexically_relative(root);
    if (inside.empty() || *inside.begin() == "..") continue;
    return file;
  }
  return std::nullopt;
}

std::string etag_of(const fs::path& file, std::size_t bytes) {
  std::error_code failed;
  const auto changed = fs::last_write_time(file, failed).time_since_epoch().count();
  char text[40];
  auto end = std::to_chars(text, text + sizeof text, bytes, 16).ptr;
  *end++ = '-';
  end = std::to_chars(end, text + sizeof text, changed, 16).ptr;
  return '"' + std::string(text, end) + '"';
}

}  // namespace

bool percent_decode(std::string_view text, std::string* out) {
  out->clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      unsigned value = 0;
      const auto digits = text.substr(i + 1, 2);
      const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (digits.size() != 2 || parsed.ptr != digits.data() + 2) return false;
      c = static_cast<char>(value);
      i += 2;
    }
    if (c == '\0') return false;
    *out += c;
  }
  return true;
}

HttpResponse file_response(const fs::path& folder, std::string_view relative, const HttpRequest& request) {
  std::string path;
  if (!percent_decode(relative, &path) || !safe(path)) return plain(404);
  while (path.ends_with('/')) path.pop_back();
  const auto file = find_file(folder, path);
  if (!file) return plain(404);
  auto content = read_file(*file, kFileBytesMax);
  if (!content.ok()) return plain(404);

  const auto& kind = kind_of(*file);
  const auto etag = etag_of(*file, content->size());
  HttpResponse response;
  response.headers = {{"content-type", std::string(kind.type)}, {"etag", etag}, {"vary", "accept-encoding"}};
  response.headers.emplace_back(
      "cache-control", path.starts_with("assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  if (request.header("if-none-match") == etag) {
    response.status = 304;
    return response;
  }
  response.body = std::move(content).value();
  if (kind.compressible) gzip_if_accepted(request, response);
  return response;
}

}  // namespace ecg::net
