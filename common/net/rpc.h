// How a program offers its services to browsers and command lines: handlers registered by method name, served
// by the Connect protocol (connect_server.h) over HTTPS, plain loopback HTTP or a Unix socket. No HTTP type
// shows here.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/result.h"

namespace ecg::net {

enum class Transport : std::uint8_t { kTls, kLoopback, kUnixSocket };

// Who calls, as the guard found out. Roles are bits of the program's own role enumeration.
struct Caller {
  std::string id;    // person id; "local" on the Unix socket
  std::string name;  // display name
  std::uint32_t roles = 0;
  std::string site_id;
};

struct CallContext {
  static constexpr std::size_t kSubjectBytesMax = 64;
  std::string method;  // "ecg.v1.ReadingService/ClaimStudy"
  Transport transport = Transport::kTls;
  std::string peer_address;    // IP address; empty on the Unix socket
  std::uint32_t peer_uid = 0;  // on the Unix socket only
  std::string session_token;   // from the cookie or "Authorization: Bearer"; empty = none
  Timestamp received_at;
  Caller caller;         // set by the guard
  std::string study_id;  // set by a handler for the observer: the study the call was about
  // The same for what else it was about: a person, gateway or site by id, the name somebody signs in with, a
  // file's path. The observer keeps kSubjectBytesMax of it.
  std::string subject;
  // Set by a handler: the answer carries it as the session cookie; empty string clears the cookie.
  std::optional<std::string> new_session_token;
};

// Runs before every call; decides who calls and whether they may. An error ends the call. Any thread.
using Guard = std::function<Result<void>(CallContext&)>;
// Runs after every call with how it ended (audit, metrics).
using Observer = std::function<void(const CallContext&, const Error* failed, std::chrono::microseconds took)>;

// One open server stream. Any thread. Kept alive by whoever writes; the connection only closes it.
class Stream {
 public:
  virtual ~Stream() = default;
  // Queues a message. False: the peer is gone, or so slow that limits::kEventsPerSubscriberMax messages wait
  // (the message is dropped and the stream stays; the writer decides what the peer is told).
  virtual bool write(const google::protobuf::Message& message) = 0;
  virtual void finish(Result<void> outcome) = 0;
  virtual bool closed() const = 0;
  // Called once, when the peer goes away or the stream is finished; at once if it already is.
  virtual void on_closed(std::function<void()> callback) = 0;
};

// The methods of one listener. Filled before serving, constant afterwards.
class Registry {
 public:
  // Handlers run on the server's worker threads and may block; at most limits wait, then callers get
  // kOverloaded.
  template <class Request, class Response>
  void unary(std::string method, std::function<Result<Response>(CallContext&, const Request&)> handler) {
    add(std::move(method),
        Method{[] { return std::unique_ptr<google::protobuf::Message>(new Request); },
               [handler = std::move(handler)](CallContext& context, const google::protobuf::Message& request)
                   -> Result<std::unique_ptr<google::protobuf::Message>> {
                 auto answer = handler(context, static_cast<const Request&>(request));
                 if (!answer.ok()) return answer.error();
                 return std::unique_ptr<google::protobuf::Message>(new Response(std::move(answer).value()));
               },
               nullptr});
  }

  // The handler returns at once and writes to the stream later, from any thread; an error ends the stream.
  template <class Request>
  void server_stream(
      std::string method,
      std::function<Result<void>(CallContext&, const Request&, std::shared_ptr<Stream>)> handler) {
    add(std::move(method),
        Method{[] { return std::unique_ptr<google::protobuf::Message>(new Request); }, nullptr,
               [handler = std::move(handler)](CallContext& context, const google::protobuf::Message& request,
                                              std::shared_ptr<Stream> stream) {
                 return handler(context, static_cast<const Request&>(request), std::move(stream));
               }});
  }

  struct Method {
    std::function<std::unique_ptr<google::protobuf::Message>()> make_request;
    // Exactly one of the two is set.
    std::function<Result<std::unique_ptr<google::protobuf::Message>>(CallContext&,
                                                                     const google::protobuf::Message&)>
        unary;
    std::function<Result<void>(CallContext&, const google::protobuf::Message&, std::shared_ptr<Stream>)>
        stream;
  };

  // nullptr when there is no such method.
  const Method* find(std::string_view method) const {
    const auto it = methods_.find(method);
    return it == methods_.end() ? nullptr : &it->second;
  }
  const std::map<std::string, Method, std::less<>>& methods() const { return methods_; }

 private:
  void add(std::string name, Method method) { methods_.insert_or_assign(std::move(name), std::move(method)); }
  std::map<std::string, Method, std::less<>> methods_;
};

}  // namespace ecg::net
