#include <array>
#include <charconv>
#include <optional>

#include "dsp/interpret/expression.h"
#include "dsp/interpret/vocabulary.h"

namespace ecg::dsp {
namespace {

using Op = Expression::Op;

constexpr int kDeepest = 60;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

struct Function {
  std::string_view name;
  Op op;
};
constexpr std::array<Function, 4> kOverLeads = {
    {{"count", Op::kCount}, {"run", Op::kRun}, {"most", Op::kMost}, {"least", Op::kLeast}}};
constexpr std::array<Function, 2> kOfTwo = {{{"max", Op::kMax}, {"min", Op::kMin}}};

}  // namespace

// Recursive descent. A node is always appended after its operands, so the root comes last.
class ExpressionParser {
 public:
  ExpressionParser(std::string_view text, std::span<const Definition> definitions, Expression& out)
      : rest_(text), definitions_(definitions), out_(out) {}

  void parse() {
    any();
    blanks();
    if (!rest_.empty()) fail("unexpected text");
    if (!out_.error_.empty()) out_.nodes_.clear();
  }

 private:
  int add(Expression::Node node) {
    out_.nodes_.push_back(node);
    return static_cast<int>(out_.nodes_.size()) - 1;
  }
  int add(Op op, int a, int b) {
    Expression::Node node;
    node.op = op;
    node.a = static_cast<std::int16_t>(a);
    node.b = static_cast<std::int16_t>(b);
    return add(node);
  }
  int fail(std::string_view why) {
    if (out_.error_.empty()) out_.error_ = std::string(why) + " before \"" + std::string(rest_) + "\"";
    rest_ = {};
    return add({});
  }
  void blanks() {
    while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
  }
  bool take(std::string_view token) {
    blanks();
    if (!rest_.starts_with(token)) return false;
    if (is_letter(token.front()) && rest_.size() > token.size() &&
        (is_letter(rest_[token.size()]) || is_digit(rest_[token.size()]))) {
      return false;
    }
    rest_.remove_prefix(token.size());
    return true;
  }
  std::string_view word() {
    blanks();
    std::size_t n = 0;
    while (n < rest_.size() && (is_letter(rest_[n]) || (n > 0 && is_digit(rest_[n])))) ++n;
    const std::string_view found = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return found;
  }

  int any() {
    if (++depth_ > kDeepest) return fail("too deep");
    int left = all();
    while (take("or")) left = add(Op::kOr, left, all());
    --depth_;
    return left;
  }
  int all() {
    int left = negation();
    while (take("and")) left = add(Op::kAnd, left, negation());
    return left;
  }
  int negation() {
    if (take("not")) return add(Op::kNot, negation(), -1);
    const int left = sum();
    for (const auto& [token, op] :
         {std::pair{std::string_view(">="), Op::kAtLeast}, std::pair{std::string_view("<="), Op::kAtMost},
          std::pair{std::string_view(">"), Op::kGreater}, std::pair{std::string_view("<"), Op::kLess}}) {
      if (take(token)) return add(op, left, sum());
    }
    return left;
  }
  int sum() {
    blanks();
    const std::string_view begin = rest_;
    int left = term();
    while (true) {
      if (take("+")) {
        left = add(Op::kAdd, left, term());
      } else if (take("-")) {
        left = add(Op::kSubtract, left, term());
      } else {
        break;
      }
    }
    name(left, begin.substr(0, begin.size() - rest_.size()));
    return left;
  }
  // What evidence calls the value, unless it has a name already.
  void name(int node, std::string_view text) {
    while (text.ends_with(' ')) text.remove_suffix(1);
    std::string_view& known = out_.nodes_[static_cast<std::size_t>(node)].text;
    if (known.empty()) known = text;
  }
  int term() {
    int left = factor();
    while (true) {
      if (take("*")) {
        left = add(Op::kMultiply, left, factor());
      } else if (take("/")) {
        left = add(Op::kDivide, left, factor());
      } else {
        return left;
      }
    }
  }
  int factor() {
    blanks();
    if (rest_.empty()) return fail("something missing");
    if (take("(")) {
      const int inner = any();
      return take(")") ? inner : fail(") missing");
    }
    if (take("[")) return statement();
    if (take("-")) return add(Op::kSubtract, add({}), factor());
    if (is_digit(rest_.front())) return number();
    if (rest_.front() == '.') {
      rest_.remove_prefix(1);
      return measure(std::nullopt);
    }
    return named();
  }
  int number() {
    Expression::Node node;
    const auto [end, fault] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), node.number);
    if (fault != std::errc{}) return fail("no number");
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return add(node);
  }
  int statement() {
    Expression::Node node;
    node.op = Op::kSaid;
    const std::size_t end = rest_.find(']');
    if (end == std::string_view::npos) return fail("] missing");
    node.text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return add(node);
  }
  int measure(std::optional<LeadId> lead) {
    const auto found = lead_measure(word());
    if (!found) return fail("unknown measure");
    Expression::Node node;
    node.op = lead ? Op::kLead : Op::kThisLead;
    node.lead = static_cast<std::uint8_t>(lead.value_or(LeadId::kOther));
    node.measure = static_cast<std::uint16_t>(*found);
    node.text = lead_measure_name(*found);
    return add(node);
  }
  int named() {
    const std::string_view found = word();
    if (found.empty()) return fail("unknown sign");
    for (const Function& function : kOverLeads) {
      if (found == function.name) return over_leads(function.op);
    }
    for (const Function& function : kOfTwo) {
      if (found == function.name) return of_two(function.op);
    }
    if (found == "abs") {
      if (!take("(")) return fail("( missing");
      const int inner = any();
      return take(")") ? add(Op::kAbs, inner, -1) : fail(") missing");
    }
    if (!rest_.empty() && rest_.front() == '.') {
      const LeadId lead = lead_from_name(found);
      if (lead == LeadId::kOther) return fail("unknown lead");
      rest_.remove_prefix(1);
      return measure(lead);
    }
    return global(found);
  }
  int global(std::string_view found) {
    if (const auto at = global_measure(found)) {
      Expression::Node node;
      node.op = Op::kGlobal;
      node.measure = static_cast<std::uint16_t>(*at);
      node.text = global_measure_name(*at);
      return add(node);
    }
    for (const Definition& definition : definitions_) {
      if (definition.name != found) continue;
      const std::string_view outside = rest_;
      rest_ = definition.text;
      const int inner = any();
      if (!rest_.empty()) return fail("unexpected text in a definition");
      rest_ = outside;
      out_.nodes_[static_cast<std::size_t>(inner)].text = definition.name;
      return inner;
    }
    return fail("unknown name " + std::string(found));
  }
  int over_leads(Op op) {
    if (!take("(")) return fail("( missing");
    Expression::Node node;
    node.op = op;
    while (!take(":")) {
      const LeadId lead = lead_from_name(word());
      if (lead == LeadId::kOther) return fail("unknown lead");
      node.leads |= 1U << static_cast<unsigned>(lead);
    }
    node.a = static_cast<std::int16_t>(any());
    return take(")") ? add(node) : fail(") missing");
  }
  int of_two(Op op) {
    if (!take("(")) return fail("( missing");
    const int a = sum();
    if (!take(",")) return fail(", missing");
    const int b = sum();
    return take(")") ? add(op, a, b) : fail(") missing");
  }

  std::string_view rest_;
  std::span<const Definition> definitions_;
  Expression& out_;
  int depth_ = 0;
};

Expression::Expression(std::string_view text, std::span<const Definition> definitions) {
  ExpressionParser(text, definitions, *this).parse();
}

}  // namespace ecg::dsp
