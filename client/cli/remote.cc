#include "client/cli/remote.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/net/connect_client.h"

namespace ecg::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// A path is a Unix socket; everything else must be a URL.
Result<net::Endpoint> endpoint_of(const std::string& text) {
  if (text.starts_with('/') || text.starts_with('.')) return net::parse_endpoint("unix:" + text);
  return net::parse_endpoint(text);
}

// One file per address, so that sessions with several centers live side by side.
std::filesystem::path token_file(const std::string& address) {
  std::filesystem::path folder = environment("XDG_STATE_HOME");
  if (folder.empty()) folder = std::filesystem::path(environment("HOME")) / ".local" / "state";
  std::string name = address;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return folder / "ecgctl" / ("session-" + name);
}

}  // namespace

struct Remote::State {
  std::string address;
  bool socket = false;
  net::ConnectClient client;
};

Remote::Remote(std::unique_ptr<State> state) : state_(std::move(state)) {}
Remote::Remote(Remote&&) noexcept = default;
Remote::~Remote() = default;

Result<Remote> Remote::open(const RemoteOptions& options, Program program) {
  const bool center = program == Program::kCenter;
  std::string address = center ? options.server : options.gateway;
  if (address.empty()) address = environment(center ? "ECG_SERVER" : "ECG_GATEWAY");
  if (address.empty()) address = center ? "/run/ecg-server/ctl.sock" : "/run/ecg-gateway/ctl.sock";
  ECG_ASSIGN(auto endpoint, endpoint_of(address));
  if (endpoint.kind == net::Endpoint::Kind::kHttps) {
    if (options.ca_file.empty())
      return Error{ErrorCode::kUsage, "https needs --ca, the center's CA certificate"};
    std::ifstream file(options.ca_file, std::ios::binary);
    if (!file) return Error{ErrorCode::kFileNotFound, options.ca_file};
    endpoint.ca_pem.assign(std::istreambuf_iterator<char>(file), {});
  }
  const bool socket = endpoint.kind == net::Endpoint::Kind::kUnixSocket;
  net::ConnectClient::Options client;
  client.timeout = std::chrono::seconds(options.timeout_s);
  if (!socket) {
    std::ifstream token(token_file(address));
    std::getline(token, client.token);
  }
  return Remote(std::make_unique<State>(
      State{address, socket, net::ConnectClient(std::move(endpoint), std::move(client))}));
}

Result<void> Remote::call_into(std::string_view method, const google::protobuf::Message& request,
                               google::protobuf::Message& response) {
  return state_->client.unary(method, request, response);
}

Result<void> Remote::watch_into(std::string_view method, const google::protobuf::Message& request,
                                google::protobuf::Message& response,
                                const std::function<bool(const google::protobuf::Message&)>& each) {
  return state_->client.server_stream(method, request, response, each);
}

Result<void> Remote::remember_token(const std::string& token) {
  const auto path = token_file(state_->address);
  std::error_code failed;
  std::filesystem::create_directories(path.parent_path(), failed);
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Error{ErrorCode::kFileUnreadable, path.string()};
  const bool written = ::write(fd, token.data(), token.size()) == static_cast<ssize_t>(token.size());
  ::close(fd);
  if (!written) return Error{ErrorCode::kStorageFull, path.string()};
  state_->client.set_token(token);
  return {};
}

void Remote::forget_token() {
  std::error_code ignored;
  std::filesystem::remove(token_file(state_->address), ignored);
}

const std::string& Remote::address() const {
  return state_->address;
}
bool Remote::over_socket() const {
  return state_->socket;
}

}  // namespace ecg::cli
