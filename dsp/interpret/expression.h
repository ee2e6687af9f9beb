// The language of the rules: comparisons of measured values, joined by and, or, not, and sums of such.
//
//   V1.s_uv + max(V5.r_uv, V6.r_uv) > 3500        a measure of a lead; arithmetic
//   count(II III aVF: .st_j_uv >= 100) >= 2       in how many of the leads; .x is a measure of that lead
//   run(V1 V2 V3 V4: .qs) >= 2                    longest run of leads that follow each other in the list
//   most(V1 V2: .t_pos_uv), least(...)            over leads
//   [CLBBB], [STEMI*], [!VT]                      1 when such a statement was made; * stands for any ending,
//                                                 ! asks for one that is at least probable
//   qrs_ms, age, female, ste_v2v3_uv              a value of the whole tracing or a limit by age and sex
//
// Every value is a pair of bounds. What could not be measured lies anywhere, what depends on an unknown age
// or sex between the limits of all who may be meant; a comparison is then true, false, or open. True is 1,
// false 0, open between them, so that conditions can also be weighted and summed.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/analysis.h"
#include "dsp/interpret/bounds.h"

namespace ecg::dsp {

struct Facts;

// Whether a pattern, which may end in *, fits a statement's code.
bool fits(std::string_view pattern, std::string_view code);

// A name that may stand for an expression in every other one.
struct Definition {
  std::string_view name, text;
};

// What an expression is evaluated over.
struct Scene {
  const Facts* facts = nullptr;
  std::span<const Statement> statements;  // made so far
  bool strictest = false;                 // limits by age and sex: the lowest that may be meant
};

class Expression {
 public:
  // Empty, with error() saying why, when text does not follow the language.
  Expression(std::string_view text, std::span<const Definition> definitions);

  bool empty() const { return nodes_.empty(); }
  const std::string& error() const { return error_; }

  Bounds evaluate(const Scene& scene) const;
  // The comparisons that make a true expression true, lead by lead.
  std::vector<Evidence> evidence(const Scene& scene) const;

  enum class Op : std::uint8_t {
    kNumber,
    kLead,
    kThisLead,
    kGlobal,
    kSaid,
    kAdd,
    kSubtract,
    kMultiply,
    kDivide,
    kGreater,
    kAtLeast,
    kLess,
    kAtMost,
    kAnd,
    kOr,
    kNot,
    kMax,
    kMin,
    kAbs,
    kCount,
    kRun,
    kMost,
    kLeast
  };
  struct Node {
    Op op = Op::kNumber;
    std::uint8_t lead = 0;        // LeadId
    std::uint16_t measure = 0;    // position in the vocabulary
    std::int16_t a = -1, b = -1;  // operands
    std::uint32_t leads = 0;      // bit i: LeadId i, for the operators over leads
    double number = 0;
    std::string_view text;  // a statement pattern, or what a reader calls this value
  };

 private:
  friend class ExpressionParser;
  Bounds at(int node, const Scene& scene, int lead) const;
  Bounds over_leads(const Node& node, const Scene& scene) const;
  void collect(int node, const Scene& scene, int lead, std::vector<Evidence>& out) const;
  void collect_comparison(const Node& node, const Scene& scene, int lead, std::vector<Evidence>& out) const;

  std::vector<Node> nodes_;  // the root is the last
  std::string error_;
};

}  // namespace ecg::dsp
