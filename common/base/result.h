// Result<T>: a value, or the Error that stands in its place. Library exceptions end at the wrapper that calls
// the library; our own functions return Result.
#pragma once

#include <cstdlib>
#include <optional>
#include <utility>
#include <variant>

#include "common/base/error.h"

namespace ecg {

template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}      // NOLINT: implicit on purpose
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  bool ok() const { return state_.index() == 0; }
  explicit operator bool() const { return ok(); }

  // Precondition of value() and error(): ok() and !ok(). A broken precondition stops the process.
  T& value() & { return *require(std::get_if<0>(&state_)); }
  const T& value() const& { return *require(std::get_if<0>(&state_)); }
  T&& value() && { return std::move(*require(std::get_if<0>(&state_))); }
  const Error& error() const { return *require(std::get_if<1>(&state_)); }

  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

 private:
  template <class P>
  static P* require(P* p) {
    if (p == nullptr) std::abort();
    return p;
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : error_(std::move(error)) {}  // NOLINT
  bool ok() const { return !error_.has_value(); }
  explicit operator bool() const { return ok(); }
  const Error& error() const {
    if (!error_) std::abort();
    return *error_;
  }

 private:
  std::optional<Error> error_;
};

}  // namespace ecg

// ECG_TRY(expr): leaves the function with the error of a Result<void>.
// ECG_ASSIGN(auto x, expr): the value of a Result<T>, or leaves the function with its error.
#define ECG_CONCAT_(a, b) a##b
#define ECG_CONCAT(a, b) ECG_CONCAT_(a, b)
#define ECG_TRY(expr) ECG_TRY_(ECG_CONCAT(ecg_try_, __COUNTER__), expr)
#define ECG_TRY_(tmp, expr)                               \
  do {                                                    \
    if (auto tmp = (expr); !tmp.ok()) return tmp.error(); \
  } while (false)
#define ECG_ASSIGN(decl, expr) ECG_ASSIGN_(ECG_CONCAT(ecg_result_, __COUNTER__), decl, expr)
#define ECG_ASSIGN_(tmp, decl, expr) \
  auto tmp = (expr);                 \
  if (!tmp.ok()) return tmp.error(); \
  decl = std::move(tmp).value()
