// One exchange stream of one gateway, without its transport.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "ecg/v1/exchange.pb.h"

#include "common/base/error.h"
#include "common/base/ids.h"

namespace ecg::delivery {

class Delivery;

// The other end of an exchange. Called on the delivery thread.
class ExchangePeer {
 public:
  virtual ~ExchangePeer() = default;
  // Queues a message. False: too many wait, or the stream is over; the message is dropped.
  virtual bool send(const v1::CenterMessage& message) = 0;
  virtual void ready() = 0;                     // takes the next message of the gateway
  virtual void failed(const Error& error) = 0;  // ends the stream; nothing follows
};

// Made by Delivery::begin().
class ExchangeSession : public std::enable_shared_from_this<ExchangeSession> {
 public:
  ExchangeSession(Delivery& delivery, GatewayId gateway, SiteId site, std::shared_ptr<ExchangePeer> peer);

  // The next message of the gateway; one at a time, the following one after ready(). Never blocks. Any
  // thread.
  void receive(v1::GatewayMessage message);
  // The stream is over. Any thread; a repeat does nothing.
  void end();

  const GatewayId& gateway() const { return gateway_; }
  const SiteId& site() const { return site_; }

 private:
  friend class Delivery;

  Delivery& delivery_;
  const GatewayId gateway_;
  const SiteId site_;
  // The delivery thread only:
  std::shared_ptr<ExchangePeer> peer_;  // null: over
  std::set<std::string> sent_;          // deliveries sent on this stream and not acknowledged
  std::set<std::string> sent_bare_;     // of these, reports that had no PDF yet
};

}  // namespace ecg::delivery
