#include "client/cli/remote.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "common/base/file.h"
#include "common/net/connect_client.h"

namespace ecg::cli {
namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

// What is not a URL is the path of a Unix socket.
Result<net::Endpoint> endpoint_of(const std::string& text) {
  const bool url = text.find("://") != std::string::npos || text.starts_with("unix:");
  return net::parse_endpoint(url ? text : "unix:" + text);
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
    ECG_ASSIGN(endpoint.ca_pem, read_file(options.ca_file, 1 << 20));
  }
  const bool socket = endpoint.kind == net::Endpoint::Kind::kUnixSocket;
  net::ConnectClient::Options client;
  client.timeout = std::chrono::seconds(options.timeout_s);
  if (!socket) {
    if (auto token = read_file(token_file(address), 4096); token.ok()) client.token = *token;
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
  ECG_TRY(write_file_durably(path, token));
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
