#include "common/net/gzip.h"

#include <cstdlib>

#include <zlib.h>

namespace ecg::net {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib's way to ask for the gzip form
constexpr int kFastLevel = 4;

bool accepts_gzip(std::string_view header) {
  while (!header.empty()) {
    const auto comma = header.find(',');
    auto part = header.substr(0, comma);
    while (part.starts_with(' ')) part.remove_prefix(1);
    const auto name = part.substr(0, part.find_first_of("; "));
    if (name == "gzip")
      return part.find("q=0") == std::string_view::npos || part.find("q=0.") != std::string_view::npos;
    if (comma == std::string_view::npos) break;
    header.remove_prefix(comma + 1);
  }
  return false;
}

Bytef* bytes(std::string_view data) {
  return reinterpret_cast<Bytef*>(
      const_cast<char*>(data.data()));  // NOLINT: zlib does not write to its input
}

}  // namespace

std::string gzip(std::string_view data) {
  z_stream stream{};
  if (deflateInit2(&stream, kFastLevel, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) std::abort();
  std::string out(deflateBound(&stream, data.size()), '\0');
  stream.next_in = bytes(data);
  stream.avail_in = static_cast<uInt>(data.size());
  stream.next_out = bytes(out);
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::optional<std::string> gunzip(std::string_view data, std::size_t bytes_max) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) std::abort();
  stream.next_in = bytes(data);
  stream.avail_in = static_cast<uInt>(data.size());
  std::string out;
  char block[16384];
  int state = Z_OK;
  while (state == Z_OK && out.size() <= bytes_max) {
    stream.next_out = bytes({block, sizeof block});
    stream.avail_out = sizeof block;
    state = inflate(&stream, Z_NO_FLUSH);
    out.append(block, sizeof block - stream.avail_out);
    if (state == Z_OK && stream.avail_in == 0 && stream.avail_out != 0) break;  // it ends too early
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END || out.size() > bytes_max) return std::nullopt;
  return out;
}

void gzip_if_accepted(const HttpRequest& request, HttpResponse& response) {
  if (response.body.size() < kGzipBytesMin || !accepts_gzip(request.header("accept-encoding"))) return;
  auto packed = gzip(response.body);
  if (packed.size() >= response.body.size()) return;
  response.body = std::move(packed);
  response.headers.emplace_back("content-encoding", "gzip");
}

}  // namespace ecg::net
