// What every scorer takes and gives.
#pragma once

#include <atomic>
#include <cmath>
#include <exception>
#include <functional>
#include <limits>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/accuracy/data/library.h"

namespace ecg::accuracy {

// The analysis under test. Called from several threads at once.
using Analyzer = std::function<dsp::Analysis(const Record&)>;

struct Context {
  Library* data = nullptr;  // null for topics that need no recordings
  Analyzer analyze;
  bool verbose = false;  // also one line per record, or the misses
};

// A number that may have a limit in limits.cc. NaN: nothing to score.
struct Figure {
  std::string name;
  double value = 0;
};

struct Report {
  std::string text;  // the table for people
  std::vector<Figure> figures;
};

// printf into a string.
[[gnu::format(printf, 1, 2)]] std::string line(const char* format, ...);

// 100 * part / whole, NaN of nothing.
inline double percent(double part, double whole) {
  return whole > 0 ? 100 * part / whole : std::numeric_limits<double>::quiet_NaN();
}

double mean(const std::vector<double>& values);                // 0 of nothing
double standard_deviation(const std::vector<double>& values);  // over n, 0 of nothing
double root_mean_square(const std::vector<double>& values);
double median(std::vector<double> values);  // mean of the middle two; 0 of nothing

// work(0) ... work(count - 1) on all cores, each once; the caller puts results where their number says, so
// the outcome does not depend on the order. The first exception is thrown again.
template <class Work>
void in_parallel(std::size_t count, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::exception_ptr fault;
  std::mutex mutex;
  const auto run = [&] {
    try {
      for (std::size_t i = next++; i < count; i = next++) work(i);
    } catch (...) {
      const std::scoped_lock lock(mutex);
      fault = std::current_exception();
    }
  };
  std::vector<std::jthread> threads;
  for (unsigned t = 1; t < std::max(1U, std::thread::hardware_concurrency()); ++t) threads.emplace_back(run);
  run();
  threads.clear();
  if (fault) std::rethrow_exception(fault);
}

// One line of a yes/no judgement.
struct Confusion {
  int true_positive = 0, false_negative = 0, true_negative = 0, false_positive = 0;

  void add(bool truth, bool said) {
    ++(truth ? (said ? true_positive : false_negative) : (said ? false_positive : true_negative));
  }
  Confusion& operator+=(const Confusion& other) {
    true_positive += other.true_positive;
    false_negative += other.false_negative;
    true_negative += other.true_negative;
    false_positive += other.false_positive;
    return *this;
  }
  int positives() const { return true_positive + false_negative; }
  int negatives() const { return true_negative + false_positive; }
  double sensitivity() const { return percent(true_positive, positives()); }
  double specificity() const { return percent(true_negative, negatives()); }
  double predictive_value() const { return percent(true_positive, true_positive + false_positive); }
  // 0 to 1; NaN without positives.
  double f1() const {
    return positives() > 0 ? 2.0 * true_positive / (2 * true_positive + false_negative + false_positive)
                           : std::numeric_limits<double>::quiet_NaN();
  }
};

}  // namespace ecg::accuracy
