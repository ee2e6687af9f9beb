// One line per enumerator: its stable name and its words. For the .cc files of this folder.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/base/error.h"

namespace ecg::domain {

template <class E>
struct Named {
  E value;
  std::string_view name, en, zh;
};

// Tables are in the order of the enumerators, which start at 0 without holes.
template <class E, std::size_t N>
constexpr const Named<E>& row(const Named<E> (&table)[N], E value) {
  return table[static_cast<std::size_t>(value) < N ? static_cast<std::size_t>(value) : 0];
}

template <class E, std::size_t N>
constexpr bool in_order(const Named<E> (&table)[N]) {
  for (std::size_t i = 0; i < N; ++i) {
    if (static_cast<std::size_t>(table[i].value) != i) return false;
  }
  return true;
}

template <class E, std::size_t N>
constexpr std::optional<E> find_named(const Named<E> (&table)[N], std::string_view name) {
  for (const Named<E>& entry : table) {
    if (entry.name == name) return entry.value;
  }
  return std::nullopt;
}

template <class E, std::size_t N>
constexpr std::string_view words(const Named<E> (&table)[N], E value, Language language) {
  return language == Language::kChinese ? row(table, value).zh : row(table, value).en;
}

}  // namespace ecg::domain
