#include "common/base/metrics.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <exception>
#include <string_view>

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "common/base/log.h"

namespace ecg {

struct Metrics::Impl {
  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
};

namespace {

constexpr std::array<std::string_view, 8> kForbiddenLabels = {"study",  "study_id",  "patient", "patient_id",
                                                              "person", "person_id", "name",    "upload_id"};

template <class Make>
auto* checked(const std::string& name, const Metrics::Labels& labels, Make make) {
  for (const auto& [label, value] : labels) {
    if (std::ranges::find(kForbiddenLabels, label) == kForbiddenLabels.end()) continue;
    log::error("metric_label_forbidden", {{"metric", name}, {"label", label}});
    std::abort();
  }
  try {
    return make();
  } catch (const std::exception& e) {
    log::error("metric_not_valid", {{"metric", name}, {"detail", e.what()}});
    std::abort();
  }
}

}  // namespace

void Counter::add(double n) const {
  if (counter_ != nullptr) counter_->Increment(n);
}
void Gauge::set(double value) const {
  if (gauge_ != nullptr) gauge_->Set(value);
}
void Gauge::add(double n) const {
  if (gauge_ != nullptr) gauge_->Increment(n);
}
void Histogram::observe(double value) const {
  if (histogram_ != nullptr) histogram_->Observe(value);
}

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
  return Counter(checked(name, labels, [&] {
    return &prometheus::BuildCounter().Name(name).Help(help).Register(impl_->registry).Add(labels);
  }));
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const Labels& labels) {
  return Gauge(checked(name, labels, [&] {
    return &prometheus::BuildGauge().Name(name).Help(help).Register(impl_->registry).Add(labels);
  }));
}

Histogram Metrics::histogram(const std::string& name, const std::string& help,
                             const std::vector<double>& bounds, const Labels& labels) {
  return Histogram(checked(name, labels, [&] {
    return &prometheus::BuildHistogram().Name(name).Help(help).Register(impl_->registry).Add(labels, bounds);
  }));
}

std::string Metrics::text() const {
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

const std::vector<double>& Metrics::latency_bounds() {
  static const std::vector<double> kBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                              0.5,   1,      2.5,   5,    10,    30,   60};
  return kBounds;
}

}  // namespace ecg
