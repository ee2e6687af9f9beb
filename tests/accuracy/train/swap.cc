#include "tests/accuracy/train/swap.h"

#include <cmath>
#include <cstdio>
#include <optional>
#include <stdexcept>

#include "dsp/quality/swap.h"
#include "tests/accuracy/score/report.h"

namespace ecg::accuracy {
namespace {

constexpr const char* kDatabases[] = {"ptbxl", "ludb", "cinc12"};
// Share of the mean variance in the covariance: the other recordings are not the next one.
constexpr double kShrinkage = 0.05, kShrinkageOfP = 0.1;
// Recordings that look exchanged themselves beyond doubt take no part.
constexpr double kOutlierLogOdds = 20;

struct Example {
  std::string patient;
  dsp::SwapShapes shapes;
};

template <std::size_t N>
std::vector<double> flat(const std::array<dsp::EightLeads, N>& parts) {
  std::vector<double> out;
  for (const dsp::EightLeads& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

// Lower triangle of the Cholesky factor, in place of the lower triangle of the matrix.
void factorise(std::vector<double>& m, std::size_t n) {
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double value = m[i * n + j];
      for (std::size_t k = 0; k < j; ++k) value -= m[i * n + k] * m[j * n + k];
      if (i == j && !(value > 0)) throw std::runtime_error("the covariance of the shapes is singular");
      m[i * n + j] = i == j ? std::sqrt(value) : value / m[j * n + j];
    }
  }
}

// Rows of the inverse of the lower triangle, each up to its diagonal.
std::vector<double> inverse_rows(const std::vector<double>& m, std::size_t n) {
  std::vector<double> inverse(n * n, 0), rows;
  for (std::size_t j = 0; j < n; ++j) {
    inverse[j * n + j] = 1 / m[j * n + j];
    for (std::size_t i = j + 1; i < n; ++i) {
      double value = 0;
      for (std::size_t k = j; k < i; ++k) value -= m[i * n + k] * inverse[k * n + j];
      inverse[i * n + j] = value / m[i * n + i];
    }
  }
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j <= i; ++j) rows.push_back(inverse[i * n + j]);
  }
  return rows;
}

// Five digits, so that the table compiled in is the table scored.
float rounded(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.5g", value);
  return std::strtof(text, nullptr);
}

void append_prior(const std::vector<std::vector<double>>& rows, double shrinkage, std::vector<float>& out) {
  const std::size_t n = rows.front().size();
  const auto count = static_cast<double>(rows.size());
  std::vector<double> mean(n, 0), covariance(n * n, 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < n; ++i) mean[i] += row[i] / count;
  }
  double trace = 0;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j <= i; ++j)
        covariance[i * n + j] += (1 - shrinkage) * (row[i] - mean[i]) * (row[j] - mean[j]) / count;
      trace += (row[i] - mean[i]) * (row[i] - mean[i]) / count;
    }
  }
  for (std::size_t i = 0; i < n; ++i) covariance[i * n + i] += shrinkage * trace / static_cast<double>(n);
  factorise(covariance, n);
  for (double value : mean) out.push_back(rounded(value));
  for (double value : inverse_rows(covariance, n)) out.push_back(rounded(value));
}

std::size_t triangle(std::size_t n) {
  return n * (n + 1) / 2;
}
constexpr std::size_t kQrsT = dsp::kSwapLeads * (dsp::kQrsParts + dsp::kStTParts);
constexpr std::size_t kP = dsp::kSwapLeads * dsp::kPParts;

// numbers: mean and whitening of QRS and ST-T, mean and whitening of P.
dsp::SwapPrior prior_of(std::span<const float> numbers) {
  dsp::SwapPrior prior;
  prior.qrs_t = {numbers.first(kQrsT), numbers.subspan(kQrsT, triangle(kQrsT))};
  const auto p = numbers.subspan(kQrsT + triangle(kQrsT));
  prior.p = {p.first(kP), p.subspan(kP, triangle(kP))};
  return prior;
}

std::vector<float> fit(const std::vector<const Example*>& examples) {
  std::vector<std::vector<double>> qrs_t, p;
  for (const Example* example : examples) {
    qrs_t.push_back(flat(example->shapes.qrs_t));
    if (example->shapes.has_p) p.push_back(flat(example->shapes.p));
  }
  std::vector<float> numbers;
  append_prior(qrs_t, kShrinkage, numbers);
  append_prior(p, kShrinkageOfP, numbers);
  return numbers;
}

class SwapPriorModel : public LearnedModel {
 public:
  explicit SwapPriorModel(Library& data) : data_(data) {}

  std::string_view name() const override { return "swap_prior"; }

  TrainedForest train(const std::function<bool(std::string_view patient)>& held_out) const override {
    collect();
    std::vector<const Example*> used;
    for (const Example& example : examples_) {
      if (!held_out(example.patient)) used.push_back(&example);
    }
    TrainedForest trained;
    trained.numbers = fit(used);
    const dsp::SwapPrior first = prior_of(trained.numbers);
    std::erase_if(used, [&first](const Example* example) {
      const auto found = dsp::find_exchange(example->shapes, first);
      return found && found->log_odds > kOutlierLogOdds;
    });
    trained.numbers = fit(used);
    return trained;
  }

  void install(dsp::Models&, const dsp::Forest&) const override {}
  void install_trained(dsp::Models& models, const TrainedForest& trained) const override {
    models.swap_prior = prior_of(trained.numbers);
  }

  std::string table(const TrainedForest& trained) const override {
    const std::span<const float> numbers(trained.numbers);
    std::string text =
        "// How the shapes of the independent leads go together: mean and whitening rows over parts of QRS "
        "and\n"
        "// ST-T, then of P. Trained on PTB-XL, LUDB and the samples of the CinC 2020-2021 challenges.\n"
        "// Written by: accuracy --train swap_prior\n";
    const auto add = [&text](const char* symbol, std::span<const float> values) {
      text += std::string("constexpr float ") + symbol + "[] = {";
      for (std::size_t i = 0; i < values.size(); ++i) {
        text += line(i % 12 == 0 ? "\n%#.5gF," : "%#.5gF,", static_cast<double>(values[i]));
      }
      text += "\n};\n";
    };
    const dsp::SwapPrior prior = prior_of(numbers);
    add("kSwapQrsTMean", prior.qrs_t.mean);
    add("kSwapQrsTWhitening", prior.qrs_t.whitening);
    add("kSwapPMean", prior.p.mean);
    add("kSwapPWhitening", prior.p.whitening);
    return text;
  }

 private:
  // Once for all folds.
  void collect() const {
    if (!examples_.empty()) return;
    std::vector<std::string> names;
    for (const char* database : kDatabases) {
      const auto& some = data_.names(database);
      names.insert(names.end(), some.begin(), some.end());
    }
    std::vector<std::optional<Example>> found(names.size());
    in_parallel(names.size(), [&](std::size_t i) {
      const auto record = data_.load(names[i]);
      std::optional<dsp::SwapShapes> shapes;
      dsp::Models models = dsp::built_in_models();
      models.swap_prior.context = &shapes;
      models.swap_prior.seen = [](void* context, const dsp::SwapShapes& seen) {
        *static_cast<std::optional<dsp::SwapShapes>*>(context) = seen;
      };
      dsp::analyze_with(record->recording, record->options, models);
      if (shapes) found[i] = Example{record->patient, *shapes};
    });
    for (auto& example : found) {
      if (example) examples_.push_back(std::move(*example));
    }
  }

  Library& data_;
  mutable std::vector<Example> examples_;
};

}  // namespace

std::unique_ptr<LearnedModel> swap_prior_model(Library& data) {
  return std::make_unique<SwapPriorModel>(data);
}

}  // namespace ecg::accuracy
