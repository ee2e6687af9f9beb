#include "dsp/interpret/expression.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>

#include "dsp/interpret/vocabulary.h"

namespace ecg::dsp {
namespace {

constexpr double kAnywhere = std::numeric_limits<double>::infinity();
constexpr std::size_t kMostEvidence = 12;

Bounds compared(bool certainly, bool possibly) {
  return {certainly ? 1.0 : 0.0, possibly ? 1.0 : 0.0};
}

Bounds product(Bounds a, Bounds b) {
  // Only weights and signs are multiplied: one side is exact.
  if (a.low != a.high) std::swap(a, b);
  if (a.low == 0) return {0, 0};
  const double x = a.low * b.low, y = a.low * b.high;
  return {std::min(x, y), std::max(x, y)};
}

Bounds quotient(const Bounds& a, const Bounds& b) {
  if (b.low <= 0) return {-kAnywhere, kAnywhere};
  const std::array<double, 4> all = {a.low / b.low, a.low / b.high, a.high / b.low, a.high / b.high};
  Bounds out{kAnywhere, -kAnywhere};
  for (double x : all) {
    if (std::isnan(x)) return {-kAnywhere, kAnywhere};
    out = {std::min(out.low, x), std::max(out.high, x)};
  }
  return out;
}

Bounds absolute(const Bounds& x) {
  if (x.low >= 0) return x;
  if (x.high <= 0) return {-x.high, -x.low};
  return {0, std::max(-x.low, x.high)};
}

bool said(std::span<const Statement> statements, std::string_view pattern) {
  const bool surely = pattern.starts_with('!');
  if (surely) pattern.remove_prefix(1);
  return std::ranges::any_of(statements, [&](const Statement& s) {
    return (!surely || s.certainty >= Certainty::kProbable) && fits(pattern, s.code);
  });
}

}  // namespace

bool fits(std::string_view pattern, std::string_view code) {
  if (!pattern.ends_with('*')) return code == pattern;
  return code.starts_with(pattern.substr(0, pattern.size() - 1));
}

Bounds Expression::over_leads(const Node& node, const Scene& scene) const {
  Bounds sum{0, 0}, most{-kAnywhere, -kAnywhere}, least{kAnywhere, kAnywhere}, run{0, 0}, longest{0, 0};
  for (std::uint32_t left = node.leads; left != 0; left &= left - 1) {
    const Bounds x = at(node.a, scene, std::countr_zero(left));
    sum = {sum.low + x.low, sum.high + x.high};
    most = {std::max(most.low, x.low), std::max(most.high, x.high)};
    least = {std::min(least.low, x.low), std::min(least.high, x.high)};
    run = {x.low > 0 ? run.low + 1 : 0, x.high > 0 ? run.high + 1 : 0};
    longest = {std::max(longest.low, run.low), std::max(longest.high, run.high)};
  }
  switch (node.op) {
    case Op::kCount:
      return sum;
    case Op::kRun:
      return longest;
    case Op::kMost:
      return most;
    default:
      return least;
  }
}

Bounds Expression::at(int index, const Scene& scene, int lead) const {
  const Node& node = nodes_[static_cast<std::size_t>(index)];
  const auto a = [&] { return at(node.a, scene, lead); };
  const auto b = [&] { return at(node.b, scene, lead); };
  switch (node.op) {
    case Op::kNumber:
      return {node.number, node.number};
    case Op::kLead:
      return lead_value(*scene.facts, static_cast<LeadId>(node.lead), node.measure, scene.strictest);
    case Op::kThisLead:
      return lead_value(*scene.facts, static_cast<LeadId>(lead), node.measure, scene.strictest);
    case Op::kGlobal:
      return global_value(*scene.facts, node.measure, scene.strictest);
    case Op::kSaid: {
      const double yes = said(scene.statements, node.text) ? 1 : 0;
      return {yes, yes};
    }
    case Op::kAnd: {
      const Bounds x = a();
      if (x.high == 0) return x;
      const Bounds y = b();
      return {std::min(x.low, y.low), std::min(x.high, y.high)};
    }
    case Op::kOr: {
      const Bounds x = a();
      if (x.low > 0) return x;
      const Bounds y = b();
      return {std::max(x.low, y.low), std::max(x.high, y.high)};
    }
    case Op::kNot: {
      const Bounds x = a();
      return {1 - x.high, 1 - x.low};
    }
    case Op::kAbs:
      return absolute(a());
    case Op::kCount:
    case Op::kRun:
    case Op::kMost:
    case Op::kLeast:
      return over_leads(node, scene);
    default:
      break;
  }
  const Bounds x = a(), y = b();
  switch (node.op) {
    case Op::kAdd:
      return {x.low + y.low, x.high + y.high};
    case Op::kSubtract:
      return {x.low - y.high, x.high - y.low};
    case Op::kMultiply:
      return product(x, y);
    case Op::kDivide:
      return quotient(x, y);
    case Op::kGreater:
      return compared(x.low > y.high, x.high > y.low);
    case Op::kAtLeast:
      return compared(x.low >= y.high, x.high >= y.low);
    case Op::kLess:
      return compared(x.high < y.low, x.low < y.high);
    case Op::kAtMost:
      return compared(x.high <= y.low, x.low <= y.high);
    case Op::kMax:
      return {std::max(x.low, y.low), std::max(x.high, y.high)};
    default:
      return {std::min(x.low, y.low), std::min(x.high, y.high)};
  }
}

Bounds Expression::evaluate(const Scene& scene) const {
  if (nodes_.empty()) return {0, 0};
  return at(static_cast<int>(nodes_.size()) - 1, scene, -1);
}

void Expression::collect_comparison(const Node& node, const Scene& scene, int lead,
                                    std::vector<Evidence>& out) const {
  const Node& left = nodes_[static_cast<std::size_t>(node.a)];
  if (left.op == Op::kCount || left.op == Op::kRun) {
    for (std::uint32_t rest = left.leads; rest != 0; rest &= rest - 1)
      collect(left.a, scene, std::countr_zero(rest), out);
    return;
  }
  const Bounds value = at(node.a, scene, lead), limit = at(node.b, scene, lead);
  if (!std::isfinite(value.low) || out.size() >= kMostEvidence) return;
  Evidence item{{}, std::string(left.text), value.low, std::isfinite(limit.low) ? limit.low : 0};
  if (left.op == Op::kLead) item.lead = lead_name(static_cast<LeadId>(left.lead));
  if (lead >= 0 && left.op != Op::kLead && left.op != Op::kGlobal)
    item.lead = lead_name(static_cast<LeadId>(lead));
  const bool known = std::ranges::any_of(
      out, [&item](const Evidence& e) { return e.lead == item.lead && e.measure == item.measure; });
  if (!known) out.push_back(std::move(item));
}

void Expression::collect(int index, const Scene& scene, int lead, std::vector<Evidence>& out) const {
  if (at(index, scene, lead).low <= 0) return;
  const Node& node = nodes_[static_cast<std::size_t>(index)];
  switch (node.op) {
    case Op::kAnd:
    case Op::kOr:
      collect(node.a, scene, lead, out);
      collect(node.b, scene, lead, out);
      return;
    case Op::kGreater:
    case Op::kAtLeast:
    case Op::kLess:
    case Op::kAtMost:
      collect_comparison(node, scene, lead, out);
      return;
    default:
      return;
  }
}

std::vector<Evidence> Expression::evidence(const Scene& scene) const {
  std::vector<Evidence> out;
  if (!nodes_.empty()) collect(static_cast<int>(nodes_.size()) - 1, scene, -1, out);
  return out;
}

}  // namespace ecg::dsp
