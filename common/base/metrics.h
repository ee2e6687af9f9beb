// Counters, gauges and histograms of one process, printed in the Prometheus text format for /metrics. Names
// begin with "ecg_" and end in their unit; labels have few values: a site, a class, a stage. Patients and
// studies are never labels.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace ecg {

// Handles: cheap to copy, valid as long as the Metrics they came from. Any thread. A default one counts
// nothing.
class Counter {
 public:
  Counter() = default;
  explicit Counter(prometheus::Counter* counter) : counter_(counter) {}
  void add(double n = 1) const;  // n >= 0

 private:
  prometheus::Counter* counter_ = nullptr;
};

class Gauge {
 public:
  Gauge() = default;
  explicit Gauge(prometheus::Gauge* gauge) : gauge_(gauge) {}
  void set(double value) const;
  void add(double n) const;

 private:
  prometheus::Gauge* gauge_ = nullptr;
};

class Histogram {
 public:
  Histogram() = default;
  explicit Histogram(prometheus::Histogram* histogram) : histogram_(histogram) {}
  void observe(double value) const;

 private:
  prometheus::Histogram* histogram_ = nullptr;
};

class Metrics {
 public:
  using Labels = std::map<std::string, std::string>;
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // The same name and labels give the same series. A name that is not valid, that is already of another kind,
  // or a label called study, patient, person or the like is a fault of the program and stops it.
  Counter counter(const std::string& name, const std::string& help, const Labels& labels = {});
  Gauge gauge(const std::string& name, const std::string& help, const Labels& labels = {});
  // bounds: ascending upper edges, in the unit of the name; +Inf is added.
  Histogram histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                      const Labels& labels = {});
  std::string text() const;

  // 1 ms to 60 s, for "..._seconds".
  static const std::vector<double>& latency_bounds();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ecg
